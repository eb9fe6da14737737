"""Raw alpha of the network's size becomes the matte of the frame's size."""

from __future__ import annotations

import cv2
import numpy as np

from app.engine.doubt import Doubts
from app.engine.filters import enlarge_along_edges
from app.engine.types import Alpha, Matte, MatteSettings, Picture

_RADIUS_PX, _EPSILON = 4, 1e-3
_STILL = 0.15  # changes of alpha below this are shimmer, above it motion


class MatteStage:
    """Steadies, enlarges and sharpens alpha. Has memory: `reset` it when size, camera or network changes."""

    def __init__(self, settings: MatteSettings) -> None:
        self.settings = settings
        self._doubts = Doubts()
        self._previous: Alpha | None = None

    def reset(self) -> None:
        """Forget earlier frames."""
        self._doubts.reset()
        self._previous = None

    def apply(self, raw: Alpha, bgr: Picture) -> Matte:
        """The matte of one frame.

        raw: h x w, 0..1, as the network gave it for this very frame. bgr: H x W x 3. Neither is written.
        """
        steady = self._steady(self._doubts.settle(raw) if self.settings.drop_doubtful else raw)
        # Sharpened while it is small: both ways of enlarging are linear, so that it comes to the same.
        sharp = self._stretch(steady)
        if self.settings.follow_edges:
            alpha = enlarge_along_edges(sharp, bgr, _RADIUS_PX, _EPSILON)
        else:
            alpha = np.asarray(
                cv2.resize(sharp, bgr.shape[1::-1], interpolation=cv2.INTER_LINEAR), np.float32
            )
        return Matte(np.clip(alpha, 0.0, 1.0, out=alpha))

    def _steady(self, raw: Alpha) -> Alpha:
        """Average over time where alpha hardly changes; follow at once where it does, so nothing trails."""
        if self._previous is None or self._previous.shape != raw.shape:
            self._previous = raw.copy()
            return raw
        change = self._previous - raw
        keep = self.settings.steadiness * np.exp(-np.square(change / _STILL))
        steady: Alpha = (raw + keep * change).astype(np.float32)
        self._previous = steady.copy()
        return steady

    def _stretch(self, alpha: Alpha) -> Alpha:
        """Alpha stretched about 0.5, beyond 0 and 1: clipped, sure is exact and the soft edge narrow."""
        margin = 0.05 + 0.3 * self.settings.sharpness
        return np.asarray((alpha - margin) / (1.0 - 2.0 * margin), np.float32)
