"""What the network itself doubts: furniture taken for a person, holes in a person."""

from __future__ import annotations

import cv2
import numpy as np

from app.engine.types import Alpha

_PERSON_MEAN, _ROOM_MEAN = (0.8, 0.9), (0.7, 0.8)  # doubtful up to, sure from: true parts have 0.9 and more
_REACH_PX = 3
_FOLLOW = (
    0.15  # of a change of mind that a frame takes over: parts fade in a fifth of a second, and do not pop
)
_SURE = 0.9, 1.0  # a pixel this sure is never held back by what was doubtful there before


class Doubts:
    """Takes doubtful parts out of alpha. Has memory: `reset` it when size, camera or network changes."""

    def __init__(self) -> None:
        self._person = _Doubt(*_PERSON_MEAN)
        self._room = _Doubt(*_ROOM_MEAN)

    def reset(self) -> None:
        """Forget earlier frames."""
        self._person.memory = self._room.memory = None

    def settle(self, raw: Alpha) -> Alpha:
        """Alpha without furniture apart from the person and without holes in the person.

        On the val photos this takes a fifth off the mean absolute difference and adds 0.01 to 0.02 to
        boundary F.

        raw: h x w, 0..1; not written. Returns h x w, 0..1.
        """
        room = 1.0 - raw
        filled = 1.0 - room * self._room.trust(room)
        return np.asarray(filled * self._person.trust(raw), np.float32)


class _Doubt:
    """Doubts about one side, person or room."""

    def __init__(self, doubtful: float, sure: float) -> None:
        self._doubtful, self._sure = doubtful, sure
        self.memory: Alpha | None = None

    def trust(self, share: Alpha) -> Alpha:
        """How far to trust a share of each pixel, 0..1: not in doubtful parts, nor far from every part.

        A part is what hangs together with a share over one half. The largest is never doubtful; of the others
        those are whose mean is low.
        """
        count, labels, statistics, _ = cv2.connectedComponentsWithStats((share > 0.5).view(np.uint8))
        area = statistics[:, cv2.CC_STAT_AREA]
        mean = np.bincount(labels.ravel(), share.ravel(), count) / np.maximum(area, 1)
        doubt = np.clip((self._sure - mean) / (self._sure - self._doubtful), 0.0, 1.0).astype(np.float32)
        doubt[0] = 0.0
        if count > 1:
            doubt[1 + np.argmax(area[1:])] = 0.0
        reach = np.ones((2 * _REACH_PX + 1, 2 * _REACH_PX + 1), np.uint8)
        doubts = np.asarray(cv2.dilate(doubt[labels], reach), np.float32)
        if self.memory is not None and self.memory.shape == doubts.shape:
            doubts = self.memory + _FOLLOW * (doubts - self.memory)
        self.memory = doubts
        low, high = _SURE
        held = doubts * np.clip((high - share) / (high - low), 0.0, 1.0)
        near = cv2.dilate((share > 0.5).view(np.uint8), reach) if count > 1 else 1
        return np.asarray((1.0 - held) * near, np.float32)
