"""How much of the computer a file may take: cores, and memory shared with other files."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.engine.core.stages import Interruption

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_PX = 50_000_000
"""Of all pictures that are treated at the same time, which take about a gigabyte then."""


class PictureMemory:
    """Lets pictures be treated at the same time only while they have few pixels together."""

    def __init__(self, most_px: int = MOST_PX) -> None:
        self._changed = threading.Condition()
        self._most_px, self._taken_px, self._holders = most_px, 0, 0

    @contextmanager
    def of(self, pixels: int) -> Iterator[None]:
        """Wait until a picture of this many pixels fits. One that is larger than all is treated alone."""
        with self._changed:
            self._changed.wait_for(lambda: not self._holders or self._taken_px + pixels <= self._most_px)
            self._taken_px, self._holders = self._taken_px + pixels, self._holders + 1
        try:
            yield
        finally:
            with self._changed:
                self._taken_px, self._holders = self._taken_px - pixels, self._holders - 1
                self._changed.notify_all()


@dataclass(frozen=True, slots=True)
class Spread:
    """What one file may take. `shows_frames`: whether it has a progress bar of its own."""

    cores: int = 1
    shows_frames: bool = True
    memory: PictureMemory = field(default_factory=PictureMemory)
    interruption: Interruption = field(default_factory=Interruption)


def usable_cores() -> int:
    """The number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
