"""Frame rate and latency over about the last second."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from statistics import median

_FRAMES = 30
_FORGET_S = 2.0


@dataclass(frozen=True, slots=True)
class Reading:
    """Frames per second, median delay and the last frame's stages in milliseconds; zeros for nothing."""

    fps: float = 0.0
    latency_ms: float = 0.0
    stage_ms: dict[str, float] = field(default_factory=dict)


class FrameStats:
    """Records finished frames; may be read from another thread."""

    def __init__(self) -> None:
        self._done: deque[tuple[float, float, dict[str, float]]] = deque(maxlen=_FRAMES)

    def add(self, captured_at: float, stage_ms: dict[str, float]) -> None:
        """Record a frame, captured at this time (time.monotonic, seconds), that is finished now."""
        now = time.monotonic()
        self._done.append((now, (now - captured_at) * 1e3, stage_ms))

    def read(self) -> Reading:
        """The statistics."""
        now = time.monotonic()
        recent = [entry for entry in list(self._done) if entry[0] > now - _FORGET_S]
        if len(recent) < 2:
            return Reading()
        fps = (len(recent) - 1) / (recent[-1][0] - recent[0][0])
        return Reading(fps, median(entry[1] for entry in recent), dict(recent[-1][2]))
