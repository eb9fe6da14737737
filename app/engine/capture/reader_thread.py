"""Read a source on its own thread, so that a hanging source blocks nothing else."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.engine.capture.source import Source
    from app.engine.core.types import Picture


class ReaderThread:
    """One opening of a source: passes each frame to `deliver` until `stop` or an error.

    A source that hangs is left to its thread and closed once its call returns.
    """

    def __init__(self, open_source: Callable[[], Source], deliver: Callable[[Source, Picture], None]) -> None:
        """`deliver` is called on this thread, and never after `stop` has returned."""
        self._open_source = open_source
        self._deliver = deliver
        self._lock = threading.Lock()
        self._is_stopped = False
        self.source: Source | None = None
        """The source once it is open."""
        self.error: Exception | None = None
        """The error that ended it."""
        self.began_at = self.opened_at = time.monotonic()
        self.last_at: float | None = None
        """The time of the last frame (time.monotonic, seconds)."""
        self._thread = threading.Thread(target=self._run, name="backdrop-feed", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop delivering. Returns at once."""
        with self._lock:
            self._is_stopped = True

    def has_ended(self, timeout_s: float) -> bool:
        """Whether the source is closed, after waiting up to `timeout_s` seconds."""
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
