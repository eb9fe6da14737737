"""The main window: each choice reaches the engine."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog

from app.engine.core.errors import Message
from app.engine.core.settings import EffectSettings, NetworkSettings, Settings, SourceSettings
from app.engine.core.types import Stats
from app.engine.engine import Engine
from app.settings import StoredSettings, WindowSettings
from app.ui.application import _begin
from app.ui.main_window import Window
from app.ui.views.backgrounds.effect_form import ColourControl, SliderControl
from tests.fakes import FakeSegmenter
from tests.ui.desk import Desk, child, library_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot


def test_starts_the_engine_with_the_settings(desk: Desk) -> None:
    desk.open(Settings(effect=EffectSettings("none")))
    assert desk.engine.is_started
    assert desk.engine.settings == [Settings(effect=EffectSettings("none"))]


def test_hidden_window_does_not_keep_camera_open(desk: Desk) -> None:
    window = desk.open()
    assert desk.engine.is_previewed
    window.showMinimized()
    desk.qtbot.waitUntil(lambda: not desk.engine.is_previewed)
    window.showNormal()
    desk.qtbot.waitUntil(lambda: desk.engine.is_previewed)
    window.hide()
    desk.qtbot.waitUntil(lambda: not desk.engine.is_previewed)


def test_composite_reaches_preview(desk: Desk) -> None:
    window = desk.open()
    picture = np.full((36, 64, 3), 5, np.uint8)
    with desk.qtbot.waitSignal(window._engine_bridge.composite_ready):
        desk.engine.show(picture)
    assert window.preview._picture is picture


def test_effects_reach_engine_and_keep_their_values(desk: Desk) -> None:
    window = desk.open()
    blur, colour = window.panel.pages["blur"].controls, window.panel.pages["colour"].controls
    strength, colours = blur["strength"], colour["colour"]
    assert isinstance(strength, SliderControl) and isinstance(colours, ColourControl)
    strength.slider.setValue(16)
    desk.click_tile("colour")
    desk.qtbot.mouseClick(colours.swatches[1], Qt.MouseButton.LeftButton)
    desk.click_tile("blur")
    assert [s.effect for s in desk.engine.settings[1:]] == [
        EffectSettings("blur", {"strength": 0.8}),
        EffectSettings("colour", {"strength": 0.8}),
        EffectSettings("colour", {"strength": 0.8, "colour": "#0047bb"}),
        EffectSettings("blur", {"strength": 0.8, "colour": "#0047bb"}),
    ]
    assert strength.slider.value() == 16


def test_camera_and_network_reach_the_engine(desk: Desk) -> None:
    window = desk.open(Settings(source=SourceSettings(width_px=640, height_px=360)))
    desk.qtbot.waitUntil(lambda: window.panel.camera.count() == 4 and window.panel.network.count() == 2)
    window.panel.camera.activated.emit(1)
    assert desk.settings.source == SourceSettings("camera:a", 640, 360)
    assert window.panel.camera.currentText() == "Studio camera"
    window.panel.network.activated.emit(1)
    assert desk.settings.network == NetworkSettings("b")
    assert desk.settings.source.spec == "camera:a"


def test_the_virtual_camera_reaches_the_engine(desk: Desk) -> None:
    window = desk.open()
    window.panel.virtual_camera.wanted.emit(True)
    assert desk.settings.output.virtual_camera == "auto" and window.panel.virtual_camera.switch.isChecked()
    window.panel.virtual_camera.wanted.emit(False)
    assert desk.settings.output.virtual_camera == ""


def test_run_with_video_as_source(desk: Desk) -> None:
    window = desk.open()
    window.panel.source_file_wanted.emit()
    dialog = child(window, QFileDialog)
    dialog.fileSelected.emit("/films/talk.mp4")
    dialog.close()
    assert desk.settings.source.spec == "/films/talk.mp4"


def test_window_fits_small_screen(desk: Desk) -> None:
    window = desk.open()
    window.resize(760, 480)
    assert window.size().toTuple() == (760, 480)
    desk.deliver_stats(Stats(is_demo=True))
    QApplication.processEvents()
    assert window.minimumSizeHint().width() <= 1024
    assert window.minimumSizeHint().height() <= 640
    assert window.preview.width() >= 320


def test_window_with_real_engine_shows_demo(qtbot: QtBot, tmp_path: Path) -> None:
    def make(settings: Settings, tell: Callable[[], None]) -> Engine:
        return Engine(settings, tell, load_segmenter=lambda wanted: FakeSegmenter())

    settings = Settings(
        source=SourceSettings("demo", 320, 180), effect=EffectSettings("colour", {"colour": "#00ff00"})
    )
    kept = StoredSettings().with_current(settings)
    window = Window(
        kept,
        tmp_path / "settings.json",
        make,
        list,
        list,
        library_in(tmp_path),
    )
    window.show()

    def is_composed() -> bool:
        picture = window.preview._picture
        return picture is not None and bool((picture[90, 310] == (0, 255, 0)).all())

    qtbot.waitUntil(is_composed, timeout=10_000)
    assert window.preview._picture is not None
    person = window.preview._picture[60:120, 20:100]
    assert not (person == (0, 255, 0)).all(axis=2).any()
    befores: list[bool] = []
    window._engine_bridge.composite_ready.connect(lambda _, before: befores.append(before is not None))
    window._engine_bridge.compare(True)
    qtbot.waitUntil(lambda: befores[-5:] == [True] * 5, timeout=10_000)
    before = window.preview._before
    assert before is not None and (before[90, 310] != (0, 255, 0)).any(), "the unchanged frame shows the room"
    window._engine_bridge.compare(False)
    qtbot.waitUntil(lambda: befores[-5:] == [False] * 5, timeout=10_000)
    assert window.preview._before is None
    qtbot.waitUntil(lambda: "Half on CPU   ·   Demo" in window.status.full, timeout=10_000)
    with qtbot.waitSignal(window.closed, timeout=10_000):
        window.close()
    window.deleteLater()
    assert not [t for t in threading.enumerate() if t.name.startswith("backdrop-") and "task" not in t.name]


def test_settings_that_were_kept_aside_are_told_in_the_banner(desk: Desk) -> None:
    window = desk.open(StoredSettings(window=WindowSettings(is_welcomed=True)))
    aside = Message("Backdrop starts with its default settings; yours are in '{aside}'.", aside="/x.bad")
    _begin(window, False, [aside])
    assert window.banner.text == aside and window.banner.isVisible()


def test_banner_says_nothing_when_all_is_well(desk: Desk) -> None:
    window = desk.open(StoredSettings(window=WindowSettings(is_welcomed=True)))
    _begin(window, False, [])
    assert not window.banner.isVisible()
