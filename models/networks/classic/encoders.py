"""Encoders with features at strides 4, 8, 16 and 32; the last stages may be atrous instead of strided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor, nn

from models.networks.blocks import Residual, conv_norm, projection, scaled
from models.networks.efficientnet import EfficientNetLite0
from models.networks.layers import conv

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Features = tuple[Tensor, Tensor, Tensor, Tensor]
RESNET50, RESNET101 = (3, 4, 6, 3), (3, 4, 23, 3)
OUTPUT_STRIDES = (8, 16, 32)
_BLOCK_CHANNELS = 40, 112, 320  # of EfficientNet-Lite0 at strides 8, 16 and 32


def _check(output_stride: int) -> None:
    if output_stride not in OUTPUT_STRIDES:
        raise ValueError(f"the output stride must be 8, 16 or 32, not {output_stride}")


class Bottleneck(Residual):
    """1x1, 3x3 and 1x1 convolution with a residual connection; the last has four times the channels."""

    def __init__(self, inputs: int, inner: int, stride: int, rate: int) -> None:
        outputs = 4 * inner
        middle = nn.Conv2d(inner, inner, 3, stride, rate, dilation=rate, bias=False)
        body = nn.Sequential(
            *conv_norm(inputs, inner),
            *(middle, nn.BatchNorm2d(inner), nn.ReLU(inplace=True)),
            *(conv(inner, outputs), nn.BatchNorm2d(outputs)),
        )
        super().__init__(body, projection(inputs, outputs, stride))


class ResNet(nn.Module):
    """ResNet of bottlenecks (He et al., CVPR 2016; arXiv 1512.03385, table 1).

    blocks: of the four stages. output_stride: 8, 16 or 32; beyond it, rates replace strides (Chen et al.,
    arXiv 1706.05587, section 3.2). grid: factors on the rates of the last stage's blocks, in turn. Raises
    ValueError. `channels` at strides 4, 8, 16 and 32.
    """

    def __init__(
        self,
        blocks: Sequence[int] = RESNET50,
        width: float = 1.0,
        output_stride: int = 32,
        grid: Sequence[int] = (1, 1, 1),
    ) -> None:
        super().__init__()
        _check(output_stride)
        before = scaled(64, width)
        self.stem = nn.Sequential(*conv_norm(3, before, 7, 2), nn.MaxPool2d(3, 2, 1))
        self.stages = nn.ModuleList()
        channels, total, rate = [], 4, 1
        for stage, (count, published) in enumerate(zip(blocks, (64, 128, 256, 512), strict=True)):
            inner, stride = scaled(published, width), 1 if stage == 0 else 2
            first_rate = rate
            if total * stride > output_stride:
                rate, stride = rate * stride, 1
            total *= stride
            made = []
            for index in range(count):
                factor = grid[index % len(grid)] if stage == 3 else 1
                # The first block's input has the rate of the stage before; a grid counts from the new one.
                usual = rate if index or (stage == 3 and max(grid) > 1) else first_rate
                made.append(Bottleneck(before, inner, stride if index == 0 else 1, usual * factor))
                before = 4 * inner
            self.stages.append(nn.Sequential(*made))
            channels.append(before)
        self.channels = (channels[0], channels[1], channels[2], channels[3])

    def forward(self, frame: Tensor) -> Features:
        """[N, 3, H, W] to features at strides 4, 8, 16 and 32, or the output stride where that is less."""
        x = self.stem(frame)
        features = []
        for stage in self.stages:
            x = stage(x)
            features.append(x)
        return features[0], features[1], features[2], features[3]


class LiteEncoder(EfficientNetLite0):
    """EfficientNet-Lite0 with features at stride 4 too, and an output stride as `ResNet`."""

    channels: tuple[int, int, int, int]  # type: ignore[assignment]  # one more

    def __init__(self, width: float = 1.0, output_stride: int = 32) -> None:
        super().__init__(width)
        _check(output_stride)
        at8, at16, at32 = _BLOCK_CHANNELS
        self.channels = (scaled(24, width), scaled(at8, width), scaled(at16, width), scaled(at32, width))
        total, rate = 2, 1
        for block in self.blocks:
            for layer in block.body.modules():  # type: ignore[union-attr]  # all blocks have a body
                if not isinstance(layer, nn.Sequential) or not isinstance(layer[-1], nn.Conv2d):
                    continue
                depthwise = layer[-1]
                if depthwise.groups == 1:
                    continue
                first_rate = rate
                if depthwise.stride[0] == 2 and total * 2 > output_stride:
                    rate *= 2
                    depthwise.stride = (1, 1)
                    self._spread(layer, first_rate)
                else:
                    total *= depthwise.stride[0]
                    if rate > 1:
                        self._spread(layer, rate)

    @staticmethod
    def _spread(layer: nn.Sequential, rate: int) -> None:
        """Give a depthwise convolution a rate; its padding keeps the size."""
        depthwise = layer[-1]
        assert isinstance(depthwise, nn.Conv2d)
        side = rate * (depthwise.kernel_size[0] // 2)
        layer[0] = nn.Identity()
        depthwise.dilation, depthwise.padding = (rate, rate), (side, side)

    def forward(self, frame: Tensor) -> Features:  # type: ignore[override]  # one more feature
        """[N, 3, H, W], BGR, to features at strides 4, 8, 16 and 32, at most the output stride."""
        x = self.stem(frame)
        features = []
        for index, block in enumerate(self.blocks, 1):
            x = block(x)
            if index in (3, 5, 11, 16):
                features.append(x)
        return features[0], features[1], features[2], features[3]


ENCODERS: dict[str, Callable[[float, int], ResNet | LiteEncoder]] = {
    "resnet50": lambda width, stride: ResNet(RESNET50, width, stride),
    "resnet101": lambda width, stride: ResNet(RESNET101, width, stride),
    "efficientnet_lite0": LiteEncoder,
}


def build_encoder(name: str, width: float, output_stride: int) -> ResNet | LiteEncoder:
    """The encoder with this name. Raises ValueError."""
    if name not in ENCODERS:
        raise ValueError(f"no backbone named {name!r}; there are: {', '.join(ENCODERS)}")
    return ENCODERS[name](width, output_stride)
