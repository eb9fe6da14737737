"""Wait until the next picture of a source is due."""

from __future__ import annotations

import time

_LATE_S = 0.5  # A video that is later than this continues without catching up.


class Pacer:
    """Limits a generated source to its frame rate."""

    def __init__(self, fps: float) -> None:
        self._interval_s = 1.0 / fps
        self._due_at = time.monotonic()

    def wait(self) -> None:
        """Sleep until the next frame is due. Missed frames are skipped."""
        now = time.monotonic()
        self._due_at = max(self._due_at, now - self._interval_s)
        time.sleep(max(0.0, self._due_at - now))
        self._due_at += self._interval_s


class PlaybackClock:
    """Maps the times of a video to time.monotonic."""

    def __init__(self) -> None:
        self.began_at: float | None = None
        """When time 0 was played (time.monotonic, seconds); None before the first picture."""

    def wait_s(self, at_s: float) -> float:
        """Seconds until the picture of this time is due; 0 after a stall, when the clock restarts from it."""
        now = time.monotonic()
        if self.began_at is None or now > self.began_at + at_s + _LATE_S:
            self.began_at = now - at_s
        return max(0.0, self.began_at + at_s - now)
