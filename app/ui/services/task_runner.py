"""Run blocking work on a thread; deliver the result on the window's thread."""

from __future__ import annotations

import atexit
import functools
import logging
import threading
from typing import TYPE_CHECKING, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

Outcome = TypeVar("Outcome")


class _Delivery(QObject):
    """Calls functions on the window's thread.

    Qt crashes if an object is deleted while another thread emits its signal. So there is one delivery for
    all windows, and it is closed before the program deletes it at its end.
    """

    _wanted = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._is_closed = False
        self._wanted.connect(self._on_wanted, Qt.ConnectionType.QueuedConnection)

    def send(self, runner: QObject, call: Callable[[], None]) -> None:
        """Have the window's thread call a function, unless the runner is deleted by then. From any thread."""
        with self._lock:
            if not self._is_closed:
                self._wanted.emit(runner, call)

    def close(self) -> None:
        """Send nothing from now on."""
        with self._lock:
            self._is_closed = True

    def _on_wanted(self, runner: QObject, call: Callable[[], None]) -> None:
        if shiboken6.isValid(runner):
            call()
        else:
            log.debug("the window was closed before a task ended")


@functools.cache
def _delivery() -> _Delivery:
    delivery = _Delivery()
    atexit.register(delivery.close)
    return delivery


class TaskRunner(QObject):
    """Runs each task on its own thread and delivers the result on the window's thread.

    Create it on the window's thread. Once it is deleted, results are dropped.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._delivery = _delivery()

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
                log.info("a task failed: %s", error)
                failure = error
                call = lambda: otherwise(failure)  # noqa: E731
            self._delivery.send(self, call)

        threading.Thread(target=task, name="backdrop-task", daemon=True).start()
