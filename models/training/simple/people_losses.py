"""Losses of the network for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn import functional

if TYPE_CHECKING:
    from torch import Tensor

_POWER, _NEAR_POWER = 2.0, 4.0  # alpha and beta of the paper
_OFFSET_WEIGHT = 1.0


def people_losses(logits: Tensor, centres: Tensor, offsets: Tensor, inside: Tensor) -> dict[str, Tensor]:
    """The losses by name.

    logits: [N, 3, h, w] of `People`. centres: [N, h, w], 0..1. offsets: [N, 2, h, w]. inside: bool [N, h, w].
    """
    error = functional.smooth_l1_loss(logits[:, 1:], offsets, reduction="none", beta=0.1).sum(1)
    count = inside.sum().clamp(min=1)
    return {
        "centres": centre_loss(logits[:, 0], centres),
        "offsets": _OFFSET_WEIGHT * (error * inside).sum() / count,
    }


def centre_loss(logits: Tensor, centres: Tensor) -> Tensor:
    """Focal loss with less weight near a centre: Law and Deng, "CornerNet", arXiv 1808.01244, equation 1."""
    probability = logits.sigmoid()
    is_centre = (centres > 0.999).float()
    hit = functional.logsigmoid(logits) * (1 - probability) ** _POWER * is_centre
    miss = functional.logsigmoid(-logits) * probability**_POWER * (1 - centres) ** _NEAR_POWER
    return -(hit + miss * (1 - is_centre)).sum() / torch.clamp(is_centre.sum(), min=1)
