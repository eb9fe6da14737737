"""Try a background picture or video on another thread before it is used."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.engine.pipeline.effects import build_effect

if TYPE_CHECKING:
    from app.engine.core.settings import EffectSettings
    from app.ui.services.task_runner import TaskRunner

OnChecked = Callable[["Exception | None"], None]


class PictureCheck(QObject):
    """Checks effects that need a file. Only the newest check counts."""

    accepted = Signal(object)
    """The EffectSettings that can be built."""
    refused = Signal(object, object)
    """The EffectSettings that cannot be built, and the error."""

    def __init__(self, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._newest = 0

    def check(self, effect: EffectSettings, on_checked: OnChecked = lambda error: None) -> None:
        """Check whether the effect can be built; a signal follows, then `on_checked` is called."""
        self._newest += 1
        number = self._newest

        def accept(_: object) -> None:
            if number == self._newest:
                self.accepted.emit(effect)
            on_checked(None)

        def refuse(error: Exception) -> None:
            if number == self._newest:
                self.refused.emit(effect, error)
            on_checked(error)

        self._tasks.run(partial(build_effect, effect), accept, refuse)

    def forget(self) -> None:
        """Discard the check that is under way, because the user chose something else."""
        self._newest += 1
