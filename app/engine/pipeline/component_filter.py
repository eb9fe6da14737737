"""What the network itself doubts: furniture taken for a person, holes in a person."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from app.engine.core.types import Alpha

Labels = npt.NDArray[np.uint16]

_PERSON_MEAN, _ROOM_MEAN = (0.8, 0.9), (0.7, 0.8)  # doubtful up to, sure from: true parts have 0.9 and more
_REACH = np.ones((9, 9), np.uint8)  # four pixels around a part belong to it
_FOLLOW = (
    0.15  # of a change of mind that a frame takes over: parts fade in a fifth of a second, and do not pop
)
_FORGOTTEN = 1e-3
_SURE = 0.9, 1.0  # a pixel this sure is never held back by what was doubtful there before


class ComponentFilter:
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
        self.memory: Alpha | float | None = None

    def trust(self, share: Alpha) -> Alpha:
        """How far to trust a share of each pixel, 0..1: not in doubtful parts, nor far from every part.

        A part is what hangs together with a share over one half. The largest is never doubtful; of the others
        those are whose mean is low.
        """
        above = (share > 0.5).view(np.uint8)
        # With areas and boxes, cv2.connectedComponentsWithStats takes ten times as long.
        count, labels = cv2.connectedComponents(above, ltype=cv2.CV_16U)
        near = np.asarray(cv2.dilate(above, _REACH) if count > 1 else np.ones_like(above), np.float32)
        doubts = self._of_parts(count, np.asarray(labels, np.uint16), share) if count > 2 else 0.0
        if self.memory is not None and np.shape(self.memory) in ((), share.shape):
            doubts = np.asarray(self.memory + _FOLLOW * (doubts - self.memory), np.float32)
        self.memory = doubts if np.max(doubts) > _FORGOTTEN else 0.0
        if isinstance(self.memory, float):  # nothing is doubtful, as most often
            return near
        low, high = _SURE
        held = self.memory * np.clip((high - share) / (high - low), 0.0, 1.0)
        return np.asarray((1.0 - held) * near, np.float32)

    def _of_parts(self, count: int, labels: Labels, share: Alpha) -> Alpha:
        """How doubtful the part of each pixel is, and near it, 0..1; label 0 is the ground."""
        area = np.bincount(labels[::2, ::2].ravel(), minlength=count)  # a sample shows which is the largest
        largest = 1 + int(np.argmax(area[1:]))
        flat = labels.ravel()
        others = np.flatnonzero((flat != 0) & (flat != largest))  # few pixels, most often
        part = flat[others]
        pixels, total = np.bincount(part, None, count), np.bincount(part, share.ravel()[others], count)
        mean = total / np.maximum(pixels, 1)
        doubt = np.clip((self._sure - mean) / (self._sure - self._doubtful), 0.0, 1.0)
        doubts = np.zeros_like(share)
        doubts.ravel()[others] = doubt[part]
        return np.asarray(cv2.dilate(doubts, _REACH), np.float32)
