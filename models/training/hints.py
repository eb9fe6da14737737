"""Feature hints: a network learns to compute what the backbone of another computes.

Romero et al., "FitNets: hints for thin deep nets", ICLR 2015 (arXiv 1412.6550), section 2.2. Labels have no
part in this loss. The adapters learn with the network, stay with its run, and are never exported.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.networks.layers import Network
from models.training import checkpoint

Features = tuple[Tensor, ...]  # [N, C, h, w] at strides 8, 16 and 32
Hints = Callable[[Tensor], Features]  # frames, uint8 [N, H, W, 3] BGR -> features to be matched, float32


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


def make_adapters(own: Sequence[int], wanted: Sequence[int]) -> nn.ModuleList:
    """One 1x1 convolution per stride: [N, own, h, w] to [N, wanted, h, w]."""
    return nn.ModuleList(nn.Conv2d(a, b, 1) for a, b in zip(own, wanted, strict=True))


def hint_loss(matched: Sequence[Tensor], wanted: Sequence[Tensor]) -> Tensor:
    """Mean over strides of the smooth L1 distance; both are [N, C, h, w] per stride.

    The wanted features are first brought to mean 0 and deviation 1 per channel of the batch, so that no
    stride and no channel outweighs the others. The paper has the squared distance; this one minds outliers
    less.
    """
    losses = []
    for found, target in zip(matched, wanted, strict=True):
        mean = target.mean((0, 2, 3), keepdim=True)
        spread = target.std((0, 2, 3), keepdim=True, unbiased=False) + 1e-3
        losses.append(functional.smooth_l1_loss(found.float(), (target - mean) / spread))
    return torch.stack(losses).mean()
