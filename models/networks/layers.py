"""What all networks share: the shape of their outputs, and small blocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

# What our own weights are trained on: `../shared/data`, with what `models.label` and `models.correct` add.
OUR_LICENSE = "research use (two of its training sets are for research only)"
OUR_DATA = "EG1800, CelebAMask-HQ, Clothing Co-Parsing, HaGRID; 5523 photos, 311 rooms"

Activation = Callable[[int], nn.Module]


class Outputs(NamedTuple):
    """What a network returns.

    logits: [N, 2, H, W], background then person, at the size of the input.
    auxiliary: further logits [N, 2, h, w] that only the loss sees, at any smaller size; empty in eval mode.
    outline: logits [N, 1, h, w] of the person's outline, for the detail loss; None in eval mode.
    features: of the backbone, [N, C, h, w] at strides 8, 16 and 32, for hints; empty in eval mode.
    """

    logits: Tensor
    auxiliary: tuple[Tensor, ...] = ()
    outline: Tensor | None = None
    features: tuple[Tensor, ...] = ()


class Network(nn.Module):
    """Base of every network: float BGR [N, 3, H, W], (pixel - mean) / std, multiples of 32, to `Outputs`.

    mean and std are in units of a uint8 pixel, one per channel, B G R. Export writes them into the graph, and
    the rest into the file's metadata: title (for people), licence and training data in a few words, and how
    many pixels the network is meant to see.
    """

    title = ""
    license = OUR_LICENSE
    trained_on = OUR_DATA
    working_pixels = 160 * 288
    mean: tuple[float, float, float] = (108.0, 112.0, 120.0)
    std: tuple[float, float, float] = (64.0, 64.0, 66.0)

    def forward(self, frame: Tensor) -> Outputs:
        """Logits of one batch; see `Outputs`."""
        raise NotImplementedError

    def normalise(self, pixels: Tensor) -> Tensor:
        """uint8 (or float 0..255) BGR [N, H, W, 3] to this network's input, float [N, 3, H, W]."""
        # Channels first before the sums: with three values as the innermost axis onnxruntime would spend a
        # third of SINet's time on them.
        planes = pixels.permute(0, 3, 1, 2).to(torch.float32)
        mean = torch.tensor(self.mean, device=pixels.device)[:, None, None]
        scale = 1 / torch.tensor(self.std, device=pixels.device)[:, None, None]
        return (planes - mean) * scale

    def count_parameters(self) -> int:
        """Number of learnt values, batch norm's running statistics not counted."""
        return sum(p.numel() for p in self.parameters())


def relu(channels: int) -> nn.Module:
    """ReLU; `channels` is there so that it stands where `prelu` can."""
    return nn.ReLU(inplace=True)


def prelu(channels: int) -> nn.Module:
    """PReLU with one slope per channel."""
    return nn.PReLU(channels)


def conv(inputs: int, outputs: int, kernel: int = 1, stride: int = 1, groups: int = 1) -> nn.Conv2d:
    """Convolution without bias, padded so that stride 1 keeps the size."""
    return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)


class PooledNorm(nn.BatchNorm2d):
    """Batch norm of pooled values [N, C, 1, 1], also in training on a batch of one.

    A single value has no variance: what running statistics know stands in then, and they learn nothing.
    """

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, H, W] to the same shape."""
        if self.training and x.numel() == self.num_features:
            return nn.functional.batch_norm(
                x, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps
            )
        return super().forward(x)


def shuffle_channels(x: Tensor, groups: int) -> Tensor:
    """Interleave the channels of `groups` equal parts of [N, C, H, W], so that grouped convolutions mix."""
    if x.is_contiguous(memory_format=torch.channels_last):
        # Keeps the layout: else all that follows would train in the slower one.
        pixels = x.permute(0, 2, 3, 1)
        shape = pixels.shape
        mixed = pixels.reshape(*shape[:3], groups, shape[3] // groups).transpose(3, 4).reshape(shape)
        return mixed.permute(0, 3, 1, 2)
    # One gather: in onnxruntime a tenth of the whole network faster than reshape, transpose, reshape.
    order = torch.arange(int(x.shape[1]), device=x.device).reshape(groups, -1).T.flatten()
    return x.index_select(1, order)


def upsample(x: Tensor, factor: int) -> Tensor:
    """Bilinear enlargement of [N, C, H, W] by `factor`, corners aligned."""
    return nn.functional.interpolate(x, scale_factor=float(factor), mode="bilinear", align_corners=True)
