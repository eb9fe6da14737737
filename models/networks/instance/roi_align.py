"""RoIAlign by `grid_sample`, from one map or from the level of a pyramid that suits the box; its inverse.

He et al., "Mask R-CNN", 1703.06870, section 3; Lin et al., "Feature Pyramid Networks", 1612.03144, section 4.
The number of boxes per frame is fixed, so each frame is one call, without a loop over boxes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, grid_sample

if TYPE_CHECKING:
    from collections.abc import Sequence

_CANONICAL_PX = 224.0  # a box of this side is pooled at stride 16
_CANONICAL_LEVEL = 2  # the place of stride 16 in a pyramid that starts at stride 4


def _bin_centres(start: Tensor, end: Tensor, count: int) -> Tensor:
    """Positions of the middle of `count` equal parts: [N, K] to [N, K, count]."""
    steps = (torch.arange(count, device=start.device, dtype=start.dtype) + 0.5) / count
    return start[..., None] + (end - start)[..., None] * steps


def roi_align(features: Tensor, boxes: Tensor, stride: float, size: int, samples: int = 2) -> Tensor:
    """Pool each box to `size` x `size` bins, each the mean of `samples` x `samples` bilinear values.

    features: [N, C, H, W], whose cell n covers the frame's pixels n * stride to (n + 1) * stride. boxes:
    [N, K, 4]. Returns [N, K, C, size, size]. No coordinate is rounded; outside the map its border goes on.
    """
    # Plain numbers, because export would trace the sizes and compute them as float64.
    frames, channels, height, width = (int(side) for side in features.shape)
    count, points = int(boxes.shape[1]), size * samples
    left, top, right, bottom = (boxes / stride).unbind(-1)
    # grid_sample without aligned corners puts the left edge of the first cell at -1.
    x = _bin_centres(left, right, points) * (2 / width) - 1
    y = _bin_centres(top, bottom, points) * (2 / height) - 1
    shape = (frames, count, points, points)
    grid = torch.stack([x[:, :, None, :].expand(shape), y[:, :, :, None].expand(shape)], -1)
    grid = grid.reshape(frames, count * points, points, 2)
    values = grid_sample(features, grid, "bilinear", "border", align_corners=False)
    values = values.reshape(frames, channels, count, points, points).transpose(1, 2)
    pooled = avg_pool2d(values.reshape(frames * count, channels, points, points), samples)
    return pooled.reshape(frames, count, channels, size, size)


def level_of(boxes: Tensor, levels: int) -> Tensor:
    """Index of the level that suits each box, [..., 4] to int64 [...]: stride 16 for a side of 224 pixels.

    levels: number of levels, the first at stride 4.
    """
    size = (boxes[..., 2:] - boxes[..., :2]).clamp(min=1e-3)
    side = (size[..., 0] * size[..., 1]).sqrt()
    level = (side / _CANONICAL_PX + 1e-6).log2().floor() + _CANONICAL_LEVEL
    return level.clamp(0, levels - 1).long()


def pyramid_align(pyramid: Sequence[Tensor], boxes: Tensor, size: int, samples: int = 2) -> Tensor:
    """`roi_align` from the level that suits each box. pyramid: maps of equal channels at strides 4, 8 ..."""
    level = level_of(boxes, len(pyramid))[..., None, None, None]
    pooled = roi_align(pyramid[0], boxes, 4, size, samples)
    for index, features in enumerate(pyramid[1:], 1):
        # Each level pools all boxes: standard ONNX operators have no cheaper way that keeps the shapes fixed.
        pooled = torch.where(level == index, roi_align(features, boxes, 4 * 2**index, size, samples), pooled)
    return pooled


def paste(masks: Tensor, boxes: Tensor, height: int, width: int) -> Tensor:
    """Put masks of boxes into the frame: [N, K, S, S], [N, K, 4] to [N, K, height, width]; 0 outside."""
    frames, count, side = (int(length) for length in masks.shape[:3])
    left, top, right, bottom = boxes.reshape(frames * count, 4).unbind(-1)
    across = torch.arange(width, device=masks.device, dtype=masks.dtype) + 0.5
    down = torch.arange(height, device=masks.device, dtype=masks.dtype) + 0.5
    x = (across - left[:, None]) / (right - left).clamp(min=1e-3)[:, None] * 2 - 1
    y = (down - top[:, None]) / (bottom - top).clamp(min=1e-3)[:, None] * 2 - 1
    shape = (frames * count, height, width)
    grid = torch.stack([x[:, None, :].expand(shape), y[:, :, None].expand(shape)], -1)
    flat = masks.reshape(frames * count, 1, side, side)
    # The border goes on inside the box, where zeros would fade the mask towards the box's edge.
    values = grid_sample(flat, grid, "bilinear", "border", align_corners=False)[:, 0]
    inside = (x.abs() <= 1)[:, None, :] & (y.abs() <= 1)[:, :, None]
    return (values * inside).reshape(frames, count, height, width)
