"""Keep windows within the available part of their screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_FRAME = QSize(16, 48)
"""Borders and title bar of a window, whose size is known only after it was shown."""
_LEAST_SHARE = 0.8
"""A window that would keep less of its width or height is maximised instead."""


def available_size(window: QWidget) -> QSize:
    """The largest size of a window, without its frame, on its screen."""
    return window.screen().availableGeometry().size() - _FRAME


class ScreenFit(QObject):
    """Opens a window with a size of its own, or maximised, and shrinks it when its screen becomes smaller."""

    def __init__(self, window: QWidget, size: QSize) -> None:
        super().__init__(window)
        self._window = window
        self._is_connected = False
        available = available_size(window)
        window.resize(size.boundedTo(available))
        shares = available.width() / size.width(), available.height() / size.height()
        if min(shares) < _LEAST_SHARE:
            window.setWindowState(Qt.WindowState.WindowMaximized)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show:
            handle = self._window.windowHandle()
            if handle is not None and not self._is_connected:
                self._is_connected = True
                handle.screenChanged.connect(lambda _: self._shrink())
            self._shrink()
        return False

    def _shrink(self) -> None:
        window = self._window
        if window.isMaximized() or window.isFullScreen():
            return
        available = window.screen().availableGeometry()
        size = window.size().boundedTo(available_size(window))
        if size != window.size():
            window.resize(size)
            place = QRect(window.pos(), size)
            if not available.contains(place):
                window.move(available.topLeft())
