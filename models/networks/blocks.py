"""What BiSeNet and STDC share: context refined at strides 16 and 32, fused with a stride-8 path, heads."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from models.networks.layers import PooledNorm, conv, relu


def scaled(channels: int, width: float) -> int:
    """Published `channels` times `width`, rounded to a multiple of 8, at least 8. Raises ValueError."""
    if not 0 < width < math.inf:
        raise ValueError(f"the width must be above 0 and finite, not {width}")
    return max(8, int(channels * width / 8 + 0.5) * 8)


def conv_norm(inputs: int, outputs: int, kernel: int = 1, stride: int = 1) -> nn.Sequential:
    """Convolution, batch norm, ReLU."""
    return nn.Sequential(conv(inputs, outputs, kernel, stride), nn.BatchNorm2d(outputs), relu(outputs))


class AttentionRefinement(nn.Module):
    """Attention refinement: 3x3 convolution, each channel scaled by what the means say (section 3.2)."""

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
    """Strides 16 and 32 refined and brought to stride 8, with the mean of the whole frame (section 3.2)."""

    def __init__(self, channels16: int, channels32: int, outputs: int) -> None:
        super().__init__()
        frame = nn.Sequential(conv(channels32, outputs), PooledNorm(outputs), relu(outputs))
        self.frame = nn.Sequential(nn.AdaptiveAvgPool2d(1), frame)
        self.refine32 = AttentionRefinement(channels32, outputs)
        self.refine16 = AttentionRefinement(channels16, outputs)
        self.smooth16 = conv_norm(outputs, outputs, 3)
        self.smooth8 = conv_norm(outputs, outputs, 3)

    def forward(self, at16: Tensor, at32: Tensor) -> tuple[Tensor, Tensor]:
        """Features at strides 16 and 32 to [N, outputs, h, w] at strides 16 and 8."""
        coarse = self.refine32(at32) + self.frame(at32)
        middle: Tensor = self.smooth16(double(coarse))
        fine: Tensor = self.smooth8(double(self.refine16(at16) + middle))
        return middle, fine


class FeatureFusion(nn.Module):
    """Feature fusion: both paths mixed per pixel, channels weighed by attention, added (section 3.3)."""

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
    """Logits from features: 3x3 convolution, then 1x1."""
    return nn.Sequential(*conv_norm(inputs, inner, 3), conv(inner, outputs))


def double(x: Tensor) -> Tensor:
    """Twice the height and width by repeating; a 3x3 convolution smooths it after."""
    return nn.functional.interpolate(x, scale_factor=2.0, mode="nearest")


def enlarge(logits: Tensor, factor: int = 8) -> Tensor:
    """Height and width of [N, C, H, W] times `factor`, bilinear; 8 is from stride 8 to the frame."""
    # Corners not aligned: aligned ones would stretch by a factor that depends on the size of the frame, up to
    # 7 pixels at its far side; this shift is the same at every size, so it can be learnt.
    return nn.functional.interpolate(logits, scale_factor=float(factor), mode="bilinear", align_corners=False)


def margin(logits: Tensor) -> Tensor:
    """By how much the person's logit is above the background's: [N, 2, H, W] to [N, 1, H, W]."""
    return logits[:, 1:] - logits[:, :1]


def of_margin(found: Tensor) -> Tensor:
    """Logits with this margin, the same softmax as all that have it: [N, 1, H, W] to [N, 2, H, W]."""
    return torch.cat([-found / 2, found / 2], 1)


def margin_to_frame(logits: Tensor) -> Tensor:
    """`enlarge` for use after training: other logits of the same softmax, from one enlarged channel."""
    # onnxruntime pads channels to 16 for its blocked layout: enlarging two would cost a sixteenfold, 4% of
    # BiSeNet's time. What counts is their difference, which can be taken before.
    return of_margin(enlarge(margin(logits)))
