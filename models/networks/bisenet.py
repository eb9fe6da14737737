"""BiSeNet: bilateral segmentation network (Yu et al., ECCV 2018; arXiv 1808.00897).

Channel counts that the paper does not give are taken from the authors' code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from models.networks.blocks import (
    Context,
    FeatureFusion,
    Residual,
    conv_norm,
    enlarge,
    head,
    logits_from_margin,
    margin,
    margin_to_frame,
    projection,
    scaled,
)
from models.networks.boundary_refinement import Refinement
from models.networks.efficientnet import FLOAT_PARTS, IMAGENET_MEAN, IMAGENET_STD, EfficientNetLite0
from models.networks.layers import TRAINING_DATA, Network, Outputs, conv, relu

if TYPE_CHECKING:
    from collections.abc import Callable


class Separable(nn.Module):
    """3x3 depthwise convolution, then 1x1 convolution, each followed by batch norm."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.depthwise = nn.Sequential(conv(inputs, inputs, 3, stride, inputs), nn.BatchNorm2d(inputs))
        self.pointwise = nn.Sequential(conv(inputs, outputs), nn.BatchNorm2d(outputs))

    def forward(self, x: Tensor) -> Tensor:
        """[N, inputs, H, W] to [N, outputs, H/stride, W/stride]."""
        out: Tensor = self.pointwise(self.depthwise(x))
        return out


class XceptionBlock(Residual):
    """Three separable convolutions, the last with four times the channels, and a residual connection.

    At stride 2 the residual connection is a projection.
    """

    def __init__(self, inputs: int, inner: int, stride: int) -> None:
        outputs = 4 * inner
        body = nn.Sequential(
            *(Separable(inputs, inner, stride), relu(inner), Separable(inner, inner), relu(inner)),
            Separable(inner, outputs),
        )
        super().__init__(body, None if stride == 1 else Separable(inputs, outputs, stride))


class ResidualBlock(Residual):
    """ResNet block: two 3x3 convolutions and a residual connection."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        body = nn.Sequential(
            *conv_norm(inputs, outputs, 3, stride), conv(outputs, outputs, 3), nn.BatchNorm2d(outputs)
        )
        super().__init__(body, projection(inputs, outputs, stride))


class Backbone(nn.Module):
    """A stem of stride 4 and stages down to stride 32; `channels` at strides 8, 16 and 32."""

    def __init__(self, stem: nn.Module, stages: list[nn.Module], channels: tuple[int, int, int]) -> None:
        super().__init__()
        self.stem = stem
        self.stages = nn.ModuleList(stages)
        self.channels = channels

    def forward(self, frame: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """[N, 3, H, W] to features at strides 8, 16 and 32."""
        x = self.stem(frame)
        features = []
        for stage in self.stages:
            x = stage(x)
            features.append(x)
        at8, at16, at32 = features
        return at8, at16, at32


def _stem(channels: int, kernel: int) -> nn.Sequential:
    return nn.Sequential(*conv_norm(3, channels, kernel, 2), nn.MaxPool2d(3, 2, 1))


def xception39(width: float = 1.0) -> Backbone:
    """Xception39: stages of 4, 8 and 4 blocks; 16, 32 and 64 inner, 64, 128 and 256 output channels."""
    before = scaled(8, width)
    stem, stages, channels = _stem(before, 3), [], []
    for published, count in ((16, 4), (32, 8), (64, 4)):
        inner = scaled(published, width)
        blocks = [
            XceptionBlock(before, inner, 2),
            *(XceptionBlock(4 * inner, inner, 1) for _ in range(count - 1)),
        ]
        before = 4 * inner
        stages.append(nn.Sequential(*blocks))
        channels.append(before)
    return Backbone(stem, list(stages), (channels[0], channels[1], channels[2]))


def resnet18(width: float = 1.0) -> Backbone:
    """ResNet-18: stages of two blocks with 64, 128, 256 and 512 channels; the first two end at stride 8."""
    sizes = [scaled(published, width) for published in (64, 64, 128, 256, 512)]
    pairs = []
    for before, after, stride in zip(sizes, sizes[1:], (1, 2, 2, 2), strict=False):
        pairs.append(nn.Sequential(ResidualBlock(before, after, stride), ResidualBlock(after, after, 1)))
    stages: list[nn.Module] = [nn.Sequential(pairs[0], pairs[1]), pairs[2], pairs[3]]
    return Backbone(_stem(sizes[0], 7), stages, (sizes[2], sizes[3], sizes[4]))


CONTEXTS: dict[str, Callable[[float], Backbone | EfficientNetLite0]] = {
    "xception39": xception39,
    "resnet18": resnet18,
    "efficientnet_lite0": EfficientNetLite0,
}


class BiSeNet(Network):
    """Spatial path and context path side by side, fused at stride 8 (section 3).

    context: a name in `CONTEXTS`. width: factor on all channel counts. context_width: the factor on those of
    the context path; None means width. refined: channels of the boundary refinement from stride 8 to
    stride 2, which is not in the paper; 0 means none. In training mode the auxiliary outputs are logits of
    the refined context at strides 16 and 8. Raises ValueError for an unknown context.
    """

    def __init__(
        self, context: str, width: float = 1.0, context_width: float | None = None, refined: int = 0
    ) -> None:
        super().__init__()
        if context not in CONTEXTS:
            raise ValueError(f"no context path named {context!r}; there are: {', '.join(CONTEXTS)}")
        narrow, wide, fused = scaled(64, width), scaled(128, width), scaled(256, width)
        # The authors' code uses 7. With 3, the network with refinement takes no longer than without.
        kernel = 3 if refined else 7
        self.spatial = nn.Sequential(
            *(
                conv_norm(3, narrow, kernel, 2),
                conv_norm(narrow, narrow, 3, 2),
                conv_norm(narrow, narrow, 3, 2),
            ),
            conv_norm(narrow, wide),
        )
        self.backbone = CONTEXTS[context](width if context_width is None else context_width)
        self.context = Context(*self.backbone.channels[1:], wide)
        self.fusion = FeatureFusion(2 * wide, fused, 1)
        self.classify = head(fused, narrow)
        self.classify16, self.classify8 = head(wide, fused), head(wide, fused)
        self.refine = Refinement(narrow, (narrow, narrow), refined) if refined else None

    def forward(self, frame: Tensor) -> Outputs:
        """Compute the outputs of one batch; see `Network`."""
        at8, at16, at32 = self.backbone(frame)
        middle, fine = self.context(at16, at32)
        at2 = self.spatial[0](frame)
        at4 = self.spatial[1](at2)
        fused = self.fusion(torch.cat([self.spatial[2:](at4), fine], 1))
        features = self.classify[:-1](fused)
        logits = self.classify[-1](features)
        if self.refine is not None:
            logits = logits_from_margin(enlarge(self.refine(margin(logits), features, (at4, at2)), 2))
        else:
            logits = enlarge(logits) if self.training else margin_to_frame(logits)
        if not self.training:
            return Outputs(logits)
        auxiliary = (self.classify16(middle), self.classify8(fine))
        return Outputs(logits, auxiliary, features=(at8, at16, at32))


def bisenet_xception39(width: float = 1.0) -> BiSeNet:
    """BiSeNet with the Xception39 context path, as published."""
    return BiSeNet("xception39", width)


def bisenet_resnet18(width: float = 1.0) -> BiSeNet:
    """BiSeNet with the ResNet-18 context path, as published."""
    return BiSeNet("resnet18", width)


def bisenet(
    width: float = 0.5,
    context: str = "efficientnet_lite0",
    context_width: float = 1.0,
    refined: int = 16,
) -> BiSeNet:
    """The `bisenet` that Backdrop ships: half width, boundary refinement to stride 2.

    EfficientNet-Lite0 can start from its ImageNet weights (`models.convert`), as the context paths in the
    paper do. No network trained from scratch in a few hours came close. README.md lists the times.
    """
    network = BiSeNet(context, width, context_width, refined)
    network.title = "BiSeNet (balanced)"
    network.mean, network.std = IMAGENET_MEAN, IMAGENET_STD
    network.float_parts = FLOAT_PARTS
    network.trained_on = f"{TRAINING_DATA}; the context path began with EfficientNet-Lite0's ImageNet weights"
    return network


def bisenet_large() -> BiSeNet:
    """`bisenet` at nearly twice the working pixels, for fast processors; trained from its weights."""
    network = bisenet()
    network.title = "BiSeNet large (best)"
    network.working_pixels = 224 * 384
    return network
