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
_MOVES = 2.0, 4.0  # Usual changes. From the first on the memory counts less, from the second on not.
_USUAL = 0.35, 4.5  # Levels. Limits of the usual change: that of rounding, and the noise of a bad camera.
_USUAL_RATE, _MOST_RISE = 0.1, 1.5  # Share of a frame in the usual change; the most that one raises it to.
_MEDIAN_OF_QUARTER = 1.39  # Ratio of median and lower quartile of noise. Up to three quarters may move.
_EVERY = 3  # Rows and columns in which the usual change is measured.
_SUM_OF_CHANNELS = np.ones((1, 3), np.float32)
_AROUND = np.ones((3, 3), np.uint8)
_DARK, _BRIGHT = 110.0, 230.0  # Levels: up to the first it works fully, from the second on not.

Colours = npt.NDArray[np.float32]


class Calm(PictureLook):
    """Averages each still pixel with the earlier frames. Has memory.

    Whether a pixel is still is measured on a quarter of the size, against the memory and not against the
    frame before, so that slow motion counts too.
    """

    title, is_before_brightening, keeps_means = "Calm picture", True, True
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
        self._usual: float | None = None

    def apply(self, picture: Picture, frame: Frame, alpha: Alpha) -> Picture:
        small = halved(frame, _HALVINGS) if picture is frame.bgr else halve(picture, _HALVINGS)
        colours = small.astype(np.float32)
        if self._memory is None or self._small is None or self._memory.shape != picture.shape:
            self._memory, self._small = picture.copy(), colours
            return picture.copy()
        kept = self._kept(small, colours, self._small)
        self._small = np.asarray(cv2.blendLinear(self._small, colours, kept, 1.0 - kept), np.float32)
        height, width = picture.shape[:2]
        share = cv2.merge([cv2.resize(cv2.convertScaleAbs(kept, alpha=255), (width, height))] * 3)
        result = cv2.multiply(self._memory, share, scale=1 / 255)
        cv2.bitwise_not(share, dst=share)
        cv2.multiply(picture, share, dst=share, scale=1 / 255)
        cv2.add(result, share, dst=result)
        self._memory = np.array(result, np.uint8)
        return np.asarray(result, np.uint8)

    def _kept(self, small: Picture, colours: Colours, memory: Colours) -> Colours:
        """The share of the memory for each pixel of the small picture. Measures the usual change, noise."""
        # Signed before the mean: noise cancels out, an edge that has moved does not.
        mean = cv2.blur(colours - memory, (3, 3))
        change = np.asarray(cv2.transform(np.abs(mean, out=mean), _SUM_OF_CHANNELS), np.float32)
        some = change[::_EVERY, ::_EVERY].ravel()
        typical = _MEDIAN_OF_QUARTER * float(np.partition(some, some.size // 4)[some.size // 4])
        usual = typical if self._usual is None else self._usual
        usual += _USUAL_RATE * (min(typical, _MOST_RISE * usual) - usual)
        self._usual = float(np.clip(usual, *_USUAL))
        low, high = (limit * self._usual for limit in _MOVES)
        still = np.clip((high - cv2.dilate(change, _AROUND)) / (high - low), 0.0, 1.0)
        level = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
        return np.asarray(still * cv2.LUT(level, self._share_by_level), np.float32)
