"""PSPNet: pyramid scene parsing network (Zhao et al., CVPR 2017; arXiv 1612.01105)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.networks.blocks import conv_norm, enlarge, head
from models.networks.classic.encoders import build_encoder
from models.networks.efficientnet import IMAGENET_MEAN, IMAGENET_STD
from models.networks.layers import Network, Outputs, PooledNorm, conv, relu

BINS = (1, 2, 3, 6)


def pool(x: Tensor, bins: int) -> Tensor:
    """Mean of bins x bins parts of [N, C, H, W]: AdaptiveAvgPool2d that exports for any size of frame."""
    rows, columns = (_shares(x.shape[axis], bins, x) for axis in (2, 3))
    return rows @ x @ columns.T


def _shares(size: int, bins: int, like: Tensor) -> Tensor:
    """How much of each of `size` places is in each bin, [bins, size]."""
    places = torch.arange(size, device=like.device, dtype=torch.float32)
    parts = torch.arange(bins, device=like.device, dtype=torch.float32)[:, None] / bins
    # Of the trace, so that the exported graph reads it from the frame.
    length = places[-1] + 1
    first, last = (parts * length).floor(), ((parts + 1 / bins) * length - 1e-4).ceil()
    inside = ((places >= first) & (places < last)).to(like.dtype)
    return inside / inside.sum(1, keepdim=True)


class PyramidPooling(nn.Module):
    """Means over 1, 4, 9 and 36 parts, a quarter of the channels each, beside the features (section 3.2)."""

    def __init__(self, inputs: int, inner: int) -> None:
        super().__init__()
        part = inputs // len(BINS)
        self.parts = nn.ModuleList(
            nn.Sequential(conv(inputs, part), PooledNorm(part), relu(part)) for _ in BINS
        )
        self.mix = nn.Sequential(*conv_norm(inputs + part * len(BINS), inner, 3), nn.Dropout2d(0.1))

    def forward(self, x: Tensor) -> Tensor:
        """[N, inputs, H, W] to [N, inner, H, W]."""
        size = x.shape[2], x.shape[3]
        pooled = [
            functional.interpolate(part(pool(x, bins)), size=size, mode="bilinear", align_corners=False)
            for bins, part in zip(BINS, self.parts, strict=True)
        ]
        mixed: Tensor = self.mix(torch.cat([x, *pooled], 1))
        return mixed


class PSPNet(Network):
    """Features at the output stride, pyramid pooling, logits; an auxiliary output from the stage before.

    backbone: a name in `ENCODERS`. width: factor on its channels. inner: channels after pooling. Raises
    ValueError.
    """

    def __init__(self, backbone: str, width: float, inner: int, output_stride: int) -> None:
        super().__init__()
        self.backbone = build_encoder(backbone, width, output_stride)
        self.stride = output_stride
        *_, at16, at32 = self.backbone.channels
        self.pyramid = PyramidPooling(at32, inner)
        self.classify = nn.Conv2d(inner, 2, 1)
        self.classify_before = head(at16, max(8, at16 // 4))

    def forward(self, frame: Tensor) -> Outputs:
        """Compute the outputs of one batch; see `Network`."""
        features = self.backbone(frame)
        logits = enlarge(self.classify(self.pyramid(features[3])), self.stride)
        if not self.training:
            return Outputs(logits)
        return Outputs(logits, (self.classify_before(features[2]),), features=features[1:])


def pspnet(
    backbone: str = "efficientnet_lite0", width: float = 1.0, inner: int = 128, output_stride: int = 16
) -> PSPNet:
    """PSPNet at the size of a portrait network."""
    network = PSPNet(backbone, width, inner, output_stride)
    network.title = "PSPNet"
    network.mean, network.std = IMAGENET_MEAN, IMAGENET_STD
    return network


def pspnet_published() -> PSPNet:
    """PSPNet with ResNet-50 at output stride 8 and 512 channels, as published."""
    return pspnet("resnet50", 1.0, 512, 8)
