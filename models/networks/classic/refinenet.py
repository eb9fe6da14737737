"""RefineNet: multi-path refinement networks (Lin et al., CVPR 2017; arXiv 1611.06612)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor, nn

from models.networks.blocks import enlarge, head
from models.networks.classic.encoders import build_encoder
from models.networks.efficientnet import IMAGENET_MEAN, IMAGENET_STD
from models.networks.layers import Network, Outputs

if TYPE_CHECKING:
    from collections.abc import Sequence

POOLS = 2  # of the chained residual pooling (section 3.2)


def _conv3(inputs: int, outputs: int, bias: bool = True) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, 3, 1, 1, bias=bias)


class ResidualUnit(nn.Module):
    """Residual convolution unit: ReLU and 3x3 convolution twice, without batch norm (section 3.2)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            *(nn.ReLU(), _conv3(channels, channels)), *(nn.ReLU(), _conv3(channels, channels))
        )

    def forward(self, x: Tensor) -> Tensor:
        """[N, channels, H, W] to the same shape."""
        out: Tensor = x + self.body(x)
        return out


class ChainedPooling(nn.Module):
    """Chained residual pooling: 5x5 maxima and 3x3 convolutions, each of the one before; all are added."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.steps = nn.ModuleList(
            nn.Sequential(nn.MaxPool2d(5, 1, 2), _conv3(channels, channels, bias=False)) for _ in range(POOLS)
        )

    def forward(self, x: Tensor) -> Tensor:
        """[N, channels, H, W] to the same shape."""
        # The ReLU makes the pooling effective (section 3.2); the identity path keeps what it passed.
        total = pooled = x.relu()
        for step in self.steps:
            pooled = step(pooled)
            total = total + pooled
        return total


class RefineBlock(nn.Module):
    """Two residual units for each input, fusion at the highest resolution, chained pooling, output unit.

    inputs: channels of each input, the coarsest first, each at half the stride of the one before. units: of
    the output.
    """

    def __init__(self, inputs: Sequence[int], channels: int, units: int = 1) -> None:
        super().__init__()
        self.adapt = nn.ModuleList(nn.Sequential(ResidualUnit(c), ResidualUnit(c)) for c in inputs)
        self.fuse = nn.ModuleList(_conv3(c, channels) for c in inputs)
        self.pool = ChainedPooling(channels)
        self.output = nn.Sequential(*(ResidualUnit(channels) for _ in range(units)))

    def forward(self, inputs: Sequence[Tensor]) -> Tensor:
        """[N, c, h, w] each, to [N, channels, H, W] at the size of the last."""
        total: Tensor | None = None
        for x, adapt, fuse in zip(inputs, self.adapt, self.fuse, strict=True):
            fused = fuse(adapt(x))
            total = fused if total is None else enlarge(total, 2) + fused
        assert total is not None
        refined: Tensor = self.output(self.pool(total))
        return refined


class RefineNet(Network):
    """Four cascaded RefineNet blocks from stride 32 to stride 4 (section 3.1, figure 2c).

    backbone: a name in `ENCODERS`. width: factor on its channels. inner: channels of the blocks; the first
    has twice as many. The auxiliary output while training is not in the paper. Raises ValueError.
    """

    def __init__(self, backbone: str, width: float, inner: int) -> None:
        super().__init__()
        self.backbone = build_encoder(backbone, width, 32)
        sizes = (2 * inner, inner, inner, inner)
        coarse_first = list(reversed(self.backbone.channels))
        self.reduce = nn.ModuleList(
            _conv3(c, size, bias=False) for c, size in zip(coarse_first, sizes, strict=True)
        )
        blocks = [RefineBlock([sizes[0]], sizes[0])]
        for before, size, units in zip(sizes, sizes[1:], (1, 1, 3), strict=False):
            blocks.append(RefineBlock([before, size], size, units))
        self.blocks = nn.ModuleList(blocks)
        self.classify = nn.Sequential(nn.ReLU(), nn.Dropout2d(0.5), nn.Conv2d(inner, 2, 1))
        self.classify16 = head(inner, inner)

    def forward(self, frame: Tensor) -> Outputs:
        """Compute the outputs of one batch; see `Network`."""
        features = self.backbone(frame)
        reduced = [reduce(x) for reduce, x in zip(self.reduce, reversed(features), strict=True)]
        x = self.blocks[0]([reduced[0]])
        refined = []
        for block, feature in zip(list(self.blocks)[1:], reduced[1:], strict=True):
            x = block([x, feature])
            refined.append(x)
        logits = enlarge(self.classify(x), 4)
        if not self.training:
            return Outputs(logits)
        return Outputs(logits, (self.classify16(refined[0]),), features=features[1:])


def refinenet(backbone: str = "efficientnet_lite0", width: float = 1.0, inner: int = 48) -> RefineNet:
    """RefineNet at the size of a portrait network."""
    network = RefineNet(backbone, width, inner)
    network.title = "RefineNet"
    network.mean, network.std = IMAGENET_MEAN, IMAGENET_STD
    return network


def refinenet_published() -> RefineNet:
    """RefineNet with ResNet-101 and 256 channels, 512 in the first block, as published."""
    return refinenet("resnet101", 1.0, 256)
