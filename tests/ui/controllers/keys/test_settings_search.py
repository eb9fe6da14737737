"""The search field finds every control of the panel, also in closed sections."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

if TYPE_CHECKING:
    from app.ui.main_window import Window
    from tests.ui.desk import Desk


def search(desk: Desk, text: str) -> QWidget:
    window = desk.open()
    with desk.qtbot.waitActive(window):
        window.activateWindow()
    desk.qtbot.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.focusWidget() is window.panel.search
    desk.qtbot.keyClicks(window.panel.search, text)
    desk.qtbot.keyClick(window.panel.search, Qt.Key.Key_Return)
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def is_in_sight(window: Window, widget: QWidget) -> bool:
    viewport = window.panel._scroll.viewport()
    place = QRect(widget.mapTo(viewport, QPoint(0, 0)), widget.size())
    return widget.isVisible() and viewport.rect().contains(place)


@pytest.mark.parametrize("text", ["darker corners", "steadiness", "zoom", "name tag", "exposure", "quality"])
def test_enter_shows_the_first_control_with_the_typed_text(desk: Desk, text: str) -> None:
    found = search(desk, text)
    assert found is not desk.window.panel.search, f"nothing is called {text}"
    title = found.text() if isinstance(found, QAbstractButton) else ""
    assert text in found.accessibleName().casefold() or text in title.casefold()
    desk.qtbot.waitUntil(lambda: is_in_sight(desk.window, found))
    assert desk.window.panel.search.text() == ""


def test_text_without_a_match_stays_and_changes_nothing(desk: Desk) -> None:
    found = search(desk, "no such thing")
    assert found is desk.window.panel.search and desk.window.panel.search.text() == "no such thing"
    assert len(desk.engine.settings) == 1


def test_search_never_lists_a_hidden_control(desk: Desk) -> None:
    window = desk.open()
    listed = window._search._controls()
    assert window.panel.closing_to_tray.isHidden()
    assert "Stay in the tray when closed" not in listed and len(listed) > 30
