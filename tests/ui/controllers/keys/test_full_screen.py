"""Full screen: the preview alone, and the window as it was afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

if TYPE_CHECKING:
    from tests.ui.desk import Desk


@pytest.mark.parametrize("leaving", [Qt.Key.Key_F11, Qt.Key.Key_Escape])
def test_f11_shows_the_preview_alone_and_the_key_brings_all_back(desk: Desk, leaving: Qt.Key) -> None:
    window = desk.open()
    with desk.qtbot.waitActive(window):
        window.activateWindow()
    size = window.size()
    desk.qtbot.keyClick(window, Qt.Key.Key_F11)
    desk.qtbot.waitUntil(lambda: window.isFullScreen() and window.preview.size() == window.size())
    hidden = (window.panel, window.status, window.recording_bar)
    assert not any(widget.isVisible() for widget in hidden)
    desk.qtbot.keyClick(window, leaving)
    desk.qtbot.waitUntil(lambda: not window.isFullScreen() and window.size() == size)
    assert all(widget.isVisible() for widget in hidden)


def test_escape_does_nothing_outside_the_full_screen(desk: Desk) -> None:
    window = desk.open()
    with desk.qtbot.waitActive(window):
        window.activateWindow()
    desk.qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.isVisible() and not window.isFullScreen() and window.panel.isVisible()
