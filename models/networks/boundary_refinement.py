"""Boundary refinement: upsample a stride-8 mask stage by stage with the help of fine features.

Similar to RefineMask (Zhang et al., CVPR 2021; arXiv 2104.08239, sections 3.1 and 3.2): each stage doubles
the size and corrects the mask from fine features and the features of the stage before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor, nn

from models.networks.blocks import double, enlarge
from models.networks.layers import conv, relu

if TYPE_CHECKING:
    from collections.abc import Sequence


class Stage(nn.Module):
    """Double the size of a mask and add a correction computed from coarse and fine features."""

    def __init__(self, coarse: int, fine: int, inner: int) -> None:
        super().__init__()
        self.coarse = nn.Sequential(conv(coarse, inner), nn.BatchNorm2d(inner))
        self.fine = nn.Sequential(conv(fine, inner), nn.BatchNorm2d(inner))
        self.mix = nn.Sequential(relu(inner), conv(inner, inner, 3), nn.BatchNorm2d(inner), relu(inner))
        self.correction = nn.Conv2d(inner, 1, 1, bias=False)
        # Zero weights make the stage a plain enlargement, so it can be added to a trained network at no loss.
        nn.init.zeros_(self.correction.weight)

    def forward(self, margin: Tensor, coarse: Tensor, fine: Tensor) -> tuple[Tensor, Tensor]:
        """Margins [N, 1, h, w], features [N, coarse, h, w] and [N, fine, 2h, 2w] to twice the size."""
        # The 1x1 convolution before the enlargement gives the same values on a quarter of the pixels.
        mixed: Tensor = self.mix(double(self.coarse(coarse)) + self.fine(fine))
        return enlarge(margin, 2) + self.correction(mixed), mixed


class Refinement(nn.Module):
    """Stages from stride 8 to the stride of the finest features.

    coarse: channels of the head's features at stride 8. fine: channels of the features at strides 4, 2, ...
    """

    def __init__(self, coarse: int, fine: Sequence[int], inner: int) -> None:
        super().__init__()
        befores = [coarse, *(inner for _ in fine[1:])]
        self.stages = nn.ModuleList(
            Stage(before, channels, inner) for before, channels in zip(befores, fine, strict=True)
        )

    def forward(self, margin: Tensor, coarse: Tensor, fine: Sequence[Tensor]) -> Tensor:
        """Margins [N, 1, h, w] and features at stride 8, fine features: margins at the finest stride."""
        for stage, features in zip(self.stages, fine, strict=True):
            margin, coarse = stage(margin, coarse, features)
        return margin
