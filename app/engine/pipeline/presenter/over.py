"""Lay a picture with alpha over another, in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.engine.pipeline.compositor import blend

if TYPE_CHECKING:
    from app.engine.core.types import Picture


def lay_over(below: Picture, above: Picture, opacity: float = 1.0) -> None:
    """Write `above` over `below`, which the caller has just made.

    below: H x W x 3, or x 4 with straight alpha. above: H x W x 4, straight alpha. opacity: 0..1.
    """
    if not below.size:
        return
    share = above[..., 3].astype(np.float32) * np.float32(opacity / 255)
    if below.shape[2] == 3:
        below[:] = blend(np.ascontiguousarray(above[..., :3]), below, share)
        return
    under = below[..., 3].astype(np.float32) / 255 * (1 - share)
    both = share + under
    weight = np.divide(share, both, out=np.zeros_like(share), where=both > 0)[..., None]
    colours = above[..., :3] * weight + below[..., :3] * (1 - weight)
    below[..., :3] = np.where(both[..., None] > 0, np.rint(colours), 0)
    below[..., 3] = np.rint(255 * both)
