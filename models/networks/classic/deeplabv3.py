"""DeepLabv3 (Chen et al., 2017; arXiv 1706.05587), with the decoder of DeepLabv3+ (ECCV 2018; 1802.02611)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from models.networks.blocks import conv_norm, enlarge, head
from models.networks.classic.encoders import RESNET50, RESNET101, LiteEncoder, ResNet, build_encoder
from models.networks.efficientnet import IMAGENET_MEAN, IMAGENET_STD
from models.networks.layers import Network, Outputs, PooledNorm, conv, relu

RATES = (6, 12, 18)
"""Of the pyramid at output stride 16; at 8 they double, at 32 they halve."""
GRID = (1, 2, 4)
"""Factors on the rates of ResNet's last three blocks (section 3.2.1)."""
LOW_LEVEL = 48
"""Channels that the decoder keeps of the features at stride 4 (1802.02611, section 4.1)."""


def atrous(inputs: int, outputs: int, rate: int) -> nn.Sequential:
    """3x3 convolution at a rate, batch norm, ReLU."""
    plain = nn.Conv2d(inputs, outputs, 3, 1, rate, dilation=rate, bias=False)
    return nn.Sequential(plain, nn.BatchNorm2d(outputs), relu(outputs))


class AtrousPyramid(nn.Module):
    """ASPP: a 1x1 convolution, 3x3 convolutions at three rates and the frame's mean, joined (section 3.3)."""

    def __init__(self, inputs: int, outputs: int, output_stride: int) -> None:
        super().__init__()
        self.branches = nn.ModuleList([conv_norm(inputs, outputs)])
        self.branches.extend(atrous(inputs, outputs, max(1, rate * 16 // output_stride)) for rate in RATES)
        self.frame = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), conv(inputs, outputs), PooledNorm(outputs), relu(outputs)
        )
        self.mix = conv_norm(outputs * (len(RATES) + 2), outputs)

    def forward(self, x: Tensor) -> Tensor:
        """[N, inputs, H, W] to [N, outputs, H, W]."""
        frame = self.frame(x).expand(-1, -1, x.shape[2], x.shape[3])
        mixed: Tensor = self.mix(torch.cat([*(branch(x) for branch in self.branches), frame], 1))
        return mixed


class DeepLabV3(Network):
    """Encoder with an output stride, ASPP, logits; with `decoder`, refined at stride 4 as in DeepLabv3+.

    backbone: a name in `ENCODERS`. width: factor on its channels. inner: channels of ASPP and decoder. The
    auxiliary output while training is not in the paper. Raises ValueError.
    """

    def __init__(self, backbone: str, width: float, inner: int, output_stride: int, decoder: bool) -> None:
        super().__init__()
        self.backbone: ResNet | LiteEncoder
        if backbone in ("resnet50", "resnet101"):
            blocks = RESNET50 if backbone == "resnet50" else RESNET101
            self.backbone = ResNet(blocks, width, output_stride, GRID)
        else:
            self.backbone = build_encoder(backbone, width, output_stride)
        self.stride = output_stride
        at4, _, at16, at32 = self.backbone.channels
        self.pyramid = AtrousPyramid(at32, inner, output_stride)
        self.low: nn.Module | None = None
        self.classify: nn.Module = nn.Conv2d(inner, 2, 1)
        if decoder:
            kept = min(LOW_LEVEL, at4)
            self.low = conv_norm(at4, kept)
            self.classify = nn.Sequential(*conv_norm(inner + kept, inner, 3), *head(inner, inner))
        self.classify_before = head(at16, max(8, at16 // 4))

    def forward(self, frame: Tensor) -> Outputs:
        """Compute the outputs of one batch; see `Network`."""
        features = self.backbone(frame)
        x = self.pyramid(features[3])
        if self.low is not None:
            x = torch.cat([enlarge(x, self.stride // 4), self.low(features[0])], 1)
        logits = enlarge(self.classify(x), self.stride if self.low is None else 4)
        if not self.training:
            return Outputs(logits)
        return Outputs(logits, (self.classify_before(features[2]),), features=features[1:])


def deeplabv3(
    backbone: str = "efficientnet_lite0",
    width: float = 1.0,
    inner: int = 96,
    output_stride: int = 16,
    decoder: int = 1,
) -> DeepLabV3:
    """DeepLabv3 at the size of a portrait network; decoder: 1 for that of DeepLabv3+, 0 for none."""
    network = DeepLabV3(backbone, width, inner, output_stride, bool(decoder))
    network.title = "DeepLabv3+" if decoder else "DeepLabv3"
    network.mean, network.std = IMAGENET_MEAN, IMAGENET_STD
    return network


def deeplabv3_published() -> DeepLabV3:
    """DeepLabv3 with ResNet-101 at output stride 16 and 256 channels, as published."""
    return deeplabv3("resnet101", 1.0, 256, 16, 0)


def deeplabv3plus_published() -> DeepLabV3:
    """DeepLabv3+ with ResNet-101 at output stride 16 and 256 channels, as published."""
    return deeplabv3("resnet101", 1.0, 256, 16, 1)
