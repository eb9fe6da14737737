"""Boxes: overlap, offsets from one box to another, non-maximum suppression.

A box is left, top, right, bottom in pixels of the frame, where pixel n reaches from n to n + 1. All functions
take any leading axes, so that a batch with a fixed number of boxes per frame needs no loop.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

OFFSET_SCALES = (10.0, 10.0, 5.0, 5.0)
"""Factors on the offsets x, y, width, height (Fast R-CNN's code), so that they are as large as logits."""

_LARGEST_LOG_SCALE = math.log(1000 / 16)
_ROUNDS = 24


def area(boxes: Tensor) -> Tensor:
    """[..., 4] to [...], in square pixels; 0 for a box without extent."""
    size = (boxes[..., 2:] - boxes[..., :2]).clamp(min=0)
    return size[..., 0] * size[..., 1]


def iou(first: Tensor, second: Tensor) -> Tensor:
    """Intersection over union of each pair: [..., N, 4] and [..., M, 4] to [..., N, M], 0 to 1."""
    one, two = first[..., :, None, :], second[..., None, :, :]
    lower, upper = torch.maximum(one[..., :2], two[..., :2]), torch.minimum(one[..., 2:], two[..., 2:])
    size = (upper - lower).clamp(min=0)
    common = size[..., 0] * size[..., 1]
    return common / (area(first)[..., :, None] + area(second)[..., None, :] - common).clamp(min=1e-6)


def clip(boxes: Tensor, height: int, width: int) -> Tensor:
    """Cut [..., 4] to the frame."""
    left, top, right, bottom = boxes.unbind(-1)
    sides = (left.clamp(0, width), top.clamp(0, height), right.clamp(0, width), bottom.clamp(0, height))
    return torch.stack(sides, -1)


def _centre_and_size(boxes: Tensor) -> tuple[Tensor, Tensor]:
    size = (boxes[..., 2:] - boxes[..., :2]).clamp(min=1e-3)
    return boxes[..., :2] + size / 2, size


def encode(boxes: Tensor, references: Tensor) -> Tensor:
    """Offsets from `references` to `boxes`, both [..., 4].

    They are the move of the centre in shares of the size, and the logarithm of the scale (Girshick et al.,
    1311.2524, appendix C).
    """
    (centre, size), (from_centre, from_size) = _centre_and_size(boxes), _centre_and_size(references)
    offsets = torch.cat([(centre - from_centre) / from_size, (size / from_size).log()], -1)
    return offsets * offsets.new_tensor(OFFSET_SCALES)


def decode(offsets: Tensor, references: Tensor) -> Tensor:
    """The inverse of `encode`; a scale is at most 62.5, as in the authors' code."""
    offsets = offsets / offsets.new_tensor(OFFSET_SCALES)
    from_centre, from_size = _centre_and_size(references)
    centre = from_centre + offsets[..., :2] * from_size
    half = from_size * offsets[..., 2:].clamp(max=_LARGEST_LOG_SCALE).exp() / 2
    return torch.cat([centre - half, centre + half], -1)


def suppress(boxes: Tensor, scores: Tensor, threshold: float) -> Tensor:
    """Non-maximum suppression: which boxes stay, bool [..., N].

    A box falls if a better one that stays overlaps it. boxes: [..., N, 4]. scores: [..., N]. threshold: IoU,
    0 to 1, above which the worse box falls.

    Rounds of one matrix instead of a loop over boxes (Cluster-NMS, Zheng et al., 2005.03572, section 4.2),
    which standard ONNX operators can do: after n rounds the result is that of the loop for every box at the
    end of a chain of at most n overlapping boxes. There are 24 rounds; people form no longer chains.
    """
    _, order = scores.topk(int(scores.shape[-1]), dim=-1)
    ranked = boxes.gather(-2, order[..., None].expand_as(boxes))
    overlaps = (iou(ranked, ranked) > threshold).to(boxes.dtype).triu(1)
    stays = torch.ones_like(scores)
    for _ in range(_ROUNDS):
        better = (overlaps * stays[..., :, None]).amax(-2)
        stays = 1 - better
    return torch.zeros_like(scores).scatter(-1, order, stays) > 0.5
