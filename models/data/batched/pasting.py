"""Colours of people who are pasted before another background."""

from __future__ import annotations

import torch
from torch import Tensor

from models.data.batched.filters import box_mean

_SURE = 0.98  # alpha, 0 to 1, above which a pixel shows the person alone


def person_colours(images: Tensor, covers: Tensor) -> Tensor:
    """Replace colours where alpha is below 1, so that the photo's background does not show there.

    images: [N, 3, H, W]. covers: alpha, [N, 1, H, W], 0 to 1.
    """
    side = max(3, images.shape[2] // 8) | 1
    # A pixel of half alpha still counts a little, for hair that is far from every sure pixel.
    weight = covers**6 + 1e-5
    mean = box_mean(images * weight, side) / box_mean(weight, side)
    return torch.where(covers > _SURE, images, mean)


def match_light(people: Tensor, covers: Tensor, frames: Tensor, amount: Tensor) -> Tensor:
    """Move the mean colour of each person towards its background's by `amount`, [N, 1, 1, 1], 0 to 1."""
    where = (covers > 0.5).float()
    total = where.sum((2, 3), keepdim=True)
    person_mean = (people * where).sum((2, 3), keepdim=True) / total.clamp(min=1) + 8
    gain = (((frames.mean((2, 3), keepdim=True) + 8) / person_mean) ** amount).clamp_(0.35, 2.5)
    return (people * gain).clamp_(0, 255)
