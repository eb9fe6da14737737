"""Losses by name. A training step sums the weighted values; the curve shows each."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from models.networks.layers import Outputs
from models.training.detail_loss import detail_loss


@dataclass(frozen=True)
class LossWeights:
    """How much each loss counts, and the width of the boundary band in pixels (odd).

    The SINet paper: boundary 0.9 in a band of 15 at 224x224, no Dice.
    """

    segmentation: float = 1.0
    boundary: float = 0.9
    dice: float = 0.0
    auxiliary: float = 0.5
    band_px: int = 15
    detail: float = 1.0
    lovasz: float = 0.0


def compute_losses(outputs: Outputs, alpha: Tensor, weights: LossWeights) -> dict[str, Tensor]:
    """Weighted losses by name: segmentation, boundary, dice, lovasz, auxiliary, detail.

    Those of weight 0, or whose output the network lacks, are left out.
    alpha: [N, H, W], 0 to 1, soft values welcome. Raises ValueError when sizes differ.
    """
    if outputs.logits.shape[0] != alpha.shape[0] or outputs.logits.shape[2:] != alpha.shape[1:]:
        raise ValueError(f"logits {tuple(outputs.logits.shape)} do not fit a target of {tuple(alpha.shape)}")
    margin = person_margin(outputs.logits)
    per_pixel = cross_entropy(margin, alpha)
    losses = {"segmentation": weights.segmentation * per_pixel.mean()}
    if weights.boundary:
        band = boundary_band(alpha, weights.band_px)
        losses["boundary"] = weights.boundary * (per_pixel * band).sum() / band.sum().clamp(min=1)
    if weights.dice:
        losses["dice"] = weights.dice * dice(margin.sigmoid(), alpha)
    if weights.lovasz:
        losses["lovasz"] = weights.lovasz * lovasz(margin.sigmoid(), alpha)
    if weights.auxiliary and outputs.auxiliary:
        total = torch.zeros((), device=alpha.device)
        for logits in outputs.auxiliary:
            coarse = functional.interpolate(alpha[:, None], size=logits.shape[2:], mode="area")[:, 0]
            total = total + cross_entropy(person_margin(logits), coarse).mean()
        losses["auxiliary"] = weights.auxiliary * total
    if weights.detail and outputs.outline is not None:
        losses["detail"] = weights.detail * detail_loss(outputs.outline, alpha)
    return losses


def person_margin(logits: Tensor) -> Tensor:
    """Person's logit minus background's, [N, H, W]; its sigmoid is the person's softmax probability."""
    return logits[:, 1] - logits[:, 0]


def cross_entropy(margin: Tensor, alpha: Tensor) -> Tensor:
    """Per-pixel cross-entropy against a soft target; both [N, H, W]."""
    return functional.binary_cross_entropy_with_logits(margin, alpha, reduction="none")


def dice(probability: Tensor, alpha: Tensor) -> Tensor:
    """1 - Dice coefficient, mean over photos, 0 to 1.

    Smoothed by 1% of the photo, so that an empty photo has a slope instead of a cliff.
    """
    smooth = 0.01 * alpha[0].numel()
    both = (probability * alpha).sum((1, 2))
    return (1 - (2 * both + smooth) / (probability.sum((1, 2)) + alpha.sum((1, 2)) + smooth)).mean()


def lovasz(probability: Tensor, alpha: Tensor) -> Tensor:
    """Lovasz-softmax of two classes, mean over photos, 0 to 1: 1 - IoU, continued between masks.

    probability of the person, alpha: [N, H, W]; alpha is cut at one half, since IoU knows masks only. A
    photo's loss is the mean over the classes it holds. Berman et al., CVPR 2018 (arXiv 1705.08790).
    """
    person = (alpha > 0.5).to(probability.dtype).flatten(1)
    # How far a pixel is from its true class is the same number for either class: one sort serves both.
    errors, order = (probability.flatten(1) - person).abs().sort(1, descending=True)
    person = person.gather(1, order)
    held, losses = [], []
    for truth in (person, 1 - person):
        size = truth.sum(1, keepdim=True)
        # Jaccard loss when the worst 1, 2, 3... pixels are wrong; by its steps the errors are weighed.
        jaccard = 1 - (size - truth.cumsum(1)) / (size + (1 - truth).cumsum(1))
        steps = torch.diff(jaccard, dim=1, prepend=torch.zeros_like(size))
        held.append((size[:, 0] > 0).to(errors.dtype))
        losses.append(held[-1] * (errors * steps).sum(1))
    return (torch.stack(losses).sum(0) / torch.stack(held).sum(0)).mean()


def boundary_band(alpha: Tensor, width: int) -> Tensor:
    """Dilation minus erosion of the mask by a `width` x `width` square (section 3.3): [N, H, W], 0 to 1."""
    if width % 2 == 0:
        raise ValueError(f"the band must be odd, not {width}")
    high = _dilate(alpha, width)
    low = 1 - _dilate(1 - alpha, width)
    return high - low


def _dilate(alpha: Tensor, width: int) -> Tensor:
    # A square is a row, then a column, each reached by doubling: far faster than max_pool2d on a CPU.
    half = width // 2
    return _dilate_rows(_dilate_rows(functional.pad(alpha, (half,) * 4), width).mT, width).mT


def _dilate_rows(padded: Tensor, width: int) -> Tensor:
    """Largest of each `width` neighbours along the last axis, which loses width - 1."""
    reached = 1
    while reached < width:
        step = min(reached, width - reached)
        padded = torch.maximum(padded[..., :-step], padded[..., step:])
        reached += step
    return padded
