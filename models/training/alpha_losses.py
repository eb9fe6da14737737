"""Losses for soft alphas: absolute error near the outline, and error of a Laplacian pyramid."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

LEVELS = 4  # of the pyramid; the coarsest compares details of 16 pixels


def band_l1(probability: Tensor, alpha: Tensor, band: Tensor) -> Tensor:
    """Mean absolute error of alpha inside the boundary band, 0 to 1.

    probability, alpha: [N, H, W], 0 to 1. band: [N, H, W], 0 to 1, as of `losses.boundary_band`. Xu et al.,
    "Deep Image Matting", CVPR 2017 (arXiv 1703.03872), section 4.1, without the root.
    """
    return ((probability - alpha).abs() * band).sum() / band.sum().clamp(min=1)


def laplacian(probability: Tensor, alpha: Tensor) -> Tensor:
    """Sum over the levels of a Laplacian pyramid of 2^level times the mean absolute difference.

    probability, alpha: [N, H, W], 0 to 1. Levels smaller than 2 pixels are left out. Hou and Liu,
    "Context-Aware Image Matting", ICCV 2019 (arXiv 1909.09725), section 3.2.
    """
    # Both pyramids are linear, so the pyramid of the difference is the difference of the pyramids.
    rest = (probability - alpha)[:, None]
    total = torch.zeros((), device=alpha.device)
    for level in range(LEVELS):
        if min(rest.shape[2:]) < 4:
            break
        coarse = functional.avg_pool2d(rest, 2)
        fine = functional.interpolate(coarse, size=rest.shape[2:], mode="bilinear", align_corners=False)
        total = total + 2**level * (rest - fine).abs().mean()
        rest = coarse
    loss: Tensor = total + 2**LEVELS * rest.abs().mean()
    return loss
