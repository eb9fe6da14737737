"""A window that can be closed to the tray."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent


class TrayWindow(QWidget):
    """A window that goes to the tray and comes back; closing ends it where there is no tray."""

    def __init__(self) -> None:
        super().__init__()
        self.is_closing = False
        self.has_tray = False
        """Whether there is a tray to close to."""
        self.waits_for_tray = False
        """Whether the minimised window goes to the tray when one comes."""

    def closes_to_tray(self) -> bool:
        """Whether the user wants the window in the tray when it is closed."""
        raise NotImplementedError

    def end(self) -> None:
        """Stop everything and close, with or without a tray."""
        raise NotImplementedError

    def show_choices(self) -> None:
        """Show the current settings."""
        raise NotImplementedError

    def come_forward(self) -> None:
        """Raise the window."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def use_tray(self, is_there: bool) -> None:
        """Offer to close to the tray. A window that is in the tray comes back when the tray goes."""
        self.has_tray = is_there
        self.show_choices()
        if self.is_closing:
            return
        if not is_there and not self.isVisible():
            self.show()
        elif is_there and self.waits_for_tray and self.isMinimized():
            self.hide()
        self.waits_for_tray = False

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.has_tray and self.closes_to_tray() and not self.is_closing:
            event.ignore()
            self.hide()
            return
        event.accept()
        self.end()
