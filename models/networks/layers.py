"""The base class of all networks, their outputs, and small layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

# The data set of the weights that Backdrop ships: `../shared/data` plus what `models.label` and
# `models.correct` add, the alphas of `models.fuse`, and the rooms of `../shared/data2` that are not held out.
TRAINING_LICENSE = "research use (two of its training sets are for research only)"
TRAINING_DATA = (
    "EG1800, CelebAMask-HQ, Clothing Co-Parsing, HaGRID; 5523 photos, 1923 rooms; edges of labels by IS-Net"
)

SIZE_MULTIPLE = 32
"""Height and width of a network's input are multiples of this."""

Activation = Callable[[int], nn.Module]


class Outputs(NamedTuple):
    """The outputs of a network.

    logits: [N, 2, H, W], background then person, at the size of the input.
    auxiliary: more logits [N, 2, h, w] for the loss only, at any smaller size; empty in eval mode.
    outline: logits [N, 1, h, w] of the person's outline, for the detail loss; None in eval mode.
    features: of the backbone, [N, C, h, w] at strides 8, 16 and 32, for hints; empty in eval mode.
    """

    logits: Tensor
    auxiliary: tuple[Tensor, ...] = ()
    outline: Tensor | None = None
    features: tuple[Tensor, ...] = ()


class Network(nn.Module):
    """Base class of all networks.

    Input: float BGR [N, 3, H, W], normalised by (pixel - mean) / std; H and W are multiples of 32. mean and
    std are in units of a uint8 pixel, one per channel, B G R; export writes them into the graph. title,
    license, trained_on and working_pixels (height times width of the usual input) go into the metadata.
    float_parts: modules, as "backbone.blocks.0", that stay in floating point when the rest goes to 8 bits.
    """

    title = ""
    license = TRAINING_LICENSE
    trained_on = TRAINING_DATA
    working_pixels = 160 * 288
    float_parts: tuple[str, ...] = ()
    mean: tuple[float, float, float] = (108.0, 112.0, 120.0)
    std: tuple[float, float, float] = (64.0, 64.0, 66.0)

    def forward(self, frame: Tensor) -> Outputs:
        """Compute the outputs of one batch."""
        raise NotImplementedError

    def normalise(self, pixels: Tensor) -> Tensor:
        """Convert BGR [N, H, W, 3], uint8 or float 0 to 255, to the network's input, float [N, 3, H, W]."""
        # Transposed before the arithmetic: with an innermost axis of three values, onnxruntime would spend a
        # third of SINet's time here.
        planes = pixels.permute(0, 3, 1, 2).to(torch.float32)
        mean = torch.tensor(self.mean, device=pixels.device)[:, None, None]
        scale = 1 / torch.tensor(self.std, device=pixels.device)[:, None, None]
        return (planes - mean) * scale

    def count_parameters(self) -> int:
        """Return the number of learnable values, without the running statistics of batch norm."""
        return sum(p.numel() for p in self.parameters())


def relu(channels: int) -> nn.Module:
    """ReLU; `channels` is unused, so that `relu` and `prelu` are interchangeable."""
    return nn.ReLU(inplace=True)


def prelu(channels: int) -> nn.Module:
    """PReLU with one slope per channel."""
    return nn.PReLU(channels)


def conv(inputs: int, outputs: int, kernel: int = 1, stride: int = 1, groups: int = 1) -> nn.Conv2d:
    """Convolution without bias; the padding keeps the size at stride 1."""
    return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)


class PooledNorm(nn.BatchNorm2d):
    """Batch norm of pooled values [N, C, 1, 1] that also trains on a batch of one.

    A single value has no variance, so the running statistics are used instead and are not updated.
    """

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, H, W] to the same shape."""
        if self.training and x.numel() == self.num_features:
            return nn.functional.batch_norm(
                x, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps
            )
        return super().forward(x)


def shuffle_channels(x: Tensor, groups: int) -> Tensor:
    """Interleave the channels of `groups` equal parts of [N, C, H, W], as ShuffleNet does."""
    if x.is_contiguous(memory_format=torch.channels_last):
        # Keeps the memory layout: the layers that follow train faster in channels_last.
        pixels = x.permute(0, 2, 3, 1)
        shape = pixels.shape
        mixed = pixels.reshape(*shape[:3], groups, shape[3] // groups).transpose(3, 4).reshape(shape)
        return mixed.permute(0, 3, 1, 2)
    # One gather makes SINet a tenth faster in onnxruntime than reshape, transpose, reshape.
    order = torch.arange(int(x.shape[1]), device=x.device).reshape(groups, -1).T.flatten()
    return x.index_select(1, order)


def upsample(x: Tensor, factor: int) -> Tensor:
    """Enlarge [N, C, H, W] by `factor`, bilinear with aligned corners."""
    return nn.functional.interpolate(x, scale_factor=float(factor), mode="bilinear", align_corners=True)
