"""Boundary refinement: a mask of stride 8 made finer step by step from features that still know the edges.

In the spirit of RefineMask (Zhang et al., CVPR 2021; arXiv 2104.08239, sections 3.1 and 3.2): each stage has
twice the size, sees fine features beside what the stage before it understood, and corrects its mask.
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from models.networks.blocks import double, enlarge
from models.networks.layers import conv, relu


class Stage(nn.Module):
    """Doubles a mask: its enlargement plus a correction from fine features."""

    def __init__(self, coarse: int, fine: int, inner: int) -> None:
        super().__init__()
        self.coarse = nn.Sequential(conv(coarse, inner), nn.BatchNorm2d(inner))
        self.fine = nn.Sequential(conv(fine, inner), nn.BatchNorm2d(inner))
        self.mix = nn.Sequential(relu(inner), conv(inner, inner, 3), nn.BatchNorm2d(inner), relu(inner))
        self.correction = nn.Conv2d(inner, 1, 1, bias=False)
        # It begins as plain enlargement: weights learnt without it lose nothing when it is added.
        nn.init.zeros_(self.correction.weight)

    def forward(self, margin: Tensor, understood: Tensor, fine: Tensor) -> tuple[Tensor, Tensor]:
        """Margins [N, 1, h, w], features [N, coarse, h, w] and [N, fine, 2h, 2w]; the first two, doubled."""
        # 1x1 before the enlargement: the same sums on a quarter of the pixels.
        mixed: Tensor = self.mix(double(self.coarse(understood)) + self.fine(fine))
        return enlarge(margin, 2) + self.correction(mixed), mixed


class Refinement(nn.Module):
    """Stages from stride 8 to that of the finest features.

    coarse: channels of what the head understood at stride 8. fine: of the features at strides 4, 2, ...
    """

    def __init__(self, coarse: int, fine: Sequence[int], inner: int) -> None:
        super().__init__()
        befores = [coarse, *(inner for _ in fine[1:])]
        self.stages = nn.ModuleList(
            Stage(before, channels, inner) for before, channels in zip(befores, fine, strict=True)
        )

    def forward(self, margin: Tensor, understood: Tensor, fine: Sequence[Tensor]) -> Tensor:
        """Margins [N, 1, h, w] and features at stride 8, features at 4, 2, ...: the finest's margins."""
        for stage, features in zip(self.stages, fine, strict=True):
            margin, understood = stage(margin, understood, features)
        return margin
