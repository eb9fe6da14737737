"""RefineMask: masks refined in stages with semantic features (Zhang et al., CVPR 2021, 2104.08569)."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from models.networks.blocks import conv_norm
from models.networks.instance.boundary_region import refined
from models.networks.instance.network import (
    CHANNELS,
    InstanceNetwork,
    MaskHead,
    MaskOutputs,
    enlarged,
    flat,
    initialise,
)
from models.networks.instance.roi_align import pyramid_align, roi_align

if TYPE_CHECKING:
    from models.networks.instance.pyramid import Features

SEMANTIC_CHANNELS = 32
TRAINING_WIDTH, INFERENCE_WIDTH = 2, 1
"""Widths of the boundary regions in cells, as in the authors' code."""

FIRST_REFINED = 2
"""The first stage that counts near edges only: the masks of 14 and 28 are learnt and taken as a whole."""

_DILATIONS = (1, 3, 5)
_LEAST_CHANNELS = 16


class SemanticHead(nn.Module):
    """Four convolutions on the finest level of the pyramid, and persons' logits (section 3.1)."""

    def __init__(self, channels: int, inner: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            conv_norm(channels, inner, 3), *(conv_norm(inner, inner, 3) for _ in range(3))
        )
        self.logits = nn.Conv2d(inner, 1, 1)

    def forward(self, finest: Tensor) -> tuple[Tensor, Tensor]:
        """[N, C, H/4, W/4] to features and logits of that size."""
        features = self.body(finest)
        return features, self.logits(features)


def _dilated(channels: int, dilation: int) -> nn.Sequential:
    layer = nn.Conv2d(channels, channels, 3, padding=dilation, dilation=dilation, bias=False)
    return nn.Sequential(layer, nn.BatchNorm2d(channels), nn.ReLU(inplace=True))


class SemanticFusion(nn.Module):
    """The semantic fusion module (section 3.2, figure 4).

    Instance feature, instance mask, semantic feature and semantic mask are concatenated and mixed by a 1x1
    convolution; three parallel 3x3 convolutions with dilations 1, 3 and 5 are added; both masks are
    concatenated again.
    """

    def __init__(self, channels: int, semantic_channels: int, outputs: int) -> None:
        super().__init__()
        self.reduce = conv_norm(channels + semantic_channels + 2, channels)
        self.branches = nn.ModuleList(_dilated(channels, dilation) for dilation in _DILATIONS)
        self.merge = conv_norm(channels, outputs - 2)

    def forward(
        self, instance: Tensor, instance_mask: Tensor, semantic: Tensor, semantic_mask: Tensor
    ) -> Tensor:
        """Four maps [R, *, s, s], the masks 0 to 1, to [R, outputs, s, s]."""
        mixed = self.reduce(torch.cat([instance, instance_mask, semantic, semantic_mask], 1))
        together = torch.stack([branch(mixed) for branch in self.branches]).sum(0)
        return torch.cat([self.merge(together), instance_mask, semantic_mask], 1)


class Stage(nn.Module):
    """A mask of one size, and the features of the next stage, of twice the size and half the channels."""

    def __init__(self, channels: int, outputs: int, semantic_channels: int) -> None:
        super().__init__()
        self.logits = nn.Conv2d(channels, 1, 1)
        self.semantic = conv_norm(semantic_channels, semantic_channels)
        self.fusion = SemanticFusion(channels, semantic_channels, outputs)

    def forward(
        self, instance: Tensor, semantic: Tensor, semantic_logits: Tensor, boxes: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Logits [R, 1, s, s] and features [R, outputs, 2s, 2s]. semantic, semantic_logits: of the frames."""
        side = instance.shape[-1]
        logits: Tensor = self.logits(instance)
        pooled = flat(
            roi_align(torch.cat([self.semantic(semantic), semantic_logits.sigmoid()], 1), boxes, 4, side, 1)
        )
        fused = self.fusion(instance, logits.sigmoid(), pooled[:, :-1], pooled[:, -1:])
        return logits, enlarged(fused, 2 * side)


class RefineMaskHead(MaskHead):
    """Stages 14, 28, 56 and 112 with semantic fusion, joined by boundary-aware refinement (section 3.3)."""

    sizes = (14, 28, 56, 112)

    def __init__(self, channels: int = CHANNELS, semantic_channels: int = SEMANTIC_CHANNELS) -> None:
        super().__init__()
        self.semantic = SemanticHead(channels, semantic_channels)
        self.instance = nn.Sequential(*(conv_norm(channels, channels, 3) for _ in range(2)))
        widths = [max(_LEAST_CHANNELS, channels // 2**stage) for stage in range(len(self.sizes))]
        self.stages = nn.ModuleList(
            Stage(before, after, semantic_channels) for before, after in pairwise(widths)
        )
        self.logits = nn.Conv2d(widths[-1], 1, 1)
        initialise(self)

    def forward(self, features: Features, boxes: Tensor) -> MaskOutputs:
        """Logits of all stages for boxes [N, K, 4]."""
        semantic, semantic_logits = self.semantic(features.levels[0])
        instance = self.instance(flat(pyramid_align(features.levels, boxes, self.sizes[0])))
        found = []
        for stage in self.stages:
            logits, instance = stage(instance, semantic, semantic_logits, boxes)
            found.append(logits)
        return MaskOutputs((*found, self.logits(instance)), semantic_logits)

    def masks(self, outputs: MaskOutputs) -> Tensor:
        """The masks of all stages joined: each finer one replaces the coarser near its edge."""
        mask = outputs.stages[FIRST_REFINED - 1].sigmoid()
        for logits in outputs.stages[FIRST_REFINED:]:
            mask = refined(mask, logits.sigmoid(), INFERENCE_WIDTH)
        return mask


def refinemask() -> InstanceNetwork:
    """RefineMask."""
    network = InstanceNetwork(RefineMaskHead())
    network.title = "RefineMask"
    return network
