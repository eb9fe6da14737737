"""From raw alpha at the network's size to the matte at the frame's size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from app.engine.core.image_ops import enlarge_along_edges
from app.engine.core.motion import Motion
from app.engine.core.pyramid import shrunk
from app.engine.core.types import Alpha, Frame, Matte, Picture
from app.engine.pipeline.component_filter import ComponentFilter
from app.engine.pipeline.room_lesson import RoomLesson
from app.engine.pipeline.room_memory import RoomMemory
from app.engine.pipeline.temporal_filter import TemporalFilter

if TYPE_CHECKING:
    from app.engine.core.settings import MatteSettings
    from app.engine.people.people import People

_RADIUS_PX, _EPSILON = 2, 1.5e-2
_SHIFT = 0.9  # Largest shift as a share of the margin.


class MatteStage:
    """Filters, sharpens and enlarges alpha. Has memory: `reset` it when size, camera or network changes."""

    def __init__(self) -> None:
        self.lesson = RoomLesson()
        self._room_memory = RoomMemory()
        self._component_filter = ComponentFilter()
        self._motion = Motion()
        self._temporal_filter = TemporalFilter()

    def reset(self) -> None:
        """Forget earlier frames."""
        self.forget_room()
        self._component_filter.reset()
        self._motion.reset()
        self._temporal_filter.reset()

    def forget_room(self) -> None:
        """Forget the room alone, because the frames show another part of it."""
        self._room_memory.reset()
        self.lesson.restart()

    def apply(self, raw: Alpha, frame: Frame, settings: MatteSettings, people: People | None = None) -> Matte:
        """The matte of one frame: `refined`, then `enlarged`.

        raw: h x w, 0..1, of this very frame; not written.
        """
        return enlarged(self.refined(raw, frame, settings, people), frame, settings)

    def refined(
        self, raw: Alpha, frame: Frame, settings: MatteSettings, people: People | None = None
    ) -> Alpha:
        """Alpha at the network's size, filtered and sharpened: below 0 and above 1 where it is certain.

        people: needed unless everyone is shown.
        """
        small = shrunk(frame, *raw.shape)
        if settings.room_memory:
            is_empty = self.lesson.step(raw, frame.captured_at)
            raw = self._room_memory.apply(raw, small, is_empty)
        else:
            self.forget_room()
        found = self._component_filter.apply(raw) if settings.remove_uncertain else raw
        moved = self._motion.step(_grey(small))
        if people is not None:
            found = people.keep(found, frame, moved, settings)
        elif settings.people != "everyone":
            raise ValueError("nobody tells who is to be shown")
        # Sharpened while small. Both ways of enlarging are linear, so the result is the same.
        return _stretch(self._temporal_filter.apply(found, moved, settings.steadiness), settings)


def enlarged(alpha: Alpha, frame: Frame, settings: MatteSettings) -> Matte:
    """The matte of a frame from its refined alpha. Without memory."""
    if settings.follow_edges:
        grey = _grey(shrunk(frame, *alpha.shape))
        return Matte(enlarge_along_edges(alpha, grey, frame.bgr, _RADIUS_PX, _EPSILON))
    large = np.asarray(cv2.resize(alpha, frame.bgr.shape[1::-1]), np.float32)
    return Matte(np.clip(large, 0.0, 1.0, out=large))


def _grey(picture: Picture) -> Alpha:
    return cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32)


def _stretch(alpha: Alpha, settings: MatteSettings) -> Alpha:
    """Stretch alpha about 0.5, beyond 0 and 1: clipped later, certain pixels are exact and the edge narrow.

    The shift moves the middle, but never changes a certain pixel.
    """
    margin = 0.05 + 0.3 * settings.sharpness
    low = margin * (1.0 - _SHIFT * settings.shift)
    return np.asarray((alpha - low) / (1.0 - 2.0 * margin), np.float32)
