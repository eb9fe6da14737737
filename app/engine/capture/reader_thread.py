"""A source on a thread of its own, so that one that hangs holds nothing up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from app.engine.capture.sources import Source
from app.engine.core.types import Picture

_SAMPLE_STEP_ROWS = 8


class ReaderThread:
    """One opening of a source: from it, until `stop` or a failure, each picture goes to `deliver`.

    A source that hangs, in its opening too, is left alone; it is closed once it comes back.
    """

    def __init__(self, open_source: Callable[[], Source], deliver: Callable[[Source, Picture], None]) -> None:
        """`deliver` is called on the feed's thread, and never after `stop` has returned."""
        self._open_source = open_source
        self._deliver = deliver
        self._lock = threading.Lock()
        self._is_stopped = False
        self.source: Source | None = None
        """Once it is open."""
        self.error: Exception | None = None
        """Why it ended."""
        self.began_at = self.opened_at = time.monotonic()
        self.last_at: float | None = None
        """When the last picture came (time.monotonic, seconds)."""
        self._thread = threading.Thread(target=self._run, name="backdrop-feed", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Deliver nothing more. Returns at once."""
        with self._lock:
            self._is_stopped = True

    def has_ended(self, timeout_s: float) -> bool:
        """Whether the source is closed, after waiting for it up to `timeout_s`."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            source = self._open_source()
            try:
                self._read(source)
            finally:
                source.close()
        except Exception as error:
            self.error = error

    def _read(self, source: Source) -> None:
        self.opened_at = time.monotonic()
        self.source = source
        while not self._is_stopped:
            bgr = source.read()
            with self._lock:
                if not self._is_stopped:
                    self.last_at = time.monotonic()
                    self._deliver(source, bgr)


class FreezeDetector:
    """Since when pictures are the same to the last bit, as a camera's never are while it works."""

    def __init__(self) -> None:
        self._sample: npt.NDArray[np.uint8] | None = None
        self._since = time.monotonic()

    def note(self, bgr: Picture) -> None:
        """Look at a picture; some of its rows are enough, since a sensor's noise is everywhere."""
        sample = bgr[::_SAMPLE_STEP_ROWS]
        if self._sample is None or not np.array_equal(sample, self._sample):
            self._sample = sample.copy()
            self._since = time.monotonic()

    @property
    def seconds(self) -> float:
        """For how long nothing has changed."""
        return time.monotonic() - self._since
