"""SINet: extreme lightweight portrait segmentation (Park et al., WACV 2020; arXiv 1911.09099)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from models.networks.layers import Activation, Network, Outputs, conv, prelu, relu, shuffle_channels, upsample

EPS = 1e-3

BlockSize = tuple[int, int]  # side of the depthwise kernel (K), side of the pooling (k)
Pair = tuple[BlockSize, BlockSize]
SHALLOW: tuple[Pair, ...] = (((3, 1), (5, 1)), ((3, 1), (3, 1)))
DEEP: tuple[Pair, ...] = (
    ((3, 1), (5, 1)),
    ((3, 1), (3, 1)),
    ((5, 1), (3, 2)),
    ((5, 2), (3, 4)),
    ((3, 1), (3, 1)),
    ((5, 1), (5, 1)),
    ((3, 2), (3, 4)),
    ((3, 1), (5, 2)),
)


def norm(channels: int) -> nn.BatchNorm2d:
    """Batch norm with the published epsilon."""
    return nn.BatchNorm2d(channels, eps=EPS)


class SqueezeExcite(nn.Module):
    """Squeeze-excite without a sigmoid: scale each channel by a learnt function of all channel means.

    As in the published weights, reduction 1 has one linear layer, any other reduction two. The PReLUs stay in
    the ReLU network too: they cost nothing there, and ReLU could disable a channel for good.
    """

    def __init__(self, channels: int, reduction: int) -> None:
        super().__init__()
        inner = channels // reduction
        self.dense = nn.Sequential(nn.Linear(channels, inner), nn.PReLU(inner))
        if reduction > 1:
            self.dense.extend([nn.Linear(inner, channels), nn.PReLU(channels)])

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, H, W] to the same shape."""
        scale: Tensor = self.dense(x.mean((2, 3)))
        return x * scale[:, :, None, None]


class Downsample(nn.Module):
    """Depthwise convolution of stride 2, squeeze-excite, pointwise convolution, batch norm, activation."""

    def __init__(self, inputs: int, outputs: int, reduction: int, activation: Activation) -> None:
        super().__init__()
        self.depthwise = conv(inputs, inputs, 3, stride=2, groups=inputs)
        self.excite = SqueezeExcite(inputs, reduction)
        self.pointwise = conv(inputs, outputs)
        self.norm = norm(outputs)
        self.activation = activation(outputs)

    def forward(self, x: Tensor) -> Tensor:
        """[N, inputs, H, W] to [N, outputs, H/2, W/2]."""
        out: Tensor = self.activation(self.norm(self.pointwise(self.excite(self.depthwise(x)))))
        return out


class S2Block(nn.Module):
    """Spatial squeeze block (section 3.1): pool by k, depthwise KxK, pointwise, upsample by k."""

    def __init__(self, channels: int, kernel: int, pool: int, activation: Activation) -> None:
        super().__init__()
        self.pool = pool
        self.depthwise = conv(channels, channels, kernel, groups=channels)
        self.norm1 = norm(channels)
        self.activation = activation(channels)
        self.pointwise = conv(channels, channels)
        self.norm2 = norm(channels)

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, H, W] to the same shape; H and W are multiples of k."""
        if self.pool > 1:
            x = nn.functional.avg_pool2d(x, self.pool)
        x = self.pointwise(self.activation(self.norm1(self.depthwise(x))))
        if self.pool > 1:
            x = upsample(x, self.pool)
        out: Tensor = self.norm2(x)
        return out


class S2Module(nn.Module):
    """Two parallel S2-blocks on a grouped, shuffled half of the channels (section 3.1)."""

    def __init__(self, inputs: int, outputs: int, blocks: Pair, activation: Activation) -> None:
        super().__init__()
        half = outputs // 2
        self.residual = inputs == outputs
        self.reduce = conv(inputs, half, groups=2)
        self.left = S2Block(half, *blocks[0], activation)
        self.right = S2Block(half, *blocks[1], activation)
        self.norm = norm(outputs)
        self.activation = activation(outputs)

    def forward(self, x: Tensor) -> Tensor:
        """[N, inputs, H, W] to [N, outputs, H, W]."""
        half = shuffle_channels(self.reduce(x), 2)
        joined = torch.cat([self.left(half), self.right(half)], 1)
        if self.residual:
            joined = joined + x
        out: Tensor = self.activation(self.norm(joined))
        return out


def _group(inputs: int, outputs: int, pairs: tuple[Pair, ...], activation: Activation) -> nn.Sequential:
    sizes = [inputs] + [outputs] * (len(pairs) - 1)
    modules = [S2Module(size, outputs, pair, activation) for size, pair in zip(sizes, pairs, strict=True)]
    return nn.Sequential(*modules)


class Encoder(nn.Module):
    """Three layers of stride 2 and ten S2-modules (section 3.1 and table 2)."""

    def __init__(self, activation: Activation) -> None:
        super().__init__()
        self.stem = nn.Sequential(conv(3, 12, 3, stride=2), norm(12), activation(12))
        self.down2 = Downsample(12, 16, 1, activation)
        self.level2 = _group(16, 48, SHALLOW, activation)
        self.join2 = nn.Sequential(norm(64), activation(64))
        self.down3 = Downsample(64, 48, 2, activation)
        self.level3 = _group(48, 96, DEEP, activation)
        self.join3 = nn.Sequential(norm(144), activation(144))
        self.classify = conv(144, 2)

    def forward(self, frame: Tensor) -> tuple[Tensor, Tensor]:
        """[N, 3, H, W] to logits [N, 2, H/8, W/8] and features [N, 48, H/4, W/4]."""
        low = self.down2(self.stem(frame))
        features: Tensor = self.level2(low)
        low = self.down3(self.join2(torch.cat([low, features], 1)))
        deep = self.join3(torch.cat([low, self.level3(low)], 1))
        logits: Tensor = self.classify(deep)
        return logits, features


class SINet(Network):
    """SINet with its information blocking decoder (section 3.2): detail is added where confidence is low.

    activation: `prelu` as published, or `relu`, which takes about half the time in onnxruntime on a CPU,
    where PReLU is neither fused nor vectorised. The auxiliary output is the encoder's logits at stride 8.
    """

    def __init__(self, activation: Activation) -> None:
        super().__init__()
        self.encoder = Encoder(activation)
        self.norm8 = norm(2)
        self.detail = nn.Sequential(conv(48, 2), norm(2), activation(2))
        self.norm4 = norm(2)
        self.classify = conv(2, 2, 3)

    def forward(self, frame: Tensor) -> Outputs:
        """Compute the outputs of one batch; see `Network`."""
        coarse, features = self.encoder(frame)
        logits: Tensor = self.norm8(upsample(coarse, 2))
        confidence = logits.softmax(1).amax(1, keepdim=True)
        logits = logits + self.detail(features) * (1 - confidence)
        logits = self.classify(upsample(self.norm4(upsample(logits, 2)), 2))
        return Outputs(logits, (coarse,) if self.training else ())


def sinet() -> SINet:
    """The `sinet` that Backdrop ships: SINet with ReLU."""
    network = SINet(relu)
    network.title = "SINet (fast)"
    return network


def sinet_published() -> SINet:
    """SINet with PReLU and the input normalisation of its published weights."""
    network = SINet(prelu)
    network.title = "SINet (published weights)"
    network.license = "MIT"
    network.trained_on = "EG1800 and about 10 K photos with masks by a teacher (Park et al.)"
    network.working_pixels = 320 * 320
    network.mean = (107.304565, 115.69884, 132.35703)
    network.std = (63.97182 * 255, 65.1337 * 255, 68.29726 * 255)
    return network
