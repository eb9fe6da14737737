"""MaskLab: masks from semantic and direction logits (Chen et al., CVPR 2018, 1712.04837)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from models.networks.blocks import conv_norm
from models.networks.instance.network import (
    CHANNELS,
    InstanceNetwork,
    MaskHead,
    MaskOutputs,
    flat,
    initialise,
)
from models.networks.instance.pyramid import LOW_CHANNELS
from models.networks.instance.roi_align import roi_align

if TYPE_CHECKING:
    from models.networks.instance.pyramid import Features

DIRECTIONS = 8
_SIDE = 41  # of the masks, as in the paper
_INNER, _REFINING = 32, 24


def direction(x: Tensor, y: Tensor) -> Tensor:
    """Index of the direction, 0 to 7, that a vector is nearest to; 0 points right, 2 down. Any shapes."""
    angles = torch.arange(DIRECTIONS, device=x.device, dtype=x.dtype) * (2 * math.pi / DIRECTIONS)
    return (x[..., None] * angles.cos() + y[..., None] * angles.sin()).argmax(-1)


def directions_in_boxes(boxes: Tensor, side: int) -> Tensor:
    """The direction from each cell of a box to the box's centre: [R, 4] to int64 [R, side, side]."""
    towards = 0.5 - (torch.arange(side, device=boxes.device, dtype=boxes.dtype) + 0.5) / side
    x = (boxes[:, 2] - boxes[:, 0])[:, None, None] * towards[None, None, :]
    y = (boxes[:, 3] - boxes[:, 1])[:, None, None] * towards[None, :, None]
    shape = (boxes.shape[0], side, side)
    return direction(x.expand(shape), y.expand(shape))


def pool_directions(cropped: Tensor, boxes: Tensor) -> Tensor:
    """Direction pooling (section 3): each cell takes the channel of its own direction to the centre.

    cropped: direction logits within the boxes, [R, 8, s, s]. boxes: [R, 4]. Returns [R, 1, s, s], which is
    high where a pixel belongs to this box's person, low where it belongs to another one.
    """
    own = directions_in_boxes(boxes, int(cropped.shape[-1]))
    channel = torch.arange(DIRECTIONS, device=cropped.device)[:, None, None]
    return (cropped * (own[:, None] == channel)).sum(1, keepdim=True)


class MaskLabHead(MaskHead):
    """A coarse mask from semantic and pooled direction logits, then refinement with lower features.

    Semantic and direction logits come from the finest level of the pyramid. The refinement (section 3) joins
    the coarse logits with plain crops of the backbone's features at strides 2 and 4, the hypercolumn.
    """

    sizes = (_SIDE, _SIDE)

    def __init__(self, channels: int = CHANNELS) -> None:
        super().__init__()
        self.body = nn.Sequential(
            conv_norm(channels, _INNER, 3), *(conv_norm(_INNER, _INNER, 3) for _ in range(3))
        )
        self.semantic, self.directions = nn.Conv2d(_INNER, 1, 1), nn.Conv2d(_INNER, DIRECTIONS, 1)
        self.coarse = nn.Conv2d(2, 1, 1)
        self.refine = nn.Sequential(
            conv_norm(1 + sum(LOW_CHANNELS), _REFINING, 5),
            *(conv_norm(_REFINING, _REFINING, 5) for _ in range(2)),
            nn.Conv2d(_REFINING, 1, 1),
        )
        initialise(self)
        # Without training, a mask is where both logits agree.
        nn.init.constant_(self.coarse.weight, 0.5)

    def forward(self, features: Features, boxes: Tensor) -> MaskOutputs:
        """Coarse and refined logits for boxes [N, K, 4]."""
        shared = self.body(features.levels[0])
        semantic, directions = self.semantic(shared), self.directions(shared)
        cropped = flat(roi_align(torch.cat([semantic, directions], 1), boxes, 4, _SIDE, 1))
        pooled = pool_directions(cropped[:, 1:], boxes.flatten(0, 1))
        coarse = self.coarse(torch.cat([cropped[:, :1], pooled], 1))
        low = [
            flat(roi_align(x, boxes, stride, _SIDE, 1))
            for x, stride in zip(features.low, (2, 4), strict=True)
        ]
        return MaskOutputs((coarse, self.refine(torch.cat([coarse, *low], 1))), semantic, directions)


def masklab() -> InstanceNetwork:
    """MaskLab."""
    network = InstanceNetwork(MaskLabHead())
    network.title = "MaskLab"
    return network
