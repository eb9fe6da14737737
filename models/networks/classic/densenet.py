"""FC-DenseNet: dense blocks (Huang et al., arXiv 1608.06993) down and up again (Jegou et al., 1611.09326)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from models.networks.blocks import conv_norm, enlarge
from models.networks.efficientnet import IMAGENET_MEAN, IMAGENET_STD
from models.networks.layers import Network, Outputs, conv

if TYPE_CHECKING:
    from collections.abc import Sequence

FC56, FC67, FC103 = (4,) * 6, (5,) * 6, (4, 5, 7, 10, 12, 15)
_FIRST = 48  # channels of the first convolution
_DROPOUT = 0.2


def _layer(inputs: int, outputs: int, kernel: int) -> nn.Sequential:
    """Batch norm, ReLU, convolution, dropout (table 1)."""
    return nn.Sequential(
        nn.BatchNorm2d(inputs), nn.ReLU(inplace=True), conv(inputs, outputs, kernel), nn.Dropout2d(_DROPOUT)
    )


class DenseBlock(nn.Module):
    """Layers that each see the outputs of all before them; gives what the layers add."""

    def __init__(self, inputs: int, layers: int, growth: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(_layer(inputs + n * growth, growth, 3) for n in range(layers))
        self.outputs = layers * growth

    def forward(self, x: Tensor) -> Tensor:
        """[N, inputs, H, W] to [N, layers * growth, H, W]."""
        made: list[Tensor] = []
        for layer in self.layers:
            made.append(layer(torch.cat([x, *made], 1)))
        return torch.cat(made, 1)


class DenseNet(Network):
    """Dense blocks with pools between them, and the same number up again with skip connections.

    layers: of the blocks on the way down, the last in the middle; the way up has the same. growth: channels
    of a layer. first: channels of the first convolution. stem_stride: 1 as published, 2 or 4 to begin at a
    smaller size. Raises ValueError.
    """

    def __init__(self, layers: Sequence[int], growth: int, first: int, stem_stride: int) -> None:
        super().__init__()
        if stem_stride not in (1, 2, 4) or min(layers) < 1:
            raise ValueError("the stem's stride must be 1, 2 or 4, and each block needs a layer")
        if 2 ** (len(layers) - 1) * stem_stride > 32:
            raise ValueError(f"{len(layers)} blocks after a stride of {stem_stride} go beyond stride 32")
        self.stride = stem_stride
        steps = stem_stride.bit_length() - 1
        self.stem = nn.Sequential(
            *(conv_norm(3 if n == 0 else first, first, 3, 2) for n in range(steps)),
            conv(3 if steps == 0 else first, first, 3),
        )
        self.down, self.pools, self.enlargers, self.up = (nn.ModuleList() for _ in range(4))
        channels, skips = first, []
        for count in layers[:-1]:
            block = DenseBlock(channels, count, growth)
            channels += block.outputs
            skips.append(channels)
            self.down.append(block)
            self.pools.append(nn.Sequential(_layer(channels, channels, 1), nn.MaxPool2d(2)))
        self.middle = DenseBlock(channels, layers[-1], growth)
        new = self.middle.outputs
        for count, skip in zip(layers[-2::-1], skips[::-1], strict=True):
            self.enlargers.append(nn.ConvTranspose2d(new, new, 3, 2, 1, output_padding=1))
            block = DenseBlock(new + skip, count, growth)
            self.up.append(block)
            channels, new = new + skip + block.outputs, block.outputs
        self.classify = nn.Conv2d(channels, 2, 1)

    def forward(self, frame: Tensor) -> Outputs:
        """Compute the outputs of one batch; see `Network`."""
        x = self.stem(frame)
        skips = []
        for block, pool in zip(self.down, self.pools, strict=True):
            x = torch.cat([x, block(x)], 1)
            skips.append(x)
            x = pool(x)
        new = self.middle(x)
        for enlarger, block in zip(self.enlargers, self.up, strict=True):
            # Only the middle block's or the last block's new channels go up (section 3.2).
            x = torch.cat([enlarger(new), skips.pop()], 1)
            new = block(x)
            x = torch.cat([x, new], 1)
        logits = self.classify(x)
        return Outputs(enlarge(logits, self.stride) if self.stride > 1 else logits)


def _named(network: DenseNet) -> DenseNet:
    network.title = "FC-DenseNet"
    network.mean, network.std = IMAGENET_MEAN, IMAGENET_STD
    return network


def densenet(growth: int = 12, first: int = 24, stem_stride: int = 4, layers: int = 4) -> DenseNet:
    """FC-DenseNet of four blocks at the size of a portrait network: from stride 4 to stride 32."""
    return _named(DenseNet((layers,) * 4, growth, first, stem_stride))


def densenet56_published() -> DenseNet:
    """FC-DenseNet56, as published."""
    return _named(DenseNet(FC56, 12, _FIRST, 1))


def densenet67_published() -> DenseNet:
    """FC-DenseNet67, as published."""
    return _named(DenseNet(FC67, 16, _FIRST, 1))


def densenet103_published() -> DenseNet:
    """FC-DenseNet103, as published."""
    return _named(DenseNet(FC103, 16, _FIRST, 1))
