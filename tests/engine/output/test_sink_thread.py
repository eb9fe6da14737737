"""The thread of a sink: a failed sink is reopened, one that has ended is not, and no call blocks."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from app.engine.core.errors import BackdropError
from app.engine.core.types import Composite
from app.engine.output import sink_thread as sink_thread
from app.engine.output.sink_thread import SinkThread
from app.engine.output.sinks import Sink, SinkEndedError

if TYPE_CHECKING:
    from collections.abc import Callable


class Failing(Sink):
    """Raises on each picture; counts how often it was opened and closed."""

    title = "failing"

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.opened = self.closed = 0

    def open(self, height_px: int, width_px: int) -> None:
        self.opened += 1

    def send(self, composite: Composite) -> None:
        raise self.error

    def close(self) -> None:
        self.closed += 1


def until(met: Callable[[], bool], reader: Callable[[], None] = lambda: None) -> None:
    deadline = time.monotonic() + 30
    while not met():
        assert time.monotonic() < deadline
        reader()
        time.sleep(0.01)


@pytest.fixture
def errors() -> list[Exception | None]:
    """The reports of a sink's thread."""
    return []


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sink_thread, "_RETRY_S", 0.01)


def started(sink: Sink, errors: list[Exception | None]) -> tuple[SinkThread, Callable[[], None]]:
    thread = SinkThread(sink, errors.append)
    thread.start()
    picture = np.zeros((4, 6, 3), np.uint8)
    return thread, lambda: thread.put(Composite(0, time.monotonic(), picture))


def test_failed_sink_is_reopened(errors: list[Exception | None]) -> None:
    sink = Failing(BackdropError("It is busy."))
    thread, reader = started(sink, errors)
    until(lambda: sink.opened >= 3, reader)
    thread.stop(5)
    assert sink.closed >= 3
    assert {str(error) for error in errors} == {"It is busy."}


def test_ended_sink_stays_closed(errors: list[Exception | None]) -> None:
    sink = Failing(SinkEndedError("The disk is full."))
    thread, reader = started(sink, errors)
    until(lambda: bool(errors), reader)
    for _ in range(30):
        reader()
        time.sleep(0.01)
    assert (sink.opened, sink.closed, len(errors), thread.is_open) == (1, 1, 1, False)
    thread.stop(5)


def test_error_in_sink_close_is_reported(errors: list[Exception | None]) -> None:
    class Stuck(Failing):
        def close(self) -> None:
            raise BackdropError("It cannot be closed.")

    thread, reader = started(Stuck(SinkEndedError("It has ended.")), errors)
    until(lambda: len(errors) == 2, reader)
    thread.stop(5)
    assert [str(error) for error in errors] == ["It has ended.", "It cannot be closed."]
