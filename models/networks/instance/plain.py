"""The mask head of Mask R-CNN (1703.06870, figure 4, right): four convolutions at 14x14, then 28x28."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor, nn

from models.networks.blocks import conv_norm
from models.networks.instance.network import (
    CHANNELS,
    InstanceNetwork,
    MaskHead,
    MaskOutputs,
    flat,
    initialise,
)
from models.networks.instance.roi_align import pyramid_align

if TYPE_CHECKING:
    from models.networks.instance.pyramid import Features

_POOLED = 14


class PlainHead(MaskHead):
    """The plain mask head, with batch norm, which the paper lacks and a short training needs."""

    sizes = (28,)

    def __init__(self, channels: int = CHANNELS) -> None:
        super().__init__()
        self.body = nn.Sequential(
            *(conv_norm(channels, channels, 3) for _ in range(4)),
            *(nn.ConvTranspose2d(channels, channels, 2, 2), nn.ReLU(inplace=True)),
            nn.Conv2d(channels, 1, 1),
        )
        initialise(self)

    def forward(self, features: Features, boxes: Tensor) -> MaskOutputs:
        """Logits for boxes [N, K, 4]."""
        return MaskOutputs((self.body(flat(pyramid_align(features.levels, boxes, _POOLED))),))


def mask_rcnn() -> InstanceNetwork:
    """Mask R-CNN."""
    network = InstanceNetwork(PlainHead())
    network.title = "Mask R-CNN"
    return network
