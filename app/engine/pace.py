"""Tell when the last composite is out of date, from the pace of the last seconds."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_SHORTEST_S, _LONGEST_S = 0.75, 3.0  # Of the limit.
_INTERVALS = 2.0  # The limit in intervals: a composite that is a little late is no fault.
_REMEMBERED_S = 10.0
_HANG_S = 2.0


class Pace:
    """Records when composites begin and finish. May be read from another thread.

    An interval is the time from one composite to the next; after an interruption, whose length says nothing
    about the pace, it is the time that the composite took.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock`: the time in seconds."""
        self._clock = clock
        self._begun_at: float | None = None
        self._finished_at = clock()
        self._is_interrupted = True
        self._intervals: deque[tuple[float, float]] = deque()
        """The end and the length of each interval of the last seconds."""
        self._longest_s = 0.0

    def begin(self) -> None:
        """A frame is about to be composited."""
        self._begun_at = self._clock()

    def finish(self, is_composite: bool) -> None:
        """The frame that was begun has become a composite, or a placeholder because something failed."""
        now = self._clock()
        if is_composite:
            since = self._begun_at if self._is_interrupted else self._finished_at
            self._intervals.append((now, now - (now if since is None else since)))
        while self._intervals and self._intervals[0][0] < now - _REMEMBERED_S:
            self._intervals.popleft()
        self._longest_s = max((interval_s for _, interval_s in self._intervals), default=0.0)
        self._begun_at, self._finished_at, self._is_interrupted = None, now, not is_composite

    def interrupt(self) -> None:
        """No composite is to be expected now, for a reason that is known."""
        self._is_interrupted = True

    @property
    def limit_s(self) -> float:
        """How long a composite is up to date without a newer one, in seconds."""
        return max(_SHORTEST_S, min(_LONGEST_S, _INTERVALS * self._longest_s))

    @property
    def is_late(self) -> bool:
        """Whether the last composite, or the placeholder in its place, is out of date."""
        return self._clock() - self._finished_at > self.limit_s

    @property
    def is_hanging(self) -> bool:
        """Whether the frame in progress takes much longer than those before."""
        begun_at = self._begun_at
        return begun_at is not None and self._clock() - begun_at > max(_HANG_S, self.limit_s)
