"""EfficientNet-Lite0: a context path for which weights trained on ImageNet are published.

Tan and Le, ICML 2019 (arXiv 1905.11946); the Lite variant (TensorFlow TPU repository, 2020) has no
squeeze-excite, and ReLU6 in place of swish.
"""

from __future__ import annotations

from torch import Tensor, nn

from models.networks.blocks import scaled
from models.networks.layers import conv

FLOAT_PARTS = ("backbone.blocks.0",)
"""In 8 bits half of the whole error comes from this block, which costs no time in floating point."""

# Input normalisation of the published weights: per channel, B G R, in units of a uint8 pixel.
IMAGENET_MEAN = (103.53, 116.28, 123.675)
IMAGENET_STD = (57.375, 57.12, 58.395)

# Per block: kernel, stride, expansion, input channels, output channels.
_BLOCKS = (
    (3, 1, 1, 32, 16),
    *((3, 2, 6, 16, 24), (3, 1, 6, 24, 24)),
    *((5, 2, 6, 24, 40), (5, 1, 6, 40, 40)),
    *((3, 2, 6, 40, 80), (3, 1, 6, 80, 80), (3, 1, 6, 80, 80)),
    *((5, 1, 6, 80, 112), (5, 1, 6, 112, 112), (5, 1, 6, 112, 112)),
    *((5, 2, 6, 112, 192), (5, 1, 6, 192, 192), (5, 1, 6, 192, 192), (5, 1, 6, 192, 192)),
    (3, 1, 6, 192, 320),
)
_ENDS = (5, 11, 16)  # the last blocks (counted from 1) of strides 8, 16 and 32


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3)


def _same(inputs: int, outputs: int, kernel: int, stride: int, groups: int = 1) -> nn.Sequential:
    """Convolution with TensorFlow's padding for even sizes: the extra pixel is right and below."""
    if stride == 1:
        return nn.Sequential(nn.Identity(), conv(inputs, outputs, kernel, 1, groups))
    before, after = (kernel - 2) // 2, (kernel - 1) // 2
    plain = nn.Conv2d(inputs, outputs, kernel, stride, groups=groups, bias=False)
    return nn.Sequential(nn.ZeroPad2d((before, after, before, after)), plain)


class Block(nn.Module):
    """Inverted bottleneck: 1x1 expansion, depthwise, 1x1 projection; residual where the shapes are equal."""

    def __init__(self, kernel: int, stride: int, expansion: int, inputs: int, outputs: int) -> None:
        super().__init__()
        inner = inputs * expansion
        widen = [conv(inputs, inner), _norm(inner), nn.ReLU6(inplace=True)] if expansion > 1 else []
        self.body = nn.Sequential(
            *widen,
            *(_same(inner, inner, kernel, stride, inner), _norm(inner), nn.ReLU6(inplace=True)),
            *(conv(inner, outputs), _norm(outputs)),
        )
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        """[N, inputs, H, W] to [N, outputs, H/stride, W/stride]."""
        out: Tensor = self.body(x)
        return x + out if self.residual else out


class EfficientNetLite0(nn.Module):
    """The network without its classifier; `channels` at strides 8, 16 and 32."""

    def __init__(self, width: float = 1.0) -> None:
        super().__init__()
        stem = scaled(32, width)
        self.stem = nn.Sequential(_same(3, stem, 3, 2), _norm(stem), nn.ReLU6(inplace=True))
        self.blocks = nn.ModuleList(
            Block(kernel, stride, expansion, scaled(inputs, width), scaled(outputs, width))
            for kernel, stride, expansion, inputs, outputs in _BLOCKS
        )
        at8, at16, at32 = (scaled(_BLOCKS[end - 1][4], width) for end in _ENDS)
        self.channels = (at8, at16, at32)

    def forward(self, frame: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """[N, 3, H, W], BGR, to features at strides 8, 16 and 32."""
        x = self.stem(frame)
        features = []
        for index, block in enumerate(self.blocks, 1):
            x = block(x)
            if index in _ENDS:
                features.append(x)
        at8, at16, at32 = features
        return at8, at16, at32
