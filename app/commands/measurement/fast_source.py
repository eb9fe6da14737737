"""A source without a rate of its own, for long runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.engine.capture.source import Source
from app.engine.media.demo import PERIOD_FRAMES, Demo

if TYPE_CHECKING:
    import threading

    from app.engine.core.settings import SourceSettings
    from app.engine.core.types import Picture

_DEMO_STEP = 10  # One in so many frames of the demo is used.


class FastSource(Source):
    """A source that gives the demo's frames as fast as the engine takes them."""

    title = "soak"

    def __init__(self, settings: SourceSettings, finished: threading.Semaphore) -> None:
        demo = Demo(settings.width_px, settings.height_px)
        self._frames = [demo.frame(index) for index in range(0, PERIOD_FRAMES, _DEMO_STEP)]
        self._finished = finished
        self._index = 0

    def read(self) -> Picture:
        self._finished.acquire(timeout=0.2)
        self._index += 1
        return self._frames[self._index % len(self._frames)].copy()
