"""Blocks that BiSeNet and STDC share: attention refinement, context path, feature fusion, heads."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from models.networks.layers import PooledNorm, conv, relu


def scaled(channels: int, width: float) -> int:
    """`channels` times `width`, rounded to a multiple of 8, at least 8. Raises ValueError for a bad width."""
    if not 0 < width < math.inf:
        raise ValueError(f"the width must be above 0 and finite, not {width}")
    return max(8, int(channels * width / 8 + 0.5) * 8)


def conv_norm(inputs: int, outputs: int, kernel: int = 1, stride: int = 1) -> nn.Sequential:
    """Convolution, batch norm, ReLU."""
    return nn.Sequential(conv(inputs, outputs, kernel, stride), nn.BatchNorm2d(outputs), relu(outputs))


class Residual(nn.Module):
    """A body and a residual connection, added, then ReLU.

    skip: a projection where the body changes the size or the number of channels; None for an identity.
    """

    def __init__(self, body: nn.Module, skip: nn.Module | None) -> None:
        super().__init__()
        self.body = body
        self.skip = skip or nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """[N, inputs, H, W] to the shape that the body gives."""
        out: Tensor = self.body(x) + self.skip(x)
        return out.relu()


def projection(inputs: int, outputs: int, stride: int) -> nn.Module | None:
    """1x1 convolution and batch norm for a residual connection; None where nothing changes."""
    if stride == 1 and inputs == outputs:
        return None
    return nn.Sequential(conv(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))


class AttentionRefinement(nn.Module):
    """Attention refinement: a 3x3 convolution, then a gate per channel from their means (section 3.2)."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv = conv_norm(inputs, outputs, 3)
        self.gate = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), conv(outputs, outputs), PooledNorm(outputs), nn.Sigmoid()
        )

    def forward(self, x: Tensor) -> Tensor:
        """[N, inputs, H, W] to [N, outputs, H, W]."""
        refined: Tensor = self.conv(x)
        gate: Tensor = self.gate(refined)
        return refined * gate


class Context(nn.Module):
    """Refine features at strides 16 and 32, add the global mean, upsample to stride 8 (section 3.2)."""

    def __init__(self, channels16: int, channels32: int, outputs: int) -> None:
        super().__init__()
        frame = nn.Sequential(conv(channels32, outputs), PooledNorm(outputs), relu(outputs))
        self.frame = nn.Sequential(nn.AdaptiveAvgPool2d(1), frame)
        self.refine32 = AttentionRefinement(channels32, outputs)
        self.refine16 = AttentionRefinement(channels16, outputs)
        self.smooth16 = conv_norm(outputs, outputs, 3)
        self.smooth8 = conv_norm(outputs, outputs, 3)

    def forward(self, at16: Tensor, at32: Tensor) -> tuple[Tensor, Tensor]:
        """Features at strides 16 and 32 to features [N, outputs, h, w] at strides 16 and 8."""
        coarse = self.refine32(at32) + self.frame(at32)
        middle: Tensor = self.smooth16(double(coarse))
        fine: Tensor = self.smooth8(double(self.refine16(at16) + middle))
        return middle, fine


class FeatureFusion(nn.Module):
    """Feature fusion: mix both paths per pixel, add the same weighted by a channel gate (section 3.3)."""

    def __init__(self, inputs: int, outputs: int, reduction: int) -> None:
        super().__init__()
        inner = max(8, outputs // reduction)
        self.mix = conv_norm(inputs, outputs)
        self.gate = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), conv(outputs, inner), relu(inner), conv(inner, outputs), nn.Sigmoid()
        )

    def forward(self, joined: Tensor) -> Tensor:
        """Concatenated paths [N, inputs, H, W] to [N, outputs, H, W]."""
        mixed: Tensor = self.mix(joined)
        gate: Tensor = self.gate(mixed)
        return mixed + mixed * gate


def head(inputs: int, inner: int, outputs: int = 2) -> nn.Sequential:
    """Logits from features: a 3x3 convolution, then a 1x1 convolution."""
    return nn.Sequential(*conv_norm(inputs, inner, 3), conv(inner, outputs))


def double(x: Tensor) -> Tensor:
    """Double height and width by nearest neighbour; a 3x3 convolution must follow to smooth the result."""
    return nn.functional.interpolate(x, scale_factor=2.0, mode="nearest")


def enlarge(logits: Tensor, factor: int = 8) -> Tensor:
    """Multiply height and width of [N, C, H, W] by `factor`, bilinear; 8 goes from stride 8 to the frame."""
    # With aligned corners the scale would depend on the size of the frame, which shifts its far side by up to
    # 7 pixels. Without, the shift is the same at every size, so the network can learn it.
    return nn.functional.interpolate(logits, scale_factor=float(factor), mode="bilinear", align_corners=False)


def margin(logits: Tensor) -> Tensor:
    """Person's logit minus background's: [N, 2, H, W] to [N, 1, H, W]."""
    return logits[:, 1:] - logits[:, :1]


def logits_from_margin(difference: Tensor) -> Tensor:
    """Logits [N, 2, H, W] with the margin [N, 1, H, W]; the softmax depends on the margin only."""
    return torch.cat([-difference / 2, difference / 2], 1)


def margin_to_frame(logits: Tensor) -> Tensor:
    """`enlarge` for inference: other logits with the same softmax, from one enlarged channel."""
    # onnxruntime pads channels to 16 in its blocked layout, so enlarging two channels would cost as much as
    # 16: 4% of BiSeNet's time. Only the difference of the two counts, and it is taken first.
    return logits_from_margin(enlarge(margin(logits)))
