"""The regions near edges of masks that RefineMask's later stages learn (2104.08569, section 3.3)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import interpolate, max_pool2d


def boundary_region(mask: Tensor, width: int) -> Tensor:
    """1 within `width` cells of the edge of a mask, inside and outside, else 0.

    mask: [R, 1, s, s], 0 to 1, with its edge at one half. The distance is that of the chessboard. The border
    of the box is no edge.
    """
    solid = (mask >= 0.5).to(mask.dtype)
    kernel = 2 * width + 1
    return max_pool2d(solid, kernel, 1, width) + max_pool2d(-solid, kernel, 1, width)


def double_region(region: Tensor) -> Tensor:
    """A region, 0 or 1, at twice the size: bilinear, then cut at one half."""
    grown = interpolate(region, scale_factor=2.0, mode="bilinear", align_corners=False)
    return (grown >= 0.5).to(region.dtype)


def training_region(true: Tensor, predicted: Tensor, width: int) -> Tensor:
    """Where a stage of twice the size learns: near the edge of the truth or of the mask before it."""
    return double_region(torch.maximum(boundary_region(true, width), boundary_region(predicted, width)))


def refined(coarse: Tensor, fine: Tensor, width: int) -> Tensor:
    """M'_k = up(B_{k-1}) x M_k + (1 - up(B_{k-1})) x up(M'_{k-1}).

    coarse: M'_{k-1}, the mask of the stages before, [R, 1, s, s], 0 to 1. fine: M_k, [R, 1, 2s, 2s]. width:
    of the region B_{k-1} around the edge of `coarse`, in its cells.
    """
    region = double_region(boundary_region(coarse, width))
    return region * fine + (1 - region) * interpolate(
        coarse, scale_factor=2.0, mode="bilinear", align_corners=False
    )
