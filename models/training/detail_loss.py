"""The detail loss of STDC: its stride-8 features learn where the outline runs (Fan et al., section 3.3).

Paper: "Rethinking BiSeNet for real-time semantic segmentation", CVPR 2021; arXiv 2104.13188.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

STRIDES = (1, 2, 4)
# The paper has a 1x1 convolution learn these; no gradient passes the threshold after it, so they stay where
# the authors' code starts them.
FUSION = (0.6, 0.3, 0.1)
THRESHOLD = 0.1


def detail_target(alpha: Tensor) -> Tensor:
    """Where the outline runs: Laplacians of the mask at three strides, fused, over the threshold.

    alpha: [N, H, W], 0 to 1, cut at one half first: a soft outline has no Laplacian but at its two ends.
    Returns [N, H, W], each pixel 0 or 1: 1 on the person's side within a pixel of the outline, and on it in
    coarser steps where stride 2 sees it.
    """
    mask = (alpha > 0.5).to(alpha.dtype)[:, None]
    kernel = torch.full((1, 1, 3, 3), -1.0, dtype=alpha.dtype, device=alpha.device)
    kernel[0, 0, 1, 1] = 8.0
    # Repeated at the frame's edge: what the frame cuts off is no outline.
    padded = functional.pad(mask, (1, 1, 1, 1), mode="replicate")
    fused = torch.zeros_like(mask)
    for stride, weight in zip(STRIDES, FUSION, strict=True):
        edges = functional.conv2d(padded, kernel, stride=stride).clamp(0, 1)
        fused = fused + weight * functional.interpolate(edges, size=mask.shape[2:], mode="nearest")
    # Stride 4 alone reaches the threshold exactly; rounding must not decide whether it is over.
    return (fused[:, 0] > THRESHOLD + 1e-4).to(alpha.dtype)


def detail_loss(logits: Tensor, alpha: Tensor) -> Tensor:
    """Binary cross-entropy plus Dice between [N, 1, h, w] and the detail target of alpha [N, H, W].

    Dice, because outlines are a few pixels in a hundred (equations 1 and 2). Returns a scalar.
    """
    target = detail_target(alpha)
    found = functional.interpolate(logits, size=target.shape[1:], mode="bilinear", align_corners=False)[:, 0]
    entropy = functional.binary_cross_entropy_with_logits(found, target)
    probability = found.sigmoid()
    both = (probability * target).sum((1, 2))
    either = probability.square().sum((1, 2)) + target.square().sum((1, 2))
    return entropy + (1 - (2 * both + 1) / (either + 1)).mean()
