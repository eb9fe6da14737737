"""The detail loss of STDC: features at stride 8 learn the position of the outline (section 3.3).

Fan et al., "Rethinking BiSeNet for real-time semantic segmentation", CVPR 2021; arXiv 2104.13188.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

STRIDES = (1, 2, 4)
# In the paper a 1x1 convolution learns these weights. No gradient passes the threshold that follows, so they
# keep their initial values, which are from the authors' code.
FUSION = (0.6, 0.3, 0.1)
THRESHOLD = 0.1


def detail_target(alpha: Tensor) -> Tensor:
    """Outline mask: Laplacians of the person mask at three strides, fused and thresholded.

    alpha: [N, H, W], 0 to 1. It is thresholded at one half first, because the Laplacian of a soft outline
    responds only at the two ends of the slope. Returns [N, H, W] with 0 or 1: 1 for the person's pixels next
    to the outline, and for the blocks of stride 2 on the outline.
    """
    mask = (alpha > 0.5).to(alpha.dtype)[:, None]
    kernel = torch.full((1, 1, 3, 3), -1.0, dtype=alpha.dtype, device=alpha.device)
    kernel[0, 0, 1, 1] = 8.0
    # Replicated at the border of the frame, where a person who is cut off has no outline.
    padded = functional.pad(mask, (1, 1, 1, 1), mode="replicate")
    fused = torch.zeros_like(mask)
    for stride, weight in zip(STRIDES, FUSION, strict=True):
        edges = functional.conv2d(padded, kernel, stride=stride).clamp(0, 1)
        fused = fused + weight * functional.interpolate(edges, size=mask.shape[2:], mode="nearest")
    # Stride 4 alone gives exactly the threshold; the margin keeps rounding from lifting it above.
    return (fused[:, 0] > THRESHOLD + 1e-4).to(alpha.dtype)


def detail_loss(logits: Tensor, alpha: Tensor) -> Tensor:
    """Binary cross-entropy plus Dice between [N, 1, h, w] and the detail target of alpha [N, H, W].

    Dice, because only a few percent of the pixels are outline (equations 1 and 2). Returns a scalar.
    """
    return outline_loss(logits, detail_target(alpha))


def outline_loss(logits: Tensor, target: Tensor) -> Tensor:
    """The same for any outline, [N, H, W], 0 or 1."""
    enlarged = functional.interpolate(logits, size=target.shape[1:], mode="bilinear", align_corners=False)[
        :, 0
    ]
    entropy = functional.binary_cross_entropy_with_logits(enlarged, target)
    probability = enlarged.sigmoid()
    both = (probability * target).sum((1, 2))
    either = probability.square().sum((1, 2)) + target.square().sum((1, 2))
    return entropy + (1 - (2 * both + 1) / (either + 1)).mean()
