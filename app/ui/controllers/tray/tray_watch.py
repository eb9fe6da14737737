"""Use the desktop's tray as soon as there is one, and do without it when it is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QSystemTrayIcon

if TYPE_CHECKING:
    from app.ui.controllers.tray.tray import Tray

_POLL_MS = 1500
_MISSES = 2
"""Checks without a tray until it counts as gone: a desktop that restarts its panel has none for a moment."""


class TrayWatch(QObject):
    """Adds the icon when a tray comes and removes it when the tray goes."""

    changed = Signal(bool)
    """Whether there is a tray now."""

    def __init__(self, tray: Tray, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tray = tray
        self._misses = 0
        self.is_there = False
        """Whether there is a tray to close to."""
        self._timer = QTimer(self, interval=_POLL_MS)
        self._timer.timeout.connect(self._check)

    def start(self) -> None:
        """Check now and from now on."""
        self._check()
        self._timer.start()

    def stop(self) -> None:
        """Remove the icon for good."""
        self._timer.stop()
        self._tray.icon.hide()

    def _check(self) -> None:
        if QSystemTrayIcon.isSystemTrayAvailable():
            if not self.is_there or self._misses:
                self._tray.icon.show()
            self._misses = 0
            self._set(True)
        elif self.is_there:
            self._tray.icon.hide()  # A shown icon would not be docked in the next tray.
            self._misses += 1
            if self._misses >= _MISSES:
                self._set(False)

    def _set(self, is_there: bool) -> None:
        if is_there != self.is_there:
            self.is_there = is_there
            self.changed.emit(is_there)
