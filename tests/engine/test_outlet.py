"""A sink on a thread of its own: what is put is sent, what fails is opened again, what has ended is not."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from app.engine.errors import BackdropError
from app.engine.outlet import Outlet
from app.engine.sinks import Sink, SinkEndedError
from app.engine.types import Composite


class Slow(Sink):
    """Takes its time, and fails at the third picture if it is told to."""

    title, slots = "slow", 8

    def __init__(self, error: Exception | None = None) -> None:
        self._error = error
        self.opened = 0
        self.sent: list[int] = []
        self.has_failed = threading.Event()

    def open(self, height_px: int, width_px: int) -> None:
        self.opened += 1

    def send(self, composite: Composite) -> None:
        time.sleep(0.02)
        if self._error is not None and composite.index == 2:
            self.has_failed.set()
            raise self._error
        self.sent.append(composite.index)

    def close(self) -> None: ...


def picture(index: int) -> Composite:
    return Composite(index, float(index), np.zeros((4, 4, 3), np.uint8))


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.engine.outlet._RETRY_S", 0.01)


def test_what_waits_is_sent_before_the_end() -> None:
    sink = Slow()
    outlet = Outlet(sink, lambda error: None)
    outlet.start()
    for index in range(6):
        outlet.put(picture(index))
        while not outlet.is_open:
            time.sleep(0.001)
    outlet.stop(20.0)
    assert sink.sent == [0, 1, 2, 3, 4, 5] and outlet.drops == 0 and not outlet.is_open


@pytest.mark.parametrize(
    ("error", "opened", "sent"),
    [
        (BackdropError("It is gone."), 2, [0, 1, 3, 4, 5]),
        (SinkEndedError("It has ended."), 1, [0, 1]),
    ],
)
def test_what_fails_is_opened_again_and_what_has_ended_is_not(
    error: Exception, opened: int, sent: list[int]
) -> None:
    sink, told = Slow(error), []
    outlet = Outlet(sink, told.append)
    outlet.start()
    for index in range(3):
        outlet.put(picture(index))
    assert sink.has_failed.wait(20)
    for index in range(3, 6):
        outlet.put(picture(index))
    deadline = time.monotonic() + (0.5 if opened == 1 else 20)
    while time.monotonic() < deadline and sink.sent != [0, 1, 3, 4, 5]:
        time.sleep(0.01)
    outlet.stop(20.0)
    assert (sink.opened, sink.sent) == (opened, sent)
    assert [e for e in told if e is not None] == [error], "it is told once"
