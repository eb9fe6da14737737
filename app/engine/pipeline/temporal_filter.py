"""Temporal filter: average alpha along the motion of the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from app.engine.core.image_ops import halve

if TYPE_CHECKING:
    from app.engine.core.motion import Moved
    from app.engine.core.types import Alpha

_KEPT = 1.5  # Largest weight of the previous alpha, at steadiness 1.
_MOST_KEPT = 0.95  # Share per frame. Errors fade out over time.
_SAME_COLOUR, _SPAN_PX = 20.0, 3  # Grey levels, after a mean that removes the camera's noise.
_AROUND = np.ones((7, 7), np.uint8)  # Pixels. Near a failure of the flow, the flow is not used.
_SAME_ALPHA = 0.8  # Alpha. Larger changes are not flicker.
_SURENESS = 32  # Alpha. No averaging where the network is this certain, so that lost flow leaves no trail.


class TemporalFilter:
    """Averages alpha over time along the optical flow. Has memory: `reset` it at cuts and changes.

    It works at half of alpha's size, the size of the network's last layer: there it takes a third of the
    time and gives a steadier alpha.
    """

    def __init__(self) -> None:
        self._previous: Alpha | None = None

    def reset(self) -> None:
        """Forget earlier frames."""
        self._previous = None

    def apply(self, raw: Alpha, moved: Moved, steadiness: float) -> Alpha:
        """Alpha averaged with the previous alpha, moved along the flow.

        raw: h x w, 0..1; not written. moved: the motion that led to the picture. steadiness: 0..1.
        """
        alpha = halve(raw, 1)
        before, self._previous = self._previous, alpha
        if before is None or before.shape != alpha.shape or not moved.is_known or not steadiness:
            return raw
        old_alpha = np.asarray(moved.carried(before), np.float32)
        difference = cv2.absdiff(moved.old_levels, moved.levels).astype(np.float32)
        unlike = cv2.dilate(cv2.blur(difference, (_SPAN_PX, _SPAN_PX)), _AROUND)
        change = np.asarray(old_alpha - alpha, np.float32)
        keep = np.exp(-np.square(unlike / _SAME_COLOUR) - np.square(change / _SAME_ALPHA))
        kept = np.asarray(min(_KEPT * steadiness, _MOST_KEPT) * keep * change, np.float32)
        self._previous = alpha + kept
        # cv2.pow multiplies for a whole exponent; numpy takes ten times as long.
        unsure = 1.0 - cv2.pow(2.0 * raw - 1.0, _SURENESS)
        return np.asarray(raw + unsure * cv2.resize(kept, raw.shape[::-1]), np.float32)
