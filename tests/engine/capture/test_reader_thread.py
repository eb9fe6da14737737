"""The thread that reads one opening of a source."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np

from app.engine.capture.reader_thread import ReaderThread
from app.engine.capture.source import Source

if TYPE_CHECKING:
    from app.engine.core.types import Picture


class Late(Source):
    """A source that gives its picture once `may` is set."""

    title = "Late"

    def __init__(self) -> None:
        self.is_asked, self.may = threading.Event(), threading.Event()
        self.closed = False

    def read(self) -> Picture:
        self.is_asked.set()
        self.may.wait(20)
        return np.zeros((4, 4, 3), np.uint8)

    def close(self) -> None:
        self.closed = True


def test_frame_after_stop_is_not_delivered() -> None:
    source, delivered = Late(), []
    reader = ReaderThread(lambda: source, lambda source, bgr: delivered.append(bgr))
    assert source.is_asked.wait(20)
    reader.stop()
    assert not reader.has_ended(0.0) and not source.closed, "a hanging source is not closed"
    source.may.set()
    assert reader.has_ended(20.0)
    assert delivered == [] and reader.last_at is None and source.closed
    assert reader.error is None


def test_source_that_hangs_in_open_is_closed_when_it_returns() -> None:
    source, may = Late(), threading.Event()
    source.may.set()

    def open_source() -> Source:
        may.wait(20)
        return source

    reader = ReaderThread(open_source, lambda source, bgr: None)
    reader.stop()
    assert reader.source is None
    may.set()
    assert reader.has_ended(20.0) and source.closed and not source.is_asked.is_set()
