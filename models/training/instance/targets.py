"""What the instance networks should say: true boxes and masks, and the anchors and regions that learn them.

Every frame has the same number of entries, some of which have the weight 0, so that a batch needs no loop.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

from models.networks.instance.boxes import area, clip, iou
from models.networks.instance.masklab import direction
from models.networks.instance.roi_align import roi_align

_ANCHOR_POSITIVE, _ANCHOR_NEGATIVE = 0.7, 0.3  # IoU, Faster R-CNN, section 3.1.2
_REGION_POSITIVE = 0.5  # IoU, Fast R-CNN
ANCHORS, REGIONS, POSITIVES = 64, 32, 8
"""Anchors and regions that count per frame; half of the anchors and `POSITIVES` regions may show a person."""

_JITTER = 0.1  # standard deviation of a moved true box, in shares of its size
_COPIES = 4  # moved copies of each true box among the regions


class Truth(NamedTuple):
    """The persons of a batch: masks [N, M, H, W], 0 or 1; boxes [N, M, 4]; valid, bool [N, M]."""

    masks: Tensor
    boxes: Tensor
    valid: Tensor


class Regions(NamedTuple):
    """Regions that learn: boxes [N, K, 4], index of their person, positive and counted, bool, all [N, K].

    The first `POSITIVES` of each frame are those that show a person, or have the weight 0.
    """

    boxes: Tensor
    person: Tensor
    positive: Tensor
    counted: Tensor


def true_people(people: Tensor, most: int) -> Truth:
    """Masks and tight boxes from a map of people, uint8 [N, H, W], with numbers up to `most`."""
    height, width = people.shape[1:]
    masks = people[:, None] == torch.arange(1, most + 1, dtype=people.dtype)[:, None, None]
    columns, rows = masks.any(2), masks.any(3)
    x, y = torch.arange(width), torch.arange(height)
    left, top = torch.where(columns, x, width).amin(2), torch.where(rows, y, height).amin(2)
    right, bottom = torch.where(columns, x + 1, 0).amax(2), torch.where(rows, y + 1, 0).amax(2)
    valid = columns.any(2)
    boxes = torch.stack([left, top, right, bottom], 2).float() * valid[..., None]
    return Truth(masks.float(), boxes, valid)


def _draw(allowed: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Random entries of bool [N, A]: indices [N, count] and whether each is allowed; the others fill up."""
    keys = torch.rand(allowed.shape) * allowed
    found, index = keys.topk(count, dim=1)
    return index, found > 0


def anchor_targets(anchors: Tensor, truth: Truth) -> tuple[Tensor, Tensor, Tensor]:
    """The anchors that learn: index [N, ANCHORS], label 1, 0 or -1 (does not count), index of the person.

    An anchor shows a person if its IoU is 0.7, or if none has a larger IoU with that person.
    """
    overlaps = iou(anchors[None], truth.boxes) * truth.valid[:, None, :]
    best, person = overlaps.max(2)
    greatest = overlaps.amax(1, keepdim=True)
    closest = ((overlaps >= greatest - 1e-6) & (greatest > 0.1)).any(2)
    positive = (best >= _ANCHOR_POSITIVE) | closest
    # The person whose closest anchor this is, which need not be the one that it overlaps most.
    own = torch.where(overlaps >= greatest - 1e-6, overlaps, 0).argmax(2)
    person = torch.where(closest & (best < _ANCHOR_POSITIVE), own, person)
    shown, is_shown = _draw(positive, ANCHORS // 2)
    empty, is_empty = _draw((best < _ANCHOR_NEGATIVE) & ~positive, ANCHORS // 2)
    index = torch.cat([shown, empty], 1)
    label = torch.cat([torch.where(is_shown, 1, -1), torch.where(is_empty, 0, -1)], 1)
    return index, label, person.gather(1, index)


def moved_boxes(truth: Truth, size: tuple[int, int]) -> Tensor:
    """The true boxes and moved copies of them, [N, M * 5, 4]: regions before proposals are good."""
    extent = (truth.boxes[..., 2:] - truth.boxes[..., :2]).repeat(1, 1, 2)
    copies = [truth.boxes + _JITTER * torch.randn(truth.boxes.shape) * extent for _ in range(_COPIES)]
    return torch.cat([truth.boxes, *(clip(copy, *size) for copy in copies)], 1)


def draw_regions(candidates: Tensor, truth: Truth, count: int = REGIONS) -> Regions:
    """Draw regions from candidate boxes [N, A, 4]: up to `POSITIVES` with a person, the rest without."""
    overlaps = iou(candidates, truth.boxes) * truth.valid[:, None, :]
    best, person = overlaps.max(2)
    positive = best >= _REGION_POSITIVE
    shown, is_shown = _draw(positive, POSITIVES)
    index, counted = shown, is_shown
    if count > POSITIVES:
        empty, is_empty = _draw(~positive & (area(candidates) > 1), count - POSITIVES)
        index, counted = torch.cat([shown, empty], 1), torch.cat([is_shown, is_empty], 1)
    boxes = candidates.gather(1, index[..., None].expand(-1, -1, 4))
    is_positive = counted.clone()
    is_positive[:, POSITIVES:] = False
    return Regions(boxes, person.gather(1, index), is_positive, counted)


def mask_targets(truth: Truth, boxes: Tensor, person: Tensor, sizes: tuple[int, ...]) -> list[Tensor]:
    """The person's mask within each box, 0 or 1: boxes [N, K, 4] to [N * K, 1, s, s] for each size.

    Sizes that divide the largest are means of it, so that all stages have the same edge.
    """
    own = truth.masks.flatten(0, 1)[_flat_index(person, truth.masks.shape[1])]
    largest = max(sizes)
    finest = roi_align(own[:, None], boxes.reshape(-1, 1, 4), 1, largest, 1)[:, 0]
    return [(avg_pool2d(finest, largest // size) >= 0.5).float() for size in sizes]


def _flat_index(person: Tensor, most: int) -> Tensor:
    return (torch.arange(len(person))[:, None] * most + person).flatten()


def semantic_target(truth: Truth, stride: int = 4) -> Tensor:
    """Where any person is, [N, 1, H/stride, W/stride], 0 or 1."""
    return (avg_pool2d(truth.masks.amax(1, keepdim=True), stride) >= 0.5).float()


def direction_target(truth: Truth, stride: int = 4) -> Tensor:
    """Direction from each person's pixel to the centre of the box, int64 [N, H/stride, W/stride]; else -1."""
    height, width = truth.masks.shape[2:]
    half = stride // 2
    sampled = truth.masks[:, :, half::stride, half::stride]
    x, y = torch.arange(half, width, stride).float(), torch.arange(half, height, stride).float()
    centre = (truth.boxes[..., :2] + truth.boxes[..., 2:]) / 2
    towards_x = (centre[..., 0, None, None] - x).expand(sampled.shape)
    towards_y = (centre[..., 1, None, None] - y[:, None]).expand(sampled.shape)
    index = (direction(towards_x, towards_y) + 1) * sampled.long()
    return index.amax(1) - 1
