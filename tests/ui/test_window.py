"""The window: each choice reaches the engine and the file, each failure becomes one sentence."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from app.engine.types import EffectSettings, NetworkSettings, Settings, SourceSettings, Stats
from app.engine.worker import Engine
from app.settings import load_settings
from app.ui import window as window_module
from app.ui.choices import Choice
from app.ui.window import Window
from tests.fakes import FakeEngine, FakeSession

DEMO_BANNER = "No camera was found, so the demo plays. Plug one in and choose it here."
RUNNING = Stats(fps=29.7, latency_ms=17.4, source="Studio camera", network="SINet", provider="CPU")


@dataclass
class Desk:
    """A window, and what stands behind it."""

    qtbot: QtBot
    path: Path
    cameras: list[Choice] = field(default_factory=lambda: [Choice("camera:a", "Studio camera")])
    networks: list[Choice] = field(default_factory=lambda: [Choice("sinet", "SINet"), Choice("b", "B")])
    engines: list[FakeEngine] = field(default_factory=list)

    def open(self, settings: Settings | None = None) -> Window:
        def make(settings: Settings, tell: Callable[[], None]) -> FakeEngine:
            self.engines.append(FakeEngine(settings, tell))
            return self.engines[-1]

        self.window = Window(
            settings or Settings(), self.path, make, lambda: self.cameras, lambda: self.networks
        )
        self.window.show()
        return self.window

    @property
    def engine(self) -> FakeEngine:
        return self.engines[-1]

    @property
    def settings(self) -> Settings:
        """What the engine was told last."""
        return self.engine.settings[-1]

    def tell(self, stats: Stats) -> None:
        """The engine's next report arrives."""
        self.engine.stats = stats
        self.window._bridge.stats_ready.emit(stats)

    def close(self) -> None:
        with self.qtbot.waitSignal(self.window.closed):
            self.window.close()
        self.window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(qtbot, tmp_path / "config" / "settings.json")
    yield made
    if made.engines and not made.engine.is_stopped:
        made.close()


@pytest.fixture
def beach(tmp_path: Path) -> Path:
    path = tmp_path / "beach.png"
    cv2.imwrite(str(path), np.full((90, 160, 3), (200, 120, 20), np.uint8))
    return path


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "broken.png"
    path.write_text("not a picture")
    return path


def drop(window: Window, *urls: QUrl) -> None:
    data = QMimeData()
    data.setUrls(list(urls))
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, data, left, none)
    QApplication.sendEvent(window, enter)
    if enter.isAccepted():
        event = QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, left, none)
        QApplication.sendEvent(window, event)


def click_tile(desk: Desk, name: str) -> None:
    desk.qtbot.mouseClick(
        desk.window.panel.gallery.tiles[name], Qt.MouseButton.LeftButton, pos=QPoint(10, 10)
    )


def test_starts_the_engine_with_the_settings(desk: Desk) -> None:
    desk.open(Settings(effect=EffectSettings("none")))
    assert desk.engine.is_started
    assert desk.engine.settings == [Settings(effect=EffectSettings("none"))]


def test_a_composite_reaches_the_preview(desk: Desk) -> None:
    window = desk.open()
    picture = np.full((36, 64, 3), 5, np.uint8)
    with desk.qtbot.waitSignal(window._bridge.composite_ready):
        desk.engine.show(picture)
    assert window.preview._picture is picture


def test_effects_reach_the_engine_and_keep_each_others_values(desk: Desk) -> None:
    window = desk.open()
    window.panel.pages["blur"].controls["strength"].slider.setValue(16)
    click_tile(desk, "colour")
    desk.qtbot.mouseClick(
        window.panel.pages["colour"].controls["colour"].swatches[1], Qt.MouseButton.LeftButton
    )
    click_tile(desk, "blur")
    assert [s.effect for s in desk.engine.settings[1:]] == [
        EffectSettings("blur", {"strength": 0.8}),
        EffectSettings("colour", {"strength": 0.8}),
        EffectSettings("colour", {"strength": 0.8, "colour": "#0047bb"}),
        EffectSettings("blur", {"strength": 0.8, "colour": "#0047bb"}),
    ]
    assert window.panel.pages["blur"].controls["strength"].slider.value() == 16


def test_camera_and_network_reach_the_engine(desk: Desk) -> None:
    window = desk.open(Settings(source=SourceSettings(width_px=640, height_px=360)))
    desk.qtbot.waitUntil(lambda: window.panel.camera.count() == 4 and window.panel.network.count() == 2)
    window.panel.camera.activated.emit(1)
    assert desk.settings.source == SourceSettings("camera:a", 640, 360)
    assert window.panel.camera.currentText() == "Studio camera"
    window.panel.network.activated.emit(1)
    assert desk.settings.network == NetworkSettings("b")
    assert desk.settings.source.spec == "camera:a"


def test_a_film_in_place_of_the_camera(desk: Desk) -> None:
    window = desk.open()
    window.panel.source_file_wanted.emit()
    dialog = window.findChild(QFileDialog)
    dialog.fileSelected.emit("/films/talk.mp4")
    dialog.close()
    assert desk.settings.source.spec == "/films/talk.mp4"


def test_image_waits_for_a_picture(desk: Desk, beach: Path) -> None:
    window = desk.open()
    click_tile(desk, "image")
    assert desk.engine.settings == [Settings()]  # the blur stays until there is a picture
    assert window.panel.pages["image"].isVisible()
    window.panel.pages["image"].controls["file"].value_changed.emit("file", str(beach))
    desk.qtbot.waitUntil(lambda: len(desk.engine.settings) == 2)
    assert desk.settings.effect == EffectSettings("image", {"file": str(beach)})
    thumbnail = window.panel.gallery.tiles["image"].picture
    assert thumbnail is not None
    assert thumbnail.pixelColor(5, 5).getRgb() == (20, 120, 200, 255)


def test_a_broken_picture_is_one_sentence_and_loses_nothing(desk: Desk, beach: Path, broken: Path) -> None:
    good = EffectSettings("image", {"file": str(beach)})
    window = desk.open(Settings(effect=good))
    for path, sentence in (
        (broken, f"'{broken}' is not a picture that Backdrop can read."),
        (broken.with_name("gone.png"), f"There is no file '{broken.with_name('gone.png')}'."),
    ):
        window.panel.pages["image"].controls["file"].value_changed.emit("file", str(path))
        desk.qtbot.waitUntil(lambda sentence=sentence: window.banner.text == sentence)
        assert window.banner.property("severity") == "warning"
    assert desk.engine.settings == [Settings(effect=good)]
    assert window.panel.pages["image"].controls["file"].name.text() == "beach.png"
    click_tile(desk, "none")
    assert window.banner.text == ""
    assert desk.settings.effect.name == "none"


def test_a_broken_picture_as_the_first_goes_back_to_the_effect_before(desk: Desk, broken: Path) -> None:
    window = desk.open()
    click_tile(desk, "image")
    window.panel.pages["image"].controls["file"].value_changed.emit("file", str(broken))
    desk.qtbot.waitUntil(lambda: bool(window.banner.text))
    assert window.panel.gallery.tiles["blur"].isChecked()
    assert window.panel.pages["blur"].isVisible()
    assert desk.engine.settings == [Settings()]


def test_the_last_picture_chosen_wins(desk: Desk, beach: Path, broken: Path) -> None:
    window = desk.open()
    window._check_picture(EffectSettings("image", {"file": str(broken)}), str(broken))
    window._check_picture(EffectSettings("image", {"file": str(beach)}), str(beach))
    desk.qtbot.waitUntil(lambda: len(desk.engine.settings) == 2)
    desk.qtbot.wait(20)
    assert window.banner.text == ""
    assert desk.settings.effect.values["file"] == str(beach)


def test_a_picture_dropped_on_the_window(desk: Desk, beach: Path) -> None:
    window = desk.open()
    drop(window, QUrl("https://example.org/a.png"), QUrl.fromLocalFile(str(beach)))
    desk.qtbot.waitUntil(lambda: len(desk.engine.settings) == 2)
    assert desk.settings.effect == EffectSettings("image", {"file": str(beach)})
    assert window.panel.gallery.tiles["image"].isChecked()
    assert window.preview._hint == ""


def test_a_link_dropped_on_the_window_is_not_taken(desk: Desk) -> None:
    window = desk.open()
    drop(window, QUrl("https://example.org/a.png"))
    assert window.preview._hint == ""
    assert desk.engine.settings == [Settings()]


def test_the_demo_is_explained_and_leads_to_the_cameras(desk: Desk) -> None:
    window = desk.open()
    assert window.banner.text == ""
    desk.tell(Stats(fps=30.0, source="Demo", is_demo=True))
    assert window.banner.text == DEMO_BANNER
    assert window.banner.property("severity") == "notice"
    desk.qtbot.mouseClick(window.banner.findChild(QPushButton, "action"), Qt.MouseButton.LeftButton)
    assert window.panel.camera.view().isVisible()
    window.panel.camera.hidePopup()


def test_who_asked_for_the_demo_is_told_nothing(desk: Desk) -> None:
    window = desk.open(Settings(source=SourceSettings("demo")))
    desk.tell(Stats(fps=30.0, source="Demo", is_demo=True))
    assert window.banner.text == ""


def test_what_the_engine_says_is_shown_until_it_is_over(desk: Desk) -> None:
    window = desk.open()
    desk.tell(Stats(message="The camera 'A' cannot be opened: another program may be using it."))
    assert window.banner.text == "The camera 'A' cannot be opened: another program may be using it."
    assert window.banner.property("severity") == "warning"
    assert window.status.text() == ""
    desk.tell(RUNNING)
    assert window.banner.text == ""


def test_what_is_waved_off_stays_off_until_there_is_something_new(desk: Desk) -> None:
    window = desk.open()
    desk.tell(Stats(is_demo=True))
    desk.qtbot.mouseClick(window.banner.findChild(QPushButton, "dismiss"), Qt.MouseButton.LeftButton)
    desk.tell(Stats(is_demo=True))
    assert window.banner.text == ""
    desk.tell(Stats(is_demo=True, message="Something else."))
    assert window.banner.text == "Something else."


def test_the_status_line(desk: Desk) -> None:
    window = desk.open()
    window.resize(1200, 640)
    assert window.status.text() == "Starting…"
    desk.tell(RUNNING)
    assert window.status.text() == (
        "30 frames per second   ·   17 ms delay   ·   SINet on CPU   ·   Studio camera"
    )


def test_settings_are_kept_soon_and_at_the_end(desk: Desk) -> None:
    window = desk.open()
    click_tile(desk, "none")
    assert window._save_timer.isActive()
    window._save_timer.timeout.emit()
    desk.qtbot.waitUntil(desk.path.exists)
    assert load_settings(desk.path).effect.name == "none"
    click_tile(desk, "transparent")
    desk.close()
    assert load_settings(desk.path).effect.name == "transparent"
    assert desk.engine.is_stopped


def test_a_look_changes_no_file(desk: Desk) -> None:
    desk.open()
    desk.close()
    assert not desk.path.exists()


def test_settings_that_cannot_be_kept_are_said(desk: Desk) -> None:
    desk.path.parent.write_text("in the way")
    window = desk.open()
    click_tile(desk, "none")
    window._save_timer.timeout.emit()
    desk.qtbot.waitUntil(lambda: window.banner.text.startswith("The settings cannot be kept in "))
    desk.close()
    assert desk.engine.is_stopped


def test_fits_a_small_screen(desk: Desk) -> None:
    window = desk.open()
    window.resize(760, 480)
    assert window.size().toTuple() == (760, 480)
    desk.tell(Stats(is_demo=True))
    QApplication.processEvents()
    assert window.minimumSizeHint().width() <= 1024
    assert window.minimumSizeHint().height() <= 640
    assert window.preview.width() >= 320


def test_closing_twice_is_closing_once(desk: Desk) -> None:
    window = desk.open()
    ended = []
    window.closed.connect(lambda: ended.append(True))
    window.closeEvent(QCloseEvent())
    window.closeEvent(QCloseEvent())
    desk.qtbot.waitUntil(lambda: desk.engine.is_stopped and ended == [True])
    desk.qtbot.wait(20)
    assert ended == [True]


def test_twenty_windows_leave_nothing(desk: Desk) -> None:
    def left() -> tuple[int, set[str]]:
        return len(QApplication.allWidgets()), {t.name for t in threading.enumerate()}

    desk.open()
    desk.close()
    before = left()
    for _ in range(20):
        desk.open()
        click_tile(desk, "colour")
        desk.close()
    desk.qtbot.waitUntil(lambda: left() == before)


def test_with_the_real_engine_on_the_demo(qtbot: QtBot, tmp_path: Path) -> None:
    def make(settings: Settings, tell: Callable[[], None]) -> Engine:
        return Engine(settings, tell, load_session=lambda wanted: FakeSession())

    settings = Settings(
        source=SourceSettings("demo", 320, 180), effect=EffectSettings("colour", {"colour": "#00ff00"})
    )
    window = Window(settings, tmp_path / "settings.json", make, list, list)
    window.show()

    def is_composed() -> bool:
        picture = window.preview._picture
        return picture is not None and (picture[90, 310] == (0, 255, 0)).all()

    qtbot.waitUntil(is_composed, timeout=10_000)
    person = window.preview._picture[60:120, 20:100]
    assert not (person == (0, 255, 0)).all(axis=2).any()
    qtbot.waitUntil(lambda: "Half on CPU   ·   Demo" in window.status._full, timeout=10_000)
    with qtbot.waitSignal(window.closed, timeout=10_000):
        window.close()
    window.deleteLater()
    assert not [t for t in threading.enumerate() if t.name.startswith("backdrop-") and "errand" not in t.name]


def test_run_ends_cleanly_on_a_signal(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engines: list[FakeEngine] = []

    def open_window(settings: Settings, path: Path) -> Window:
        def make(settings: Settings, tell: Callable[[], None]) -> FakeEngine:
            engines.append(FakeEngine(settings, tell))
            return engines[0]

        return Window(settings, path, make, list, list)

    monkeypatch.setattr(window_module, "Window", open_window)
    before = signal.getsignal(signal.SIGINT)
    QTimer.singleShot(50, lambda: signal.raise_signal(signal.SIGINT))
    assert window_module.run(Settings(), tmp_path / "settings.json") == 0
    assert engines[0].is_stopped
    assert signal.getsignal(signal.SIGINT) is before
    assert not qapp.windowIcon().isNull()
