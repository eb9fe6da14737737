"""The losses. A training step sums their weighted values; curve.csv has each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional

from models.training.alpha_losses import band_l1, laplacian
from models.training.detail_loss import detail_loss

if TYPE_CHECKING:
    from models.networks.layers import Outputs


@dataclass(frozen=True)
class LossWeights:
    """Weight of each loss, 0 or more, and the width of the boundary band in pixels, odd.

    The defaults are near the SINet paper: boundary 0.9 in a band of 15 pixels at 224x224, no Dice.
    """

    segmentation: float = 1.0
    boundary: float = 0.9
    dice: float = 0.0
    auxiliary: float = 0.5
    band_px: int = 15
    detail: float = 1.0
    lovasz: float = 0.0
    band_l1: float = 0.0
    laplacian: float = 0.0


def compute_losses(outputs: Outputs, alpha: Tensor, weights: LossWeights) -> dict[str, Tensor]:
    """Return the weighted losses by name: segmentation, boundary, band_l1, dice, lovasz, laplacian, ...

    A loss is left out if its weight is 0 or the network lacks the output.
    alpha: the target, [N, H, W], 0 to 1, soft values allowed. Raises ValueError if sizes differ.
    """
    if outputs.logits.shape[0] != alpha.shape[0] or outputs.logits.shape[2:] != alpha.shape[1:]:
        raise ValueError(f"logits {tuple(outputs.logits.shape)} do not fit a target of {tuple(alpha.shape)}")
    margin = person_margin(outputs.logits)
    per_pixel = cross_entropy(margin, alpha)
    losses = {"segmentation": weights.segmentation * per_pixel.mean()}
    probability = margin.sigmoid()
    if weights.boundary or weights.band_l1:
        band = boundary_band(alpha, weights.band_px)
        if weights.boundary:
            losses["boundary"] = weights.boundary * (per_pixel * band).sum() / band.sum().clamp(min=1)
        if weights.band_l1:
            losses["band_l1"] = weights.band_l1 * band_l1(probability, alpha, band)
    if weights.dice:
        losses["dice"] = weights.dice * dice(probability, alpha)
    if weights.lovasz:
        losses["lovasz"] = weights.lovasz * lovasz(probability, alpha)
    if weights.laplacian:
        losses["laplacian"] = weights.laplacian * laplacian(probability, alpha)
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
    """Person's logit minus background's, [N, H, W]; its sigmoid is the softmax probability of person."""
    return logits[:, 1] - logits[:, 0]


def cross_entropy(margin: Tensor, alpha: Tensor) -> Tensor:
    """Cross-entropy per pixel with a soft target; all [N, H, W]."""
    return functional.binary_cross_entropy_with_logits(margin, alpha, reduction="none")


def dice(probability: Tensor, alpha: Tensor) -> Tensor:
    """Dice loss: 1 - Dice coefficient, mean over photos, 0 to 1.

    Smoothed by 1% of the photo's pixels, so that the loss of a photo without a person has a useful gradient.
    """
    smooth = 0.01 * alpha[0].numel()
    both = (probability * alpha).sum((1, 2))
    return (1 - (2 * both + smooth) / (probability.sum((1, 2)) + alpha.sum((1, 2)) + smooth)).mean()


def lovasz(probability: Tensor, alpha: Tensor) -> Tensor:
    """Lovasz-softmax loss of two classes, mean over photos, 0 to 1: a continuous extension of 1 - IoU.

    probability: of person, [N, H, W]. alpha: [N, H, W], thresholded at one half. The loss of a photo is the
    mean over the classes that are in it. Berman et al., CVPR 2018 (arXiv 1705.08790).
    """
    person = (alpha > 0.5).to(probability.dtype).flatten(1)
    # A pixel's error is the same for both classes, so one sort serves both.
    errors, order = (probability.flatten(1) - person).abs().sort(1, descending=True)
    person = person.gather(1, order)
    present, losses = [], []
    for truth in (person, 1 - person):
        size = truth.sum(1, keepdim=True)
        # Jaccard loss if the worst 1, 2, 3... pixels are wrong; its differences weight the errors.
        jaccard = 1 - (size - truth.cumsum(1)) / (size + (1 - truth).cumsum(1))
        steps = torch.diff(jaccard, dim=1, prepend=torch.zeros_like(size))
        present.append((size[:, 0] > 0).to(errors.dtype))
        losses.append(present[-1] * (errors * steps).sum(1))
    return (torch.stack(losses).sum(0) / torch.stack(present).sum(0)).mean()


def boundary_band(alpha: Tensor, width: int) -> Tensor:
    """Dilation minus erosion by a `width` x `width` square, [N, H, W], 0 to 1 (SINet paper, section 3.3).

    Raises ValueError for an even width.
    """
    if width % 2 == 0:
        raise ValueError(f"the width of the band must be odd, not {width}")
    high = _dilate(alpha, width)
    low = 1 - _dilate(1 - alpha, width)
    return high - low


def _dilate(alpha: Tensor, width: int) -> Tensor:
    # Rows, then columns, each in log2(width) steps: much faster than max_pool2d on a CPU.
    half = width // 2
    return _dilate_rows(_dilate_rows(functional.pad(alpha, (half,) * 4), width).mT, width).mT


def _dilate_rows(padded: Tensor, width: int) -> Tensor:
    """Maximum of each `width` neighbours along the last axis, which shrinks by width - 1."""
    reached = 1
    while reached < width:
        step = min(reached, width - reached)
        padded = torch.maximum(padded[..., :-step], padded[..., step:])
        reached += step
    return padded
