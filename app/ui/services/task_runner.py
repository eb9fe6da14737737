"""Run blocking work on a thread; deliver the result on the window's thread."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

Outcome = TypeVar("Outcome")


class TaskRunner(QObject):
    """Runs each task on a thread of its own and delivers the result on the window's thread."""

    _finished = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._finished.connect(self._on_finished, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        work: Callable[[], Outcome],
        then: Callable[[Outcome], None] = lambda outcome: None,
        otherwise: Callable[[Exception], None] = lambda error: None,
    ) -> None:
        """Run `work`; on the window's thread call `then` with its result or `otherwise` with its error."""

        def task() -> None:
            call: Callable[[], None]
            try:
                outcome = work()
                call = lambda: then(outcome)  # noqa: E731
            except Exception as error:
                log.info("an task failed: %s", error)
                failure = error
                call = lambda: otherwise(failure)  # noqa: E731
            try:
                self._finished.emit(call)
            except RuntimeError:
                log.debug("the window was gone before an task ended")

        threading.Thread(target=task, name="backdrop-task", daemon=True).start()

    def _on_finished(self, call: Callable[[], Any]) -> None:
        call()
