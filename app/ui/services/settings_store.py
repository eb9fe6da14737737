"""Write the settings file, from any thread."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from app.settings import StoredSettings, save_settings

if TYPE_CHECKING:
    from pathlib import Path


class SettingsStore:
    """Holds the newest settings and writes them on request, if they have changed."""

    def __init__(self, settings: StoredSettings, path: Path) -> None:
        """`settings`: the content of the file at `path`, or the defaults."""
        self.settings = settings
        self._path = path
        self._saved = settings
        self._lock = threading.Lock()

    def save(self) -> None:
        """Write the newest settings if they have changed. Raises BackdropError. Blocks on the disk."""
        with self._lock:
            newest = self.settings
            if newest != self._saved:
                save_settings(newest, self._path)
                self._saved = newest
