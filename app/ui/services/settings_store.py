"""Write the settings file, from any thread."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import msgspec

from app.engine.core.errors import BackdropError
from app.engine.core.settings import Settings
from app.settings import StoredSettings, save_settings

if TYPE_CHECKING:
    from pathlib import Path


class SettingsStore:
    """Holds the newest settings and writes them on request, if they have changed."""

    def __init__(self, settings: StoredSettings, path: Path, stored: StoredSettings | None = None) -> None:
        """`settings`: those to start with; `stored`: the content of the file at `path`, or the defaults.

        They differ by the options of the command line, which are not written.
        """
        self.settings = settings
        self._path = path
        self._initial, self._stored = settings, stored or settings
        self._saved = self._stored
        self._lock = threading.Lock()
        self._told = ""

    def save(self) -> None:
        """Write the newest settings if they have changed. Blocks on the disk.

        Raises BackdropError, but not the same one again: a home that cannot be written stays so.
        """
        with self._lock:
            newest = self._without_options()
            if newest == self._saved:
                return
            try:
                save_settings(newest, self._path)
            except BackdropError as error:
                if str(error) != self._told:
                    self._told = str(error)
                    raise
            else:
                self._saved, self._told = newest, ""

    def _without_options(self) -> StoredSettings:
        newest = self.settings
        stored = {
            part: getattr(self._stored, part)
            for part in Settings.__struct_fields__
            if getattr(newest, part) == getattr(self._initial, part)
        }
        return msgspec.structs.replace(newest, **stored)
