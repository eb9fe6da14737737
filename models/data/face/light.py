"""Random light, colour, sharpness, noise and compression, for whole batches of frames on any device."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from models.data.face.warp import chance, uniform

GREY = (0.114, 0.587, 0.299)  # shares of blue, green and red
BLOCK = 8  # JPEG's


class Light:
    """Random changes of frames, float [N, 3, S, S], BGR, 0 to 255; S is a multiple of 8."""

    def __init__(self, device: torch.device) -> None:
        self._grey = torch.tensor(GREY, device=device)[None, :, None, None]
        index = torch.arange(BLOCK, device=device, dtype=torch.float32)
        basis = torch.cos((2 * index[None] + 1) * index[:, None] * math.pi / (2 * BLOCK)) * math.sqrt(
            2 / BLOCK
        )
        basis[0] /= math.sqrt(2)
        self._basis = basis
        self._steps = 10 + 6 * (index[:, None] + index[None])  # similar to JPEG's luminance table
        self._to_ycc = torch.tensor(
            [[0.114, 0.587, 0.299], [0.5, -0.3313, -0.1687], [-0.0813, -0.4187, 0.5]], device=device
        )
        self._from_ycc = torch.linalg.inv(self._to_ycc.cpu()).to(device)

    def __call__(self, frames: Tensor) -> Tensor:
        """Return changed frames, whole numbers from 0 to 255."""
        count, device = len(frames), frames.device
        frames = self._colour(frames)
        frames = _some(frames, chance(count, device, 0.3), _small)
        frames = _some(frames, chance(count, device, 0.25), _blurred)
        frames = frames + _noise(frames)
        frames = _some(frames, chance(count, device, 0.35), self._compressed)
        return frames.round().clamp(0, 255)

    def _colour(self, frames: Tensor) -> Tensor:
        count, device = len(frames), frames.device

        def column(values: Tensor) -> Tensor:
            return values[:, None, None, None]

        dark = chance(count, device, 0.2)
        saturation = torch.where(chance(count, device, 0.07), 0.0, 1.0).to(device) * torch.exp(
            torch.randn(count, device=device) * 0.3
        )
        grey = (frames * self._grey).sum(1, keepdim=True)
        frames = grey + (frames - grey) * column(saturation.clamp(max=1.8))
        level = (frames / 255).clamp(1e-4, 1)
        gamma = torch.exp(torch.randn(count, device=device) * 0.28) * torch.where(
            dark, uniform(count, device, 1.0, 1.6), torch.ones(count, device=device)
        )
        gain = torch.where(dark, uniform(count, device, 0.3, 0.8), uniform(count, device, 0.8, 1.25))
        strength = torch.where(chance(count, device, 0.25), 0.18, 0.06)[:, None]
        cast = torch.exp(torch.randn(count, 3, device=device) * strength)[:, :, None, None]
        level = level ** column(gamma) * column(gain) * cast + column(
            torch.randn(count, device=device) * 0.03
        )
        level = (level - 0.4) * column(uniform(count, device, 0.75, 1.25)) + 0.4
        return (level * self._shade(count, frames.shape[-1], device) * 255).clamp(0, 255)

    def _shade(self, count: int, side: int, device: torch.device) -> Tensor:
        """Light from a side: a smooth field, half of the frames have one, [count, 1, side, side]."""
        corners = torch.exp(torch.randn(count, 1, 3, 3, device=device) * 0.35)
        field = functional.interpolate(corners, size=(side, side), mode="bilinear", align_corners=True)
        on = chance(count, device, 0.4).float()[:, None, None, None]
        return (1 + (field - 1) * on).clamp(0.25, 2.2)

    def _compressed(self, frames: Tensor) -> Tensor:
        """The loss of JPEG: rounded cosine coefficients of blocks of 8x8, coarser for colours."""
        count, _, side, _ = frames.shape
        tall = side // BLOCK
        ycc = torch.einsum("dc,nchw->ndhw", self._to_ycc, frames)
        blocks = ycc.reshape(count, 3, tall, BLOCK, tall, BLOCK).permute(0, 1, 2, 4, 3, 5)
        coefficients = self._basis @ blocks @ self._basis.T
        scale = torch.exp(uniform(count, frames.device, math.log(0.3), math.log(4.0)))
        weights = torch.tensor([1.0, 2.0, 2.0], device=frames.device)
        steps = (scale[:, None] * weights)[:, :, None, None, None, None] * self._steps
        coefficients = (coefficients / steps).round() * steps
        blocks = self._basis.T @ coefficients @ self._basis
        ycc = blocks.permute(0, 1, 2, 4, 3, 5).reshape(count, 3, side, side)
        return torch.einsum("dc,nchw->ndhw", self._from_ycc, ycc).clamp(0, 255)


def _some(frames: Tensor, which: Tensor, change: object) -> Tensor:
    chosen = which.nonzero()[:, 0]
    if len(chosen):
        frames[chosen] = change(frames[chosen])  # type: ignore[operator]
    return frames


def _small(frames: Tensor) -> Tensor:
    """Shrunk and enlarged again, as far faces; each quarter of the frames to another size."""
    side = frames.shape[-1]
    parts = []
    for part in frames.chunk(4):
        small = int(side * (0.22 + 0.6 * float(torch.rand(()))))
        shrunk = functional.interpolate(
            part, size=(small, small), mode="bilinear", antialias=True, align_corners=False
        )
        parts.append(functional.interpolate(shrunk, size=(side, side), mode="bilinear", align_corners=False))
    return torch.cat(parts)


def _blurred(frames: Tensor) -> Tensor:
    """Blurred by Gaussians of 0.4 to 2.2 pixels, or along a line of up to 9 pixels."""
    count, channels, side, _ = frames.shape
    device, reach = frames.device, 5
    axis = torch.arange(-reach, reach + 1, device=device, dtype=torch.float32)
    x, y = axis[None, None, :], axis[None, :, None]
    along = torch.where(
        chance(count, device, 0.5), uniform(count, device, 0.4, 2.2), uniform(count, device, 1.5, 3.5)
    )
    across = torch.where(along > 2.2, torch.full_like(along, 0.4), along)
    angle = uniform(count, device, 0, math.pi)[:, None, None]
    u = (x * torch.cos(angle) + y * torch.sin(angle)) / along[:, None, None]
    v = (y * torch.cos(angle) - x * torch.sin(angle)) / across[:, None, None]
    kernels = torch.exp(-(u**2 + v**2) / 2)
    kernels = kernels / kernels.sum((1, 2), keepdim=True)
    padded = functional.pad(frames, (reach, reach, reach, reach), mode="replicate")
    size = side + 2 * reach
    # One group per frame: its three channels are the batch, so that every frame has its own kernel.
    blurred = functional.conv2d(
        padded.transpose(0, 1).reshape(channels, count, size, size), kernels[:, None], groups=count
    )
    return blurred.transpose(0, 1)


def _noise(frames: Tensor) -> Tensor:
    """Sensor noise: half of the frames have some, mostly in brightness, for some smeared over neighbours."""
    count, _, side, _ = frames.shape
    device = frames.device
    sigma = -torch.log(torch.rand(count, device=device).clamp(min=1e-4)) * 4
    sigma = torch.where(chance(count, device, 0.5), sigma.clamp(max=18), torch.zeros_like(sigma))
    white = torch.randn(count, 1, side, side, device=device) + 0.5 * torch.randn_like(frames)
    smeared = functional.avg_pool2d(white, 3, 1, 1) * 2
    grain = torch.where(chance(count, device, 0.5)[:, None, None, None], smeared, white)
    return grain * sigma[:, None, None, None]
