"""The whole program on the demo, with a real engine and a real network, driven by mouse and keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import av
import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtWidgets import QApplication

from app.engine.core.settings import EffectSettings, NetworkSettings, Settings, SourceSettings
from app.engine.placeholder import off_placeholder
from app.settings import StoredSettings, load_stored
from app.ui.main_window import Window
from app.ui.models.background_library import BackgroundLibrary
from tests.frames import read_bgr

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

GREEN = (0, 255, 0)


@pytest.mark.slow
def test_session_end_to_end(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("pictures", "videos"):
        monkeypatch.setattr(f"app.ui.controllers.recording.{kind}_folder", lambda kind=kind: tmp_path / kind)
    chosen = Settings(
        source=SourceSettings("demo", 640, 360),
        network=NetworkSettings("sinet"),
        effect=EffectSettings("blur", {"colour": "#00ff00"}),
    )
    library = BackgroundLibrary(own=tmp_path / "own", cache=tmp_path / "cache")
    window = Window(
        StoredSettings().with_current(chosen),
        tmp_path / "settings.json",
        cameras=list,
        library=library,
        microphones=list,
    )
    window.show()
    click, wait = click_with(qtbot), waiting(qtbot)

    def corner() -> tuple[int, ...]:
        picture = window.preview._picture
        return () if picture is None else tuple(picture[20, 20].tolist())

    # The room is blurred; a click makes it green, two keys choose the next effect.
    wait(lambda: window.stats.fps > 0)
    click(window.panel.gallery.tiles["colour"])
    wait(lambda: corner() == GREEN)
    qtbot.keyClick(window.panel.gallery.tiles["colour"], Qt.Key.Key_Right)
    qtbot.keyClick(window.panel.gallery.tiles["transparent"], Qt.Key.Key_Space)
    wait(lambda: window.model.settings.effect.name == "transparent" and len(corner()) == 4)
    click(window.panel.gallery.tiles["colour"])
    wait(lambda: corner() == GREEN)

    # A picture that ships.
    wait(lambda: len(window.panel.pictures.tiles) > 5)
    lagoon = next(tile for path, tile in window.panel.pictures.tiles.items() if path.stem == "lagoon")
    click(lagoon)
    wait(lambda: window.model.settings.effect.name == "image" and corner() != GREEN)
    click(window.panel.gallery.tiles["colour"])
    wait(lambda: corner() == GREEN)

    # A recording, a snapshot, before and after, mirrored.
    click(window.recording_bar.record)
    wait(lambda: len(window.stats.outputs) == 1)
    click(window.recording_bar.snapshot)
    wait(lambda: bool(list((tmp_path / "pictures").glob("*.png"))))
    qtbot.keyPress(window, Qt.Key.Key_B)
    wait(lambda: window.preview._before is not None)
    qtbot.keyRelease(window, Qt.Key.Key_B)
    wait(lambda: window.preview._before is None)
    click(window.panel.picture.heading)
    window.panel.picture.controls["adjustments", "mirror"].setFocus()
    qtbot.keyClick(window.panel.picture.controls["adjustments", "mirror"], Qt.Key.Key_Space)
    assert window.model.settings.adjustments.mirror
    click(window.recording_bar.record)
    wait(lambda: not window.stats.outputs)

    # Off: the placeholder, and it stays off.
    click(window.panel.power)
    wait(lambda: window.stats.is_camera_released)
    wait(
        lambda: (
            window.preview._picture is not None
            and np.array_equal(window.preview._picture, off_placeholder(360, 640))
        )
    )
    with qtbot.waitSignal(window.closed, timeout=10_000):
        window.close()
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    kept = load_stored(tmp_path / "settings.json")
    assert not kept.is_on and kept.effect.name == "colour" and kept.adjustments.mirror
    assert kept.output.recording == ""
    (snapshot,) = (tmp_path / "pictures").iterdir()
    assert tuple(read_bgr(snapshot)[20, 20].tolist()) == GREEN
    (recording,) = (tmp_path / "videos").iterdir()
    with av.open(recording) as video:
        pictures = [frame.to_ndarray(format="bgr24") for frame in video.decode(video=0)]
    assert pictures
    assert all(np.abs(picture[20, 20].astype(int) - GREEN).max() < 40 for picture in pictures), (
        "no recorded picture shows the room"
    )


def click_with(qtbot: QtBot) -> Callable[[object], None]:
    return lambda widget: qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))


def waiting(qtbot: QtBot) -> Callable[[Callable[[], bool]], None]:
    return lambda until: qtbot.waitUntil(until, timeout=30_000)
