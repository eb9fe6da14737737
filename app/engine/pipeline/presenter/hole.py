"""Fill the hole that the person leaves in a blurred room, once the person stands elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from app.engine.core.image_ops import enlarge, halve
from app.engine.pipeline.compositor import blend

if TYPE_CHECKING:
    from app.engine.core.image_ops import ColourPlanes
    from app.engine.core.types import Alpha, Picture

_HALVINGS = 3
_REACH = 0.12  # Share of the height: how far beyond the person the filling goes, to hide the outline.


def without_hole(background: Picture, alpha: Alpha) -> Picture:
    """The background, smoothly filled from around where the person was.

    background: H x W x 3, a blurred room; nothing is known of it behind the person. alpha: H x W, 0..1.
    Source: pull-push, Gortler and others, "The Lumigraph", SIGGRAPH 1996, section 3.5.
    """
    height, width = alpha.shape
    half, half_alpha = halve(background, 1), halve(alpha, 1)  # Even the weakest blur leaves no more detail.
    times = min(_HALVINGS, max(0, min(half_alpha.shape).bit_length() - 5))
    small_alpha = halve(half_alpha, times)
    side = max(5, round(_REACH * len(small_alpha)) | 1)
    hidden = cv2.dilate(small_alpha, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
    small = halve(half, times).astype(np.float32)
    known = (1.0 - np.clip(1.5 * hidden, 0.0, 1.0))[..., None].astype(np.float32)
    filled = enlarge(_filled(small, known), *half_alpha.shape)
    share = cv2.resize(cv2.GaussianBlur(hidden, (0, 0), side / 6), half_alpha.shape[::-1])
    done = blend(filled, half, np.asarray(share, np.float32))
    return np.asarray(cv2.resize(done, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _filled(colours: ColourPlanes, known: ColourPlanes) -> ColourPlanes:
    """The colours, each that is not known taken from a coarser level. h x w x 3; known: h x w x 1, 0..1."""
    height, width = colours.shape[:2]
    if min(height, width) <= 2 or known.min() >= 1:
        return colours
    weighted = np.dstack([colours * known, known])
    size = max(1, width // 2), max(1, height // 2)
    coarser = np.asarray(cv2.resize(weighted, size, interpolation=cv2.INTER_AREA), np.float32)
    weight = np.maximum(coarser[..., 3:], 1e-6)
    share = np.asarray(np.clip(2 * coarser[..., 3:], 0.0, 1.0), np.float32)
    below = _filled(np.asarray(coarser[..., :3] / weight, np.float32), share)
    return np.asarray(known * colours + (1 - known) * cv2.resize(below, (width, height)), np.float32)
