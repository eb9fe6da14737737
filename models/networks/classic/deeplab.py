"""DeepLab: atrous convolution and a large field of view (Chen et al., ICLR 2015; arXiv 1412.7062).

Its fully connected CRF is a step of its own, not a part of the network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from models.networks.blocks import conv_norm, enlarge, scaled
from models.networks.classic.encoders import build_encoder
from models.networks.efficientnet import IMAGENET_MEAN, IMAGENET_STD
from models.networks.layers import Network, Outputs

if TYPE_CHECKING:
    from collections.abc import Sequence

_VGG = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))
_POOL_STRIDES = (2, 2, 2, 1, 1)  # of VGG-16's five pools; the last two no longer stride (section 3.1)
_LAST_RATE = 2  # of the fifth block
_FIELD_KERNEL, _FIELD_RATE = 3, 12  # of the layer with the large field of view, 224 pixels (section 5.3)
STRIDE = 8


class VGG16(nn.Module):
    """VGG-16's convolutions (Simonyan and Zisserman, arXiv 1409.1556, D) at output stride 8.

    The features are those of the five pools, at strides 2, 4, 8, 8 and 8. `channels` and `strides` of each.
    """

    def __init__(self, width: float = 1.0) -> None:
        super().__init__()
        self.channels = tuple(scaled(block[-1], width) for block in _VGG)
        self.strides = (2, 4, 8, 8, 8)
        self.blocks, self.pools = nn.ModuleList(), nn.ModuleList()
        before = 3
        for number, block in enumerate(_VGG):
            rate = _LAST_RATE if number == len(_VGG) - 1 else 1
            layers: list[nn.Module] = []
            for channels in block:
                after = scaled(channels, width)
                layers += [nn.Conv2d(before, after, 3, 1, rate, dilation=rate), nn.ReLU(inplace=True)]
                before = after
            self.blocks.append(nn.Sequential(*layers))
            self.pools.append(nn.MaxPool2d(3, _POOL_STRIDES[number], 1))

    def forward(self, frame: Tensor) -> list[Tensor]:
        """[N, 3, H, W] to the features of the five pools."""
        features = []
        x = frame
        for block, pool in zip(self.blocks, self.pools, strict=True):
            x = pool(block(x))
            features.append(x)
        return features


class _Lite(nn.Module):
    """Another encoder at output stride 8, its features at strides 4, 8, 8 and 8."""

    def __init__(self, name: str, width: float) -> None:
        super().__init__()
        self.encoder = build_encoder(name, width, STRIDE)
        self.channels: tuple[int, ...] = self.encoder.channels
        self.strides = (4, 8, 8, 8)

    def forward(self, frame: Tensor) -> Sequence[Tensor]:
        """[N, 3, H, W] to features."""
        features: Sequence[Tensor] = self.encoder(frame)
        return features


class DeepLab(Network):
    """An encoder at stride 8, a large field of view, and predictions from the frame and earlier features.

    backbone: "vgg16" or a name in `ENCODERS`. width: factor on its channels. field: channels of the two
    layers after it. scales: channels of the multi-scale prediction (section 4.3): a 3x3 convolution down to
    stride 8 and a 1x1 convolution for the frame and each feature, concatenated to the last layer; 0 means
    none. Raises ValueError.
    """

    def __init__(self, backbone: str, width: float, field: int, scales: int) -> None:
        super().__init__()
        self.backbone = VGG16(width) if backbone == "vgg16" else _Lite(backbone, width)
        self.field = nn.Sequential(
            nn.Conv2d(self.backbone.channels[-1], field, _FIELD_KERNEL, 1, _FIELD_RATE, dilation=_FIELD_RATE),
            *(nn.ReLU(inplace=True), nn.Dropout2d(0.5)),
            *(nn.Conv2d(field, field, 1), nn.ReLU(inplace=True), nn.Dropout2d(0.5)),
        )
        inputs = (3, *self.backbone.channels[:-1]) if scales else ()
        strides = (1, *self.backbone.strides[:-1])
        self.scales = nn.ModuleList(
            nn.Sequential(*conv_norm(channels, scales, 3, STRIDE // stride), *conv_norm(scales, scales))
            for channels, stride in zip(inputs, strides, strict=False)
        )
        self.classify = nn.Conv2d(field + scales * len(inputs), 2, 1)

    def forward(self, frame: Tensor) -> Outputs:
        """Compute the outputs of one batch; see `Network`."""
        features = self.backbone(frame)
        parts = [self.field(features[-1])]
        parts += [scale(x) for scale, x in zip(self.scales, (frame, *features[:-1]), strict=False)]
        logits = enlarge(self.classify(torch.cat(parts, 1)), STRIDE)
        return Outputs(logits)


def deeplab(
    backbone: str = "efficientnet_lite0", width: float = 1.0, field: int = 128, scales: int = 16
) -> DeepLab:
    """DeepLab at the size of a portrait network."""
    network = DeepLab(backbone, width, field, scales)
    network.title = "DeepLab"
    network.mean, network.std = IMAGENET_MEAN, IMAGENET_STD
    return network


def deeplab_published() -> DeepLab:
    """DeepLab-MSc-LargeFOV on VGG-16, as published."""
    return deeplab("vgg16", 1.0, 1024, 128)
