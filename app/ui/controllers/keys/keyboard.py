"""Keys act only on what the user sees, and arrow keys stay inside their group of buttons."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QCheckBox, QPushButton, QScrollArea, QWidget

from app.ui.widgets.basic import is_arrow_group

Key = Qt.Key

_ENTER = (Key.Key_Return, Key.Key_Enter)
_MOVES = (Key.Key_Left, Key.Key_Right, Key.Key_Up, Key.Key_Down, Key.Key_Home, Key.Key_End)
_NEVER_ACTS = (
    Key.Key_Tab,
    Key.Key_Backtab,
    Key.Key_Escape,
    Key.Key_Shift,
    Key.Key_Control,
    Key.Key_Alt,
    Key.Key_AltGr,
    Key.Key_Meta,
)
_MARGIN_PX = 8


class Keyboard(QObject):
    """Filters the keys of the focused widget of one window.

    Arrow keys move the focus among the buttons of one group and change nothing; Space and Enter apply.
    A key for a widget that is scrolled out of sight scrolls it into view instead.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus_changed)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            watched.removeEventFilter(self)
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return isinstance(watched, QWidget) and self._takes(watched, event)
        return False

    def _on_focus_changed(self, before: QWidget | None, now: QWidget | None) -> None:
        if now is None or now.window() is not self._window:
            return
        now.installEventFilter(self)
        # Not for the mouse, nor when the window comes forward: nothing moves under the pointer.
        if before is not None and QApplication.mouseButtons() == Qt.MouseButton.NoButton:
            _show(now)

    def _takes(self, widget: QWidget, event: QKeyEvent) -> bool:
        key = Key(event.key())
        if key in _NEVER_ACTS:
            return False
        if not _is_in_sight(widget):
            _show(widget)
            return True
        if not isinstance(widget, QAbstractButton):
            return False
        if key in _MOVES:
            target = _neighbour(widget, key)
            if target is not None:
                target.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        if key in _ENTER and not isinstance(widget, QCheckBox) and not _has_menu(widget):
            if not event.isAutoRepeat():
                widget.click()
            return True
        return False


def _has_menu(button: QAbstractButton) -> bool:
    return isinstance(button, QPushButton) and button.menu() is not None


def _scroll_area(widget: QWidget) -> QScrollArea | None:
    parent = widget.parentWidget()
    while parent is not None and not isinstance(parent, QScrollArea):
        parent = parent.parentWidget()
    return parent


def _is_in_sight(widget: QWidget) -> bool:
    """Whether at least half of a widget is inside its scroll area."""
    area = _scroll_area(widget)
    if area is None:
        return True
    place = QRect(widget.mapTo(area.viewport(), QPoint(0, 0)), widget.size())
    return 2 * place.intersected(area.viewport().rect()).height() >= place.height()


def _show(widget: QWidget) -> None:
    area = _scroll_area(widget)
    if area is not None:
        area.ensureWidgetVisible(widget, 0, _MARGIN_PX)


def _neighbour(button: QAbstractButton, key: Qt.Key) -> QAbstractButton | None:
    """The button of the same group in the direction of a key; None if there is none."""
    group: QWidget | None = button.parentWidget()
    while group is not None and not is_arrow_group(group):
        group = group.parentWidget()
    if group is None:
        return None
    places = {
        other: QRect(other.mapTo(group, QPoint(0, 0)), other.size()).center()
        for other in group.findChildren(QAbstractButton)
        if other.isVisible() and other.isEnabled() and other.focusPolicy() != Qt.FocusPolicy.NoFocus
    }
    order = sorted(places, key=lambda other: (places[other].y(), places[other].x()))
    if key in (Key.Key_Home, Key.Key_End):
        return order[0 if key == Key.Key_Home else -1]
    here = places[button]
    if key in (Key.Key_Left, Key.Key_Right):
        index = order.index(button) + (1 if key == Key.Key_Right else -1)
        return order[index] if 0 <= index < len(order) else None
    sign = 1 if key == Key.Key_Down else -1
    beyond = [other for other in order if sign * (places[other].y() - here.y()) > button.height() / 2]
    return min(
        beyond,
        key=lambda other: (abs(places[other].y() - here.y()), abs(places[other].x() - here.x())),
        default=None,
    )
