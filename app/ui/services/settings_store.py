"""Keeps the settings in their file, from whichever thread has the time."""

from __future__ import annotations

import threading
from pathlib import Path

from app.settings import StoredSettings, save_settings


class SettingsStore:
    """Remembers the newest settings and writes them when told to, each only once."""

    def __init__(self, settings: StoredSettings, path: Path) -> None:
        """`settings` are the ones in the file at `path`, or the defaults."""
        self.settings = settings
        self._path = path
        self._saved = settings
        self._lock = threading.Lock()

    def save(self) -> None:
        """Write the newest settings, unless the file has them. Raises BackdropError; waits for the disk."""
        with self._lock:
            newest = self.settings
            if newest != self._saved:
                save_settings(newest, self._path)
                self._saved = newest
