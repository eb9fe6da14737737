"""Calm picture: noise is averaged over time where the picture is dark and still."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from app.engine.core.image_ops import halve
from app.engine.core.look import PictureLook
from app.engine.core.parameters import Parameter
from app.engine.core.pyramid import halved

if TYPE_CHECKING:
    from app.engine.core.parameters import Values
    from app.engine.core.types import Alpha, Frame, Picture

_HALVINGS = 2  # The mean of 16 pixels has a quarter of the noise, so that small motion stands out.
_MOST_KEPT = 0.86  # Share of the memory in a still, dark pixel.
_MOVES = (
    2.0,
    4.0,
)  # Change in noises: from the first on the memory counts less, from the second on not at all.
_LEAST_NOISE = 0.35  # Levels of the halved picture: its rounding.
_NOISE_RATE = 0.1
_MEDIAN_OF_CHANGE = 1.1  # Median of the largest of three channels' change, for noise of deviation 1.
_AROUND = np.ones((3, 3), np.uint8)
_DARK, _BRIGHT = 110.0, 230.0  # Levels: up to the first it works fully, from the second on not.

Colours = npt.NDArray[np.float32]


class Calm(PictureLook):
    """Averages each still pixel with the earlier frames. Has memory.

    Whether a pixel is still is measured on a quarter of the size, against the memory and not against the
    frame before, so that slow motion counts too.
    """

    title = "Calm picture"
    parameters = (Parameter("calm", "Less noise in the dark", "slider", 0.0),)

    def __init__(self, values: Values) -> None:
        super().__init__(values)
        light = np.clip((_BRIGHT - np.arange(256)) / (_BRIGHT - _DARK), 0.0, 1.0)
        self._share_by_level = (_MOST_KEPT * self._number("calm") * light).astype(np.float32)
        self.reset()

    @property
    def needs_matte(self) -> bool:
        return False

    def reset(self) -> None:
        self._memory: Picture | None = None
        self._small: Colours | None = None
        self._noise = _LEAST_NOISE

    def apply(self, picture: Picture, frame: Frame, alpha: Alpha) -> Picture:
        small = halved(frame, _HALVINGS) if picture is frame.bgr else halve(picture, _HALVINGS)
        colours = small.astype(np.float32)
        if self._memory is None or self._small is None or self._memory.shape != picture.shape:
            self._memory, self._small = picture.copy(), colours
            return picture.copy()
        kept = self._kept(small, colours, self._small)
        self._small = self._small + cv2.merge([1.0 - kept] * 3) * (colours - self._small)
        height, width = picture.shape[:2]
        share = cv2.convertScaleAbs(cv2.resize(cv2.convertScaleAbs(kept, alpha=255), (width, height)))
        share = cv2.merge([share] * 3)
        result = cv2.multiply(self._memory, share, scale=1 / 255)
        cv2.bitwise_not(share, dst=share)
        cv2.multiply(picture, share, dst=share, scale=1 / 255)
        cv2.add(result, share, dst=result)
        self._memory = np.array(result, np.uint8)
        return np.asarray(result, np.uint8)

    def _kept(self, small: Picture, colours: Colours, memory: Colours) -> Colours:
        """The share of the memory for each pixel of the small picture, and the noise is measured."""
        change = cv2.absdiff(colours, memory)
        blue, green, red = cv2.split(change)
        largest = cv2.max(cv2.max(blue, green), red)
        measured = float(np.median(largest[::2, ::2])) / _MEDIAN_OF_CHANGE
        self._noise += _NOISE_RATE * (max(measured, _LEAST_NOISE) - self._noise)
        low, high = (limit * self._noise for limit in _MOVES)
        moving = cv2.dilate(cv2.blur(largest, (3, 3)), _AROUND)
        still = np.clip((high - moving) / (high - low), 0.0, 1.0)
        level = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
        return np.asarray(still * cv2.LUT(level, self._share_by_level), np.float32)
