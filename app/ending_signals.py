"""Ctrl-C and SIGTERM without KeyboardInterrupt, for everything that runs Qt.

Qt drops KeyboardInterrupt when it is raised in a slot, and loading Qt's libraries aborts the process.
"""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class EndingSignals:
    """Whether a signal was received, and the function to call; the signal may come before it is set."""

    def __init__(self) -> None:
        self.received = False
        self._end: Callable[[], None] | None = None

    def call(self, end: Callable[[], None]) -> None:
        """Call `end` at a signal, or now if one was received before."""
        self._end = end
        if self.received:
            end()

    def on_signal(self, *_: object) -> None:
        """Python calls this when its code next runs, in the window at the latest on the bridge's timer."""
        self.received = True
        if self._end is not None:
            self._end()


_active: list[EndingSignals] = []


@contextmanager
def ending_signals() -> Iterator[EndingSignals]:
    """Handle Ctrl-C and SIGTERM in the block, on the main thread; blocks in it share one object."""
    if _active:
        yield _active[0]
        return
    signals = EndingSignals()
    _active.append(signals)
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, signals.on_signal) for number in numbers}
    try:
        yield signals
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        _active.clear()
