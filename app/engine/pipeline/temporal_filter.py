"""Temporal filter: average alpha along the motion of the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from app.engine.core.image_ops import Grey, halve

if TYPE_CHECKING:
    from app.engine.core.types import Alpha

_KEPT = 1.5  # Largest weight of the previous alpha, at steadiness 1.
_MOST_KEPT = 0.95  # Share per frame. Errors fade out over time.
_SAME_COLOUR, _SPAN_PX = 20.0, 3  # Grey levels, after a mean that removes the camera's noise.
_AROUND = np.ones((7, 7), np.uint8)  # Pixels. Near a failure of the flow, the flow is not used.
_LEAST_PX = 16  # Smallest side in pixels: the flow needs patches of 8 and halves the picture once.
_SAME_ALPHA = 0.8  # Alpha. Larger changes are not flicker.
_SURENESS = 32  # Alpha. No averaging where the network is this certain, so that lost flow leaves no trail.


Levels = npt.NDArray[np.uint8]
Place = npt.NDArray[np.float32]


class TemporalFilter:
    """Averages alpha over time along the optical flow. Has memory: `reset` it at cuts and changes.

    It works at half of alpha's size, the size of the network's last layer: there it takes a third of the
    time and gives a steadier alpha.
    """

    def __init__(self) -> None:
        self._flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
        self._previous: tuple[Alpha, Levels] | None = None
        self._place = np.empty((0, 0, 2), np.float32)  # x and y of each pixel.

    def reset(self) -> None:
        """Forget earlier frames."""
        self._previous = None

    def apply(self, raw: Alpha, grey: Grey, steadiness: float) -> Alpha:
        """Alpha averaged with the previous alpha, moved along the flow.

        raw: h x w, 0..1. grey: the picture, h x w, 0..255. steadiness: 0..1. None is written or kept.
        """
        alpha = halve(raw, 1)
        levels = np.asarray(cv2.convertScaleAbs(halve(grey, 1)), np.uint8)
        before, self._previous = self._previous, (alpha, levels)
        if before is None or before[0].shape != alpha.shape or not steadiness:
            return raw
        # The stubs of OpenCV lack None for outputs and borders.
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
        # cv2.pow multiplies for a whole exponent; numpy takes ten times as long.
        unsure = 1.0 - cv2.pow(2.0 * raw - 1.0, _SURENESS)
        return np.asarray(raw + unsure * cv2.resize(kept, raw.shape[::-1]), np.float32)

    def _came_from(self, new: Levels, old: Levels) -> Place:
        """The position of each pixel in the previous picture: h x w x 2, x and y."""
        height, width = new.shape
        if self._place.shape[:2] != new.shape:
            y, x = np.mgrid[0:height, 0:width].astype(np.float32)
            self._place = np.dstack([x, y])
        if min(new.shape) < _LEAST_PX:
            return self._place
        # The stubs of OpenCV lack None for the flow.
        return np.asarray(self._place + self._flow.calc(new, old, None), np.float32)  # type: ignore[call-overload]
