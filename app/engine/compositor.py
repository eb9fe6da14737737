"""Frame, matte and background become one picture."""

from __future__ import annotations

import cv2
import numpy as np

from app.engine.filters import weighted_blur
from app.engine.types import Alpha, Picture

_EDGE_SIGMA = 0.008  # of the frame's height: about as wide as the matte's soft edge


def composite(bgr: Picture, alpha: Alpha, background: Picture | None) -> Picture:
    """The person of the frame over the background.

    bgr: H x W x 3. alpha: H x W, 0..1. background: H x W x 3, or None for transparency.
    Returns a new H x W x 3 picture: exactly the frame where alpha is 1, exactly the background where it is 0.
    Without a background: the H x W x 4 cut-out.
    """
    if background is None:
        return cut_out(bgr, alpha)
    return np.asarray(cv2.blendLinear(bgr, background, alpha, 1.0 - alpha), np.uint8)


def cut_out(bgr: Picture, alpha: Alpha) -> Picture:
    """The person alone, H x W x 4 BGRA with straight alpha.

    Under the soft edge stand the person's own colours from nearby, so that no room shows through it, nor
    hides under alpha 0 in the file.
    """
    person = weighted_blur(bgr, alpha, _EDGE_SIGMA * bgr.shape[0])
    colours = cv2.blendLinear(bgr, person, alpha, 1.0 - alpha)
    return np.dstack([colours, np.rint(alpha * 255).astype(np.uint8)])
