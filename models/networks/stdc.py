"""STDC, a successor of BiSeNet: the stride-8 stage of the backbone replaces the spatial path.

Fan et al., "Rethinking BiSeNet for real-time semantic segmentation", CVPR 2021; arXiv 2104.13188.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from models.networks.blocks import (
    Context,
    FeatureFusion,
    conv_norm,
    enlarge,
    head,
    logits_from_margin,
    margin,
    margin_to_frame,
    scaled,
)
from models.networks.boundary_refinement import Refinement
from models.networks.layers import TRAINING_DATA, Network, Outputs

STDC1 = (2, 2, 2)  # number of modules at strides 8, 16 and 32
STDC2 = (4, 5, 3)


class ShortTermConcatenate(nn.Module):
    """STDC module: a chain of a 1x1 and three 3x3 convolutions, all outputs concatenated (section 3.1).

    The four give a half, a quarter, an eighth and an eighth of the channels.
    """

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        half, quarter, eighth = outputs // 2, outputs // 4, outputs // 8
        self.first = conv_norm(inputs, half)
        self.second = conv_norm(half, quarter, 3, stride)
        self.third = conv_norm(quarter, eighth, 3)
        self.fourth = conv_norm(eighth, eighth, 3)
        self.pool = nn.AvgPool2d(3, 2, 1) if stride == 2 else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """[N, inputs, H, W] to [N, outputs, H/stride, W/stride]."""
        first = self.first(x)
        second = self.second(first)
        third = self.third(second)
        return torch.cat([self.pool(first), second, third, self.fourth(third)], 1)


class Backbone(nn.Module):
    """Two convolutions of stride 2, then three stages of STDC modules (section 3.2, table 1).

    modules: their number at strides 8, 16 and 32. `channels`: output channels of these stages.
    """

    def __init__(self, modules: tuple[int, int, int], width: float = 1.0) -> None:
        super().__init__()
        first, before = scaled(32, width), scaled(64, width)
        self.stem = nn.Sequential(conv_norm(3, first, 3, 2), conv_norm(first, before, 3, 2))
        self.channels = (scaled(256, width), scaled(512, width), scaled(1024, width))
        self.stages = nn.ModuleList()
        for outputs, count in zip(self.channels, modules, strict=True):
            more = [ShortTermConcatenate(outputs, outputs, 1) for _ in range(count - 1)]
            self.stages.append(nn.Sequential(ShortTermConcatenate(before, outputs, 2), *more))
            before = outputs

    def forward(self, frame: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """[N, 3, H, W] to features at strides 2, 4, 8, 16 and 32."""
        at2 = self.stem[0](frame)
        at4 = self.stem[1](at2)
        at8 = self.stages[0](at4)
        at16 = self.stages[1](at8)
        return at2, at4, at8, at16, self.stages[2](at16)


class Stdc(Network):
    """The complete network (section 3.2 and figure 4).

    modules: `STDC1` or `STDC2`. width: factor on all channel counts. In training mode the outputs also hold
    auxiliary logits at strides 16 and 8 and outline logits at stride 8 for the detail loss (section 3.3).
    refined: channels of the boundary refinement from stride 8 to stride 2, which the paper does not have;
    0 for none.
    """

    def __init__(self, modules: tuple[int, int, int], width: float = 1.0, refined: int = 0) -> None:
        super().__init__()
        narrow, wide, fused = scaled(64, width), scaled(128, width), scaled(256, width)
        self.backbone = Backbone(modules, width)
        at8, at16, at32 = self.backbone.channels
        self.context = Context(at16, at32, wide)
        self.fusion = FeatureFusion(at8 + wide, fused, 4)
        self.classify = head(fused, fused)
        self.classify16, self.classify8 = head(wide, narrow), head(wide, narrow)
        self.outline = head(at8, narrow, 1)
        stem = (scaled(64, width), scaled(32, width))  # strides 4 and 2
        self.refine = Refinement(fused, stem, refined) if refined else None

    def forward(self, frame: Tensor) -> Outputs:
        """Compute the outputs of one batch; see `Network`."""
        at2, at4, at8, at16, at32 = self.backbone(frame)
        middle, fine = self.context(at16, at32)
        features = self.classify[:-1](self.fusion(torch.cat([at8, fine], 1)))
        logits = self.classify[-1](features)
        if self.refine is not None:
            logits = logits_from_margin(enlarge(self.refine(margin(logits), features, (at4, at2)), 2))
        else:
            logits = enlarge(logits) if self.training else margin_to_frame(logits)
        if not self.training:
            return Outputs(logits)
        auxiliary = (self.classify16(middle), self.classify8(fine))
        return Outputs(logits, auxiliary, self.outline(at8), (at8, at16, at32))


def stdc1(width: float = 1.0) -> Stdc:
    """STDC1-Seg, as published."""
    return Stdc(STDC1, width)


def stdc2(width: float = 1.0) -> Stdc:
    """STDC2-Seg, as published."""
    return Stdc(STDC2, width)


def stdc(width: float = 0.5, refined: int = 0) -> Stdc:
    """The `stdc` of this project: STDC2-Seg at half width.

    On one thread at 160x288, width 1/2 takes 2.8 times as long as MediaPipe landscape and 3/4 takes 6.1 times
    (STDC1: 4.4). On a CPU, width 1/2 trains on almost three times as many photos per second as width 3/4.
    `refined` is 0 by default, so that older checkpoints fit; `models/checkpoints/stdc.pt` has 16.
    """
    network = Stdc(STDC2, width, refined)
    network.title = "STDC (best)"
    network.trained_on = f"{TRAINING_DATA}; hints by bisenet_large"
    return network
