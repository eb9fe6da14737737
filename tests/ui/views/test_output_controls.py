"""The output controls: consumers, recordings, the clean window, before and after."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from app.engine.core.errors import Message
from app.engine.core.settings import OutputSettings, Settings
from app.engine.core.types import Composite, Frame, OutputId, Stats
from app.settings import load_stored

if TYPE_CHECKING:
    from tests.ui.desk import Desk

SENDING = Settings(output=OutputSettings("auto"))
RED, BLUE = (0, 0, 255), (255, 0, 0)


def flat(colour: tuple[int, int, int]) -> np.ndarray:
    return np.full((90, 160, 3), colour, np.uint8)


@pytest.mark.parametrize(
    ("stats", "text"),
    [
        (Stats(), ""),
        (Stats(consumers=0), "Not in use"),
        (Stats(consumers=1, consumer_names=("firefox",)), "Used by firefox"),
        (Stats(consumers=2, consumer_names=("firefox", "zoom")), "Used by firefox, zoom"),
        (Stats(consumers=2), "Programs using it: 2"),
    ],
)
def test_consumers_of_virtual_camera_are_shown(desk: Desk, stats: Stats, text: str) -> None:
    camera = desk.open(SENDING).panel.virtual_camera
    desk.deliver_stats(stats)
    assert camera.consumers.isVisible() == bool(text)
    assert camera.consumers.accessibleName() == text


def test_consumers_are_not_shown_while_output_is_off(desk: Desk) -> None:
    camera = desk.open().panel.virtual_camera
    desk.deliver_stats(Stats(consumers=1, consumer_names=("firefox",)))
    assert not camera.consumers.isVisible()


@pytest.fixture
def videos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("app.ui.controllers.recording.videos_folder", lambda: tmp_path / "Videos")
    return tmp_path / "Videos"


def test_recording_starts_and_stops_and_is_not_restored(desk: Desk, videos: Path) -> None:
    window = desk.open()
    button = window.recording_bar.record
    assert button.text() == "&Record"
    desk.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    desk.qtbot.waitUntil(lambda: bool(desk.settings.output.recording))
    file = Path(desk.settings.output.recording)
    assert file.parent == videos and file.suffix == ".mp4" and not file.exists()
    assert button.isChecked() and button.text() == "Stop &recording (0:00)"
    desk.deliver_stats(Stats(outputs=(file.name,)))
    assert button.isChecked()
    desk.qtbot.keyClick(button, Qt.Key.Key_Space)
    assert desk.settings.output.recording == "" and button.text() == "&Record"
    assert window.banner.text == f"Saved to '{file}'."
    window.recording_bar.record.click()
    desk.qtbot.waitUntil(lambda: bool(desk.settings.output.recording))
    desk.close()
    assert load_stored(desk.path).output.recording == ""


def test_recording_that_ends_by_itself_is_reported(desk: Desk, videos: Path) -> None:
    window = desk.open()
    window.recording_bar.record.click()
    desk.qtbot.waitUntil(lambda: bool(desk.settings.output.recording))
    ended = (OutputId("recording", desk.settings.output.recording),)
    desk.deliver_stats(
        Stats(ended_outputs=ended, message=Message("The recording has ended: the disk is full."))
    )
    assert desk.settings.output.recording == "" and not window.recording_bar.record.isChecked()
    desk.deliver_stats(Stats())
    assert window.banner.text == "The recording has ended: the disk is full."


def test_uncreatable_folder_is_reported(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr("app.ui.controllers.recording.videos_folder", lambda: tmp_path / "file" / "Videos")
    window = desk.open()
    window.recording_bar.record.click()
    desk.qtbot.waitUntil(lambda: window.banner.text.startswith("Nothing can be kept in"))
    assert not window.recording_bar.record.isChecked()


def test_clean_window_shows_only_the_picture(desk: Desk) -> None:
    window = desk.open()
    window.recording_bar.clean.click()
    assert window.clean.isVisible() and window.clean.isWindow()
    assert window.clean.windowFlags() & Qt.WindowType.FramelessWindowHint
    with desk.qtbot.waitSignal(window._engine_bridge.composite_ready):
        desk.engine.show(flat(RED))
    assert (window.clean.width(), window.clean.height()) == (160, 90)
    image = window.clean.grab().toImage()
    assert {image.pixelColor(x, y).name() for x in (0, 80, 159) for y in (0, 45, 89)} == {"#ff0000"}
    window.hide()
    assert desk.engine.is_previewed, "the clean window is visible"
    window.show()
    desk.qtbot.keyClick(window.clean, Qt.Key.Key_Escape)
    assert not window.clean.isVisible() and not window.recording_bar.clean.isChecked()
    window.hide()
    assert not desk.engine.is_previewed


def show_pair(desk: Desk, index: int = 1, before: int = 1, is_placeholder: bool = False) -> None:
    with desk.qtbot.waitSignal(desk.window._engine_bridge.composite_ready):
        desk.engine.before.put(Frame(before, 0.0, flat(BLUE)))
        desk.engine.preview.put(Composite(index, 0.0, flat(RED), is_placeholder))
        desk.engine.on_preview()


def halves(desk: Desk) -> tuple[str, str]:
    preview = desk.window.preview
    image, area = preview.grab().toImage(), preview.picture_area()
    y = area.center().y()
    left, right = area.left() + area.width() // 4, area.left() + 3 * area.width() // 4
    return image.pixelColor(left, y).name(), image.pixelColor(right, y).name()


def test_holding_key_shows_before_and_after(desk: Desk) -> None:
    window = desk.open()
    window.activateWindow()
    show_pair(desk)
    assert halves(desk) == ("#ff0000", "#ff0000"), "only while it is held"
    focused = QApplication.focusWidget() or window
    desk.qtbot.keyPress(focused, Qt.Key.Key_B)
    assert desk.engine.is_compared
    show_pair(desk)
    assert halves(desk) == ("#0000ff", "#ff0000")
    window.clean.show()
    show_pair(desk)
    image = window.clean.grab().toImage()
    assert image.pixelColor(20, 45).name() == "#ff0000", "no output gets it"
    desk.qtbot.keyRelease(focused, Qt.Key.Key_B)
    assert not desk.engine.is_compared
    show_pair(desk)
    assert halves(desk) == ("#ff0000", "#ff0000")


def test_before_frame_belongs_to_its_composite(desk: Desk) -> None:
    window = desk.open()
    desk.qtbot.mousePress(window.preview, Qt.MouseButton.LeftButton, pos=QPoint(50, 50))
    show_pair(desk, index=2, before=1)
    assert halves(desk) == ("#ff0000", "#ff0000"), "the frame belongs to another composite"
    show_pair(desk, is_placeholder=True)
    assert halves(desk) == ("#ff0000", "#ff0000"), "a placeholder has no frame"
    show_pair(desk)
    assert halves(desk)[0] == "#0000ff"
    desk.qtbot.mouseRelease(window.preview, Qt.MouseButton.LeftButton, pos=QPoint(50, 50))
    assert not desk.engine.is_compared
