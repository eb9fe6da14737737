"""Alpha held steady along the picture's motion."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from app.engine.core.image_ops import Grey, halve
from app.engine.core.types import Alpha

_KEPT = 1.5  # times the steadiness: of alpha as it was, at the most
_MOST_KEPT = 0.95  # what is wrong leaves sooner or later
_SAME_COLOUR, _SPAN_PX = 20.0, 3  # levels, after a mean that takes the camera's noise away
_AROUND = np.ones((7, 7), np.uint8)  # where the flow is lost, its neighbours are not trusted either
_LEAST_PX = 16  # of the sides: the flow needs patches of 8, and halves the picture once
_SAME_ALPHA = 0.8  # far larger changes are no shimmer
_SURENESS = 32  # where the network is this sure nothing is kept: no trail behind a hand that the flow lost


Levels = npt.NDArray[np.uint8]
Place = npt.NDArray[np.float32]


class TemporalFilter:
    """Averages alpha over time along the optical flow. Has memory: `reset` it at cuts and changes.

    It works at half of alpha's size, where the network's own last layer is: there it takes a third of the
    time, and alpha comes out steadier.
    """

    def __init__(self) -> None:
        self._flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
        self._previous: tuple[Alpha, Levels] | None = None
        self._place = np.empty((0, 0, 2), np.float32)  # where each pixel is: x and y

    def reset(self) -> None:
        """Forget earlier frames."""
        self._previous = None

    def steady(self, raw: Alpha, grey: Grey, steadiness: float) -> Alpha:
        """Alpha with what it was a frame ago where the same thing was then, wherever that has moved to.

        raw: h x w, 0..1. grey: the picture, h x w, 0..255. steadiness: 0..1. None is written or kept.
        """
        alpha = halve(raw, 1)
        levels = np.asarray(cv2.convertScaleAbs(halve(grey, 1)), np.uint8)
        before, self._previous = self._previous, (alpha, levels)
        if before is None or before[0].shape != alpha.shape or not steadiness:
            return raw
        place = self._came_from(levels, before[1])
        old_alpha, old_levels = (
            cv2.remap(layer, place, None, cv2.INTER_LINEAR, None, cv2.BORDER_REPLICATE)  # type: ignore[call-overload]
            for layer in before
        )
        unlike = cv2.blur(cv2.absdiff(old_levels, levels).astype(np.float32), (_SPAN_PX, _SPAN_PX))
        unlike = cv2.dilate(unlike, _AROUND)
        change = np.asarray(old_alpha - alpha, np.float32)
        keep = np.exp(-np.square(unlike / _SAME_COLOUR) - np.square(change / _SAME_ALPHA))
        kept = np.asarray(min(_KEPT * steadiness, _MOST_KEPT) * keep * change, np.float32)
        self._previous = alpha + kept, levels
        # cv2.pow multiplies for a whole exponent, where numpy takes ten times as long.
        unsure = 1.0 - cv2.pow(2.0 * raw - 1.0, _SURENESS)
        return np.asarray(raw + unsure * cv2.resize(kept, raw.shape[::-1]), np.float32)

    def _came_from(self, new: Levels, old: Levels) -> Place:
        """Where each pixel's thing was in the old picture: h x w x 2, x and y."""
        height, width = new.shape
        if self._place.shape[:2] != new.shape:
            y, x = np.mgrid[0:height, 0:width].astype(np.float32)
            self._place = np.dstack([x, y])
        if min(new.shape) < _LEAST_PX:
            return self._place
        return np.asarray(self._place + self._flow.calc(new, old, None), np.float32)  # type: ignore[call-overload]
