"""Random light, colour, sharpness and noise for a batch: `models.data.photometry`, for many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from models.data.batched.filters import gaussian_blur, jpeg, motion_blur
from models.data.batched.textures import on_device

if TYPE_CHECKING:
    from numpy.typing import NDArray


def change_light(frames: Tensor, rng: np.random.Generator, noise: torch.Generator) -> Tensor:
    """Changed copies of frames, BGR float [N, 3, H, W], 0 to 255. noise: a generator of the same device."""
    count = len(frames)
    dark = rng.random(count) < 0.18
    frames = _saturate(frames, rng)
    frames = _side_light(frames, rng)
    frames = _tone(frames, dark, rng)
    kind = rng.random(count)
    frames = frames.clone()
    rows = np.flatnonzero(kind < 0.12)
    if len(rows):
        frames[_rows(rows, frames)] = gaussian_blur(
            frames[_rows(rows, frames)], rng.uniform(0.4, 1.6, len(rows))
        )
    rows = np.flatnonzero((kind >= 0.12) & (kind < 0.2))
    if len(rows):
        lengths, angles = rng.choice((3, 5, 7, 9), len(rows)), rng.uniform(0, np.pi, len(rows))
        frames[_rows(rows, frames)] = motion_blur(frames[_rows(rows, frames)], lengths, angles)
    rows = np.flatnonzero(dark | (rng.random(count) < 0.35))
    if len(rows):
        sigma = np.where(dark[rows], rng.uniform(1, 8, len(rows)), rng.exponential(4.0, len(rows)))
        frames[_rows(rows, frames)] += _noise(frames[_rows(rows, frames)], sigma.clip(max=20), rng, noise)
    frames.clamp_(0, 255)
    rows = np.flatnonzero(rng.random(count) < 0.25)
    if len(rows):
        qualities = rng.integers(30, 90, len(rows)).astype(float)
        frames[_rows(rows, frames)] = jpeg(frames[_rows(rows, frames)].round(), qualities)
    return frames.clamp_(0, 255)


def _rows(rows: NDArray[np.int64], frames: Tensor) -> Tensor:
    return on_device(rows, frames.device)


def _values(values: NDArray[np.float64], frames: Tensor) -> Tensor:
    """One value per frame, or one per frame and channel, to multiply frames with."""
    return on_device(values, frames.device).reshape(len(values), -1, 1, 1)


def _saturate(frames: Tensor, rng: np.random.Generator) -> Tensor:
    count = len(frames)
    kind = rng.random(count)
    amount = np.where(kind < 0.08, 0.0, np.where(kind < 0.45, rng.uniform(0.3, 1.5, count), 1.0))
    weights = torch.tensor((0.114, 0.587, 0.299), device=frames.device)[:, None, None]
    grey = (frames * weights).sum(1, keepdim=True)
    return (grey + (frames - grey) * _values(amount, frames)).clamp_(0, 255)


def _side_light(frames: Tensor, rng: np.random.Generator) -> Tensor:
    count, _, height, width = frames.shape
    slope = rng.normal(0, 0.5, (count, 2)) * (rng.random((count, 1)) < 0.2)
    rows = torch.linspace(-0.5, 0.5, height, device=frames.device)[:, None]
    columns = torch.linspace(-0.5, 0.5, width, device=frames.device)[None]
    ramp = 1 + rows * _values(slope[:, 0], frames) + columns * _values(slope[:, 1], frames)
    return (frames * ramp.clamp_(0.3, 1.7)).clamp_(0, 255)


def _tone(frames: Tensor, dark: NDArray[np.bool_], rng: np.random.Generator) -> Tensor:
    """A random gamma, contrast, brightness and colour cast."""
    count = len(frames)
    gamma = np.exp(rng.normal(0, 0.25, count)) * np.where(dark, rng.uniform(1.0, 1.5, count), 1.0)
    gain = np.where(dark, rng.uniform(0.35, 0.8, count), rng.uniform(0.8, 1.2, count))
    spread = np.where(rng.random(count) < 0.25, 0.16, 0.06)
    cast = np.exp(rng.normal(0, 1, (count, 3)) * spread[:, None])
    lift, contrast = rng.normal(0, 0.03, count), rng.uniform(0.8, 1.2, count)
    tone = (frames / 255) ** _values(gamma, frames) * _values(gain[:, None] * cast, frames)
    tone = (tone + _values(lift, frames) - 0.4) * _values(contrast, frames) + 0.4
    return (tone * 255).clamp_(0, 255)


def _noise(
    frames: Tensor, sigmas: NDArray[np.float64], rng: np.random.Generator, noise: torch.Generator
) -> Tensor:
    """Sensor noise; half of it as after a camera's denoising: soft, and mostly in brightness."""
    fine = torch.randn(frames.shape, generator=noise, device=frames.device)
    smeared = gaussian_blur(fine, np.ones(len(fine)))
    grey = smeared.mean(1, keepdim=True)
    smeared = smeared / smeared.std() * 0.5 + grey / grey.std() * 0.8
    soft = _values((rng.random(len(fine)) < 0.5).astype(float), frames)
    return torch.lerp(fine, smeared, soft) * _values(sigmas, frames)
