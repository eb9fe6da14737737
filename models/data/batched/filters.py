"""Filters with a parameter of their own per image: blur, motion blur, JPEG compression."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from models.data.batched.textures import on_device

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LUMINANCE = (
    (16, 11, 10, 16, 24, 40, 51, 61),
    (12, 12, 14, 19, 26, 58, 60, 55),
    (14, 13, 16, 24, 40, 57, 69, 56),
    (14, 17, 22, 29, 51, 87, 80, 62),
    (18, 22, 37, 56, 68, 109, 103, 77),
    (24, 35, 55, 64, 81, 104, 113, 92),
    (49, 64, 78, 87, 103, 121, 120, 101),
    (72, 92, 95, 98, 112, 100, 103, 99),
)
_CHROMINANCE = (
    (17, 18, 24, 47, 99, 99, 99, 99),
    (18, 21, 26, 66, 99, 99, 99, 99),
    (24, 26, 56, 99, 99, 99, 99, 99),
    (47, 66, 99, 99, 99, 99, 99, 99),
    *((99,) * 8 for _ in range(4)),
)


def gaussian_blur(images: Tensor, sigmas_px: NDArray[np.float64]) -> Tensor:
    """Blur images [N, C, H, W] by Gaussians of these sigmas, [N]."""
    radius = max(1, math.ceil(2.5 * float(sigmas_px.max())))
    radius = min(radius, min(images.shape[2:]) - 1)
    taps = np.arange(-radius, radius + 1)
    kernels = np.exp(-0.5 * (taps[None] / np.maximum(sigmas_px[:, None], 1e-3)) ** 2)
    kernels /= kernels.sum(1, keepdims=True)
    rows = _per_image(images, kernels[:, None, :])
    return _per_image(rows, kernels[:, :, None])


def motion_blur(images: Tensor, lengths_px: NDArray[np.int64], angles: NDArray[np.float64]) -> Tensor:
    """Blur images [N, C, H, W] along lines of odd lengths and angles in radians, both [N]."""
    radius = int(lengths_px.max()) // 2
    offsets = np.arange(-radius, radius + 1)
    x, y = offsets[None, None, :], offsets[None, :, None]
    cosine, sine = np.cos(angles)[:, None, None], np.sin(angles)[:, None, None]
    along, beside = x * cosine + y * sine, y * cosine - x * sine
    ends = np.clip(lengths_px[:, None, None] / 2 - np.abs(along), 0, 1)
    kernels = ends * np.clip(1 - np.abs(beside), 0, 1)
    return _per_image(images, kernels / kernels.sum((1, 2), keepdims=True))


def _per_image(images: Tensor, kernels: NDArray[np.float64]) -> Tensor:
    """Filter each image [C, H, W] by its own kernel, of odd height and width; the border is mirrored."""
    count, channels, height, width = images.shape
    down, across = kernels.shape[1] // 2, kernels.shape[2] // 2
    weights = on_device(kernels, images.device)
    weights = weights.repeat_interleave(channels, 0)[:, None]
    planes = images.reshape(1, count * channels, height, width)
    planes = functional.pad(planes, (across, across, down, down), mode="reflect")
    return functional.conv2d(planes, weights, groups=count * channels).reshape(images.shape)


def box_mean(images: Tensor, side_px: int) -> Tensor:
    """Mean of each square of an odd side in images [N, C, H, W]; the border goes on."""
    half = side_px // 2
    padded = functional.pad(images, (half,) * 4, mode="replicate")
    rows = functional.avg_pool2d(padded, (1, side_px), 1)
    return functional.avg_pool2d(rows, (side_px, 1), 1)


def jpeg(frames: Tensor, qualities: NDArray[np.float64]) -> Tensor:
    """JPEG compression with colour at half size, as cameras do it: BGR [N, 3, H, W], 0 to 255.

    qualities: 1 to 99, [N], on the usual scale of libjpeg. H and W are multiples of 16. Tables of ITU-T T.81,
    annex K.1.
    """
    scale = np.where(qualities < 50, 5000 / qualities, 200 - 2 * qualities) / 100
    blue, green, red = frames.unbind(1)
    luminance = 0.114 * blue + 0.587 * green + 0.299 * red
    colours = torch.stack([(blue - luminance) * 0.564, (red - luminance) * 0.713], 1)
    luminance = _quantise((luminance - 128)[:, None], _LUMINANCE, scale)[:, 0] + 128
    colours = _quantise(functional.avg_pool2d(colours, 2), _CHROMINANCE, scale)
    colours = functional.interpolate(colours, scale_factor=2.0, mode="bilinear", align_corners=False)
    blue, red = luminance + colours[:, 0] / 0.564, luminance + colours[:, 1] / 0.713
    green = (luminance - 0.114 * blue - 0.299 * red) / 0.587
    return torch.stack([blue, green, red], 1)


def _quantise(planes: Tensor, table: tuple[tuple[int, ...], ...], scale: NDArray[np.float64]) -> Tensor:
    """Round the cosine transform of each block of 8x8 to multiples of the table's values."""
    count, channels, height, width = planes.shape
    steps = np.clip(np.round(np.array(table)[None] * scale[:, None, None]), 1, 255)
    quanta = on_device(steps, planes.device)[:, None, None, None]
    index = np.arange(8)
    basis = np.cos((2 * index[None] + 1) * index[:, None] * np.pi / 16) * 0.5
    basis[0] /= np.sqrt(2)
    transform = on_device(basis, planes.device)
    blocks = planes.reshape(count, channels, height // 8, 8, width // 8, 8).transpose(3, 4)
    spectrum = transform @ blocks @ transform.T
    spectrum = (spectrum / quanta).round() * quanta
    blocks = transform.T @ spectrum @ transform
    return blocks.transpose(3, 4).reshape(planes.shape)
