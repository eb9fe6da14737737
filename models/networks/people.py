"""Where people's centres are, and which centre each pixel belongs to.

Panoptic-DeepLab (Cheng et al., CVPR 2020; arXiv 1911.10194, section 3.1) for people alone: its instance
branch without the semantic one, because the portrait network finds the people. The backbone and its weights
are those of `bisenet`; the decoder is that of `face_parts`.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from models.networks.blocks import conv_norm
from models.networks.efficientnet import FLOAT_PARTS, IMAGENET_MEAN, IMAGENET_STD, EfficientNetLite0
from models.networks.face_parts import Decode
from models.networks.layers import Network, Outputs

STRIDE = 8
"""The maps have one value per block of this many pixels in each direction."""

OFFSET_UNIT_PX = 32.0
"""Offsets are learnt in this unit, so that they are about as large as the other values."""


class People(Network):
    """Logits [N, 3, H/8, W/8]: of a centre, and the offset (x, y) to one's centre in `OFFSET_UNIT_PX`."""

    kind = "people"
    title = "People"
    working_pixels = 160 * 256
    mean, std = IMAGENET_MEAN, IMAGENET_STD
    float_parts = FLOAT_PARTS

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.backbone = EfficientNetLite0()
        at8, at16, at32 = self.backbone.channels
        self.decode16 = Decode(at32, at16, channels)
        self.decode8 = Decode(channels, at8, channels)
        self.centre = nn.Sequential(conv_norm(channels, channels, 3), nn.Conv2d(channels, 1, 1))
        self.offset = nn.Sequential(conv_norm(channels, channels, 5), nn.Conv2d(channels, 2, 1))
        centre = self.centre[-1]
        assert isinstance(centre, nn.Conv2d) and centre.bias is not None
        nn.init.constant_(centre.bias, -3.0)  # Centres are rare.

    def forward(self, frame: Tensor) -> Outputs:
        """Compute the outputs of one batch; see `Network`, but the logits are those of this class."""
        at8, at16, at32 = self.backbone(frame)
        features = self.decode8(self.decode16(at32, at16), at8)
        return Outputs(torch.cat([self.centre(features), self.offset(features)], 1))


def people(channels: int = 64) -> People:
    """The network that Backdrop ships. channels: of the decoder and of both heads."""
    return People(channels)
