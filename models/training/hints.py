"""Feature hints: train a network to compute the backbone features of another.

Romero et al., "FitNets: hints for thin deep nets", ICLR 2015 (arXiv 1412.6550), section 2.2. The loss
needs no labels. The adapters are trained with the network, stored in its checkpoints and never exported.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.training import checkpoint

if TYPE_CHECKING:
    from models.networks.layers import Network

Features = tuple[Tensor, ...]  # [N, C, h, w] at strides 8, 16 and 32
Hints = Callable[[Tensor], Features]  # frames, uint8 [N, H, W, 3] BGR -> features to match, float32


def read_hints(path: str, device: torch.device, dtype: torch.dtype) -> tuple[Hints, tuple[int, ...]]:
    """The backbone of a checkpoint as a function, and its channels at strides 8, 16 and 32.

    dtype: float32, or bfloat16 for autocast. Raises CheckpointError.
    """
    network = checkpoint.restore(checkpoint.load(Path(path)))
    network = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]

    def hints(frames: Tensor) -> Features:
        with torch.no_grad(), torch.autocast(device.type, torch.bfloat16, dtype == torch.bfloat16):
            features: Features = network.backbone(network.normalise(frames))[-3:]
        return tuple(feature.float() for feature in features)

    return hints, backbone_channels(network)


def backbone_channels(network: Network) -> tuple[int, ...]:
    """Channels of a network's backbone at strides 8, 16 and 32. Raises CheckpointError if it has none."""
    channels = getattr(getattr(network, "backbone", None), "channels", None)
    if channels is None:
        raise checkpoint.CheckpointError(
            f"{type(network).__name__} has no backbone, so no features for hints"
        )
    return tuple(channels)


def make_adapters(channels: Sequence[int], hint_channels: Sequence[int]) -> nn.ModuleList:
    """One 1x1 convolution per stride: [N, channels, h, w] to [N, hint_channels, h, w]."""
    return nn.ModuleList(nn.Conv2d(a, b, 1) for a, b in zip(channels, hint_channels, strict=True))


def hint_loss(matched: Sequence[Tensor], hints: Sequence[Tensor]) -> Tensor:
    """Mean over strides of the smooth L1 distance; both are [N, C, h, w] per stride.

    The hints are first normalised to mean 0 and deviation 1 per channel of the batch, so that all strides
    and channels have equal weight. The paper uses the squared distance; smooth L1 is less sensitive to
    outliers.
    """
    losses = []
    for features, target in zip(matched, hints, strict=True):
        mean = target.mean((0, 2, 3), keepdim=True)
        spread = target.std((0, 2, 3), keepdim=True, unbiased=False) + 1e-3
        losses.append(functional.smooth_l1_loss(features.float(), (target - mean) / spread))
    return torch.stack(losses).mean()
