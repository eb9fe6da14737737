"""Features for the instance networks: EfficientNet-Lite0 and a feature pyramid.

Lin et al., "Feature Pyramid Networks", 1612.03144: lateral 1x1 convolutions, the coarser level added, a 3x3
convolution per level.
"""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor, nn

from models.networks.blocks import double
from models.networks.efficientnet import EfficientNetLite0
from models.networks.layers import conv

_ENDS = (1, 3, 5, 11, 16)  # the last blocks (counted from 1) of strides 2, 4, 8, 16 and 32
_CHANNELS = (16, 24, 40, 112, 320)
LOW_CHANNELS = _CHANNELS[:2]
STRIDES = (4, 8, 16, 32)
"""Of the levels of the pyramid."""


class Features(NamedTuple):
    """The features of a batch.

    low: of the backbone's first blocks at strides 2 and 4, with `LOW_CHANNELS`. levels: the pyramid at
    `STRIDES`, each [N, C, H/stride, W/stride].
    """

    low: tuple[Tensor, Tensor]
    levels: tuple[Tensor, ...]


class Pyramid(nn.Module):
    """Backbone and feature pyramid with `channels` at strides 4, 8, 16 and 32.

    The statistics of the backbone's batch norms never change, as in Mask R-CNN: batches are small.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.backbone = EfficientNetLite0()
        self.lateral = nn.ModuleList(
            nn.Sequential(conv(inputs, channels), nn.BatchNorm2d(channels)) for inputs in _CHANNELS[1:]
        )
        self.smooth = nn.ModuleList(
            nn.Sequential(conv(channels, channels, 3), nn.BatchNorm2d(channels)) for _ in STRIDES
        )

    def train(self, mode: bool = True) -> Pyramid:
        """Training mode, except for the backbone."""
        super().train(mode)
        self.backbone.eval()
        return self

    def forward(self, frame: Tensor) -> Features:
        """[N, 3, H, W], normalised; H and W are multiples of 32."""
        x = self.backbone.stem(frame)
        found = []
        for index, block in enumerate(self.backbone.blocks, 1):
            x = block(x)
            if index in _ENDS:
                found.append(x)
        merged = self.lateral[-1](found[-1])
        levels = [merged]
        for lateral, features in zip(list(self.lateral)[-2::-1], found[-2:0:-1], strict=True):
            merged = lateral(features) + double(merged)
            levels.insert(0, merged)
        smooth = tuple(layer(level) for layer, level in zip(self.smooth, levels, strict=True))
        return Features((found[0], found[1]), smooth)
