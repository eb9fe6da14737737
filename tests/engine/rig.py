"""An engine with a camera in a painted room, and the check that the room never appears.

The room is pure blue, which must never appear in an output; the tiny network takes red for the person.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from app.engine.capture.source import Source
from app.engine.core.errors import BackdropError
from app.engine.core.settings import EffectSettings, Settings
from app.engine.engine import Engine
from app.engine.networks.segmenter import Segmenter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from app.engine.core.types import Composite, Picture

PERSON = (0, 0, 255)
GREEN = EffectSettings("colour", {"colour": "#00ff00"})


class RoomCamera(Source):
    """A camera before which a person sits in a room, as `paint` paints it; it may fail at a frame."""

    title = "Room camera"

    def __init__(self, fails_at: int | None = None, size: tuple[int, int] = (96, 160)) -> None:
        self.count = 0
        self.closed = False
        self._fails_at = fails_at
        self._size = size

    def read(self) -> Picture:
        time.sleep(0.002)
        self.count += 1
        if self.count == self._fails_at:
            raise BackdropError("The camera is gone.")
        return paint(self._size)

    def close(self) -> None:
        self.closed = True


def paint(size: tuple[int, int]) -> Picture:
    """Blue room left, red person right."""
    bgr = np.zeros((*size, 3), np.uint8)
    bgr[:, : size[1] // 2, 0] = 255
    bgr[:, size[1] // 2 :, 2] = 255
    bgr.setflags(write=False)
    return bgr


def shows_the_room(picture: Picture) -> bool:
    """Whether pure blue, the room's colour, is anywhere."""
    blue = picture[..., 0].astype(int)
    return bool(((blue > 150) & (picture[..., 1] < 60)).any())


@contextmanager
def running(engine: Engine) -> Iterator[Engine]:
    engine.start()
    try:
        yield engine
    finally:
        engine.stop()


def engine_of(
    tiny: Path, source: Callable[[], Source] = RoomCamera, effect: EffectSettings = GREEN
) -> Engine:
    return Engine(
        Settings(effect=effect),
        open_source=lambda settings: source(),
        load_segmenter=lambda settings: Segmenter(tiny),
    )


def next_where(engine: Engine, wanted: Callable[[Composite], bool], timeout_s: float = 20.0) -> Composite:
    """The first wanted composite; none before it may show the room."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        composite = engine.preview.get(0.1)
        if composite is None:
            continue
        assert not shows_the_room(composite.picture)
        if wanted(composite):
            return composite
    raise AssertionError("no such composite came")
