"""Saves the settings a moment after they have changed, and at the end."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.settings import StoredSettings
    from app.ui.services.settings_store import SettingsStore
    from app.ui.services.task_runner import TaskRunner

log = logging.getLogger(__name__)

_SAVE_AFTER_MS = 600


class SavingController(QObject):
    """Writes the settings file off the window's thread."""

    def __init__(
        self,
        store: SettingsStore,
        tasks: TaskRunner,
        warn: Callable[[Exception], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._store, self._tasks, self._warn = store, tasks, warn
        self.timer = QTimer(self, singleShot=True, interval=_SAVE_AFTER_MS)
        self.timer.timeout.connect(self._save)

    def save_soon(self, settings: StoredSettings) -> None:
        """Save these settings once nothing has changed for a moment."""
        self._store.settings = settings
        self.timer.start()

    def save_and(self, stop: Callable[[], None], done: Callable[[], None]) -> None:
        """Save at once, then call `stop`, both off the window's thread; then call `done` on it."""
        self.timer.stop()

        def finish() -> None:
            try:
                self._store.save()
            finally:
                stop()

        def fail(error: Exception) -> None:
            log.error("%s", error)
            done()

        self._tasks.run(finish, lambda _: done(), fail)

    def _save(self) -> None:
        self._tasks.run(self._store.save, otherwise=self._warn)
