"""The losses of a network for parts: cross-entropy and Dice of all classes, auxiliary heads, outline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional

from models.networks.face_parts import PARTS
from models.training.detail_loss import outline_loss

if TYPE_CHECKING:
    from models.networks.layers import Outputs

RARE = {
    "brows": 3.0,
    "eyes": 4.0,
    "glasses": 4.0,
    "ears": 2.0,
    "earrings": 4.0,
    "nose": 1.5,
    "mouth": 3.0,
    "lips": 3.0,
    "hat": 2.0,
    "necklace": 5.0,
}
"""Weights in the cross-entropy; all others have 1."""

DICE, AUXILIARY, DETAIL = 1.0, 0.4, 0.5


def class_weights() -> Tensor:
    """The weights of the classes in the cross-entropy, [15]."""
    return torch.tensor([RARE.get(name, 1.0) for name in PARTS])


def shares(parts: Tensor, stride: int) -> Tensor:
    """Share of each class per block of `stride` pixels: uint8 [N, H, W] to [N, 15, H/stride, W/stride]."""
    single = functional.one_hot(parts.long(), len(PARTS)).permute(0, 3, 1, 2).float()
    return functional.avg_pool2d(single, stride)


def parts_losses(outputs: Outputs, parts: Tensor) -> dict[str, Tensor]:
    """Return the weighted losses by name. parts: uint8 [N, H, W], a multiple of the logits' size."""
    weights = class_weights().to(parts.device)[None, :, None, None]
    target = shares(parts, parts.shape[1] // outputs.logits.shape[2])
    losses = {
        "segmentation": cross_entropy(outputs.logits, target * weights),
        "dice": DICE * dice(outputs.logits.softmax(1), target),
    }
    if outputs.auxiliary:
        fractions = (logits.shape[2] for logits in outputs.auxiliary)
        targets = [functional.avg_pool2d(target, target.shape[2] // side) * weights for side in fractions]
        pairs = zip(outputs.auxiliary, targets, strict=True)
        losses["auxiliary"] = AUXILIARY * torch.stack([cross_entropy(*pair) for pair in pairs]).sum()
    if outputs.outline is not None:
        losses["detail"] = DETAIL * outline_loss(outputs.outline, outlines(parts))
    return losses


def cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    """Mean over pixels and weights; both [N, C, h, w], the target's sum per pixel being its weight."""
    return -(target * logits.log_softmax(1)).sum() / target.sum()


def dice(probabilities: Tensor, target: Tensor) -> Tensor:
    """1 - Dice coefficient over the whole batch, mean over the classes in it but the background."""
    both = (probabilities * target).sum((0, 2, 3))
    either = probabilities.sum((0, 2, 3)) + target.sum((0, 2, 3))
    loss = 1 - (2 * both + 1) / (either + 1)
    present = (target.sum((0, 2, 3)) > 1).float()
    present[0] = 0
    return (loss * present).sum() / present.sum().clamp(min=1)


def outlines(parts: Tensor) -> Tensor:
    """1 where the right or lower neighbour has another class, uint8 [N, H, W] to float [N, H, W]."""
    result = torch.zeros(parts.shape, device=parts.device)
    result[:, :, :-1] = (parts[:, :, 1:] != parts[:, :, :-1]).float()
    result[:, :-1] = torch.maximum(result[:, :-1], (parts[:, 1:] != parts[:, :-1]).float())
    return result
