"""Wait until the next picture of a source is due."""

from __future__ import annotations

import time

_LATE_S = 0.5  # A video that is later than this goes on from where it is.


class Pacer:
    """Limits a generated source to its frame rate."""

    def __init__(self, fps: float) -> None:
        self._interval_s = 1.0 / fps
        self._due = time.monotonic()

    def wait(self) -> None:
        """Sleep until the next frame is due. Missed frames are skipped."""
        now = time.monotonic()
        self._due = max(self._due, now - self._interval_s)
        time.sleep(max(0.0, self._due - now))
        self._due += self._interval_s


class PlaybackClock:
    """Maps the times of a video to the clock of this machine."""

    def __init__(self) -> None:
        self._began_at: float | None = None

    def wait_s(self, at_s: float) -> float:
        """Seconds until a picture is due. After a stall the video goes on from here without catching up."""
        now = time.monotonic()
        if self._began_at is None or now > self._began_at + at_s + _LATE_S:
            self._began_at = now - at_s
        return max(0.0, self._began_at + at_s - now)
