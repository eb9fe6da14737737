"""The preview over the whole screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.ui.views.window_layout import WindowLayout


class FullScreen(QObject):
    """F11 shows the preview over the whole screen; F11 or Escape brings the window back as it was."""

    def __init__(self, window: QWidget, layout: WindowLayout) -> None:
        super().__init__(window)
        self._window, self._layout = window, layout
        QShortcut(QKeySequence(Qt.Key.Key_F11), window).activated.connect(self.toggle)
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), window)
        self._escape.activated.connect(self.toggle)
        self._escape.setEnabled(False)

    def toggle(self) -> None:
        """Enter or leave the full screen."""
        is_full = not self._window.isFullScreen()
        self._escape.setEnabled(is_full)
        self._layout.show_preview_alone(is_full)
        self._window.setWindowState(self._window.windowState() ^ Qt.WindowState.WindowFullScreen)
