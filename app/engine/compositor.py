"""Frame, matte and background become one picture."""

from __future__ import annotations

import cv2
import numpy as np

from app.engine.filters import weighted_blur
from app.engine.types import Alpha, Picture

_EDGE_SIGMA = 0.008  # of the frame's height: about as wide as the matte's soft edge


class Compositor:
    """Blends, with memory of its own for what is needed on the way."""

    def __init__(self) -> None:
        # Fresh memory of this size costs more than the subtraction written into it.
        self._background_share: Alpha = np.empty((0, 0), np.float32)

    def composite(self, bgr: Picture, alpha: Alpha, background: Picture | None) -> Picture:
        """The person of the frame over the background.

        bgr: H x W x 3. alpha: H x W, 0..1. background: H x W x 3, or None for transparency.
        Returns a new H x W x 3 picture: exactly the frame where alpha is 1, exactly the background where it
        is 0. Without a background: the H x W x 4 cut-out.
        """
        return self.cut_out(bgr, alpha) if background is None else self._blend(bgr, alpha, background)

    def cut_out(self, bgr: Picture, alpha: Alpha) -> Picture:
        """The person alone, H x W x 4 BGRA with straight alpha.

        Under the soft edge stand the person's own colours from nearby, so that no room shows through it, nor
        hides under alpha 0 in the file.
        """
        person = weighted_blur(bgr, alpha, _EDGE_SIGMA * bgr.shape[0])
        colours = self._blend(bgr, alpha, person)
        return np.dstack([colours, cv2.convertScaleAbs(alpha, alpha=255)])

    def _blend(self, bgr: Picture, alpha: Alpha, behind: Picture) -> Picture:
        if self._background_share.shape != alpha.shape:
            self._background_share = np.empty_like(alpha)
        np.subtract(1.0, alpha, out=self._background_share)
        return np.asarray(cv2.blendLinear(bgr, behind, alpha, self._background_share), np.uint8)
