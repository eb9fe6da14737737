"""Random objects for a batch, behind and in front of people: `models.data.occluders`, for many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from models.data.batched.textures import on_device

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CORNERS = 8  # sides of the polygons
_EDGE_PX = 1.0  # width of the soft edge of an object


def object_covers(
    size: tuple[int, int], count: int, rng: np.random.Generator, device: torch.device
) -> Tensor:
    """Soft masks of random objects, float32 [N, 1, H, W], 0 to 1: boxes, ellipses, bars and polygons.

    size: height, width.
    """
    height, width = size
    half = np.column_stack([width * rng.uniform(0.04, 0.23, count), height * rng.uniform(0.04, 0.23, count)])
    centre = rng.uniform(0.05, 0.95, (count, 2)) * (width, height)
    turn = np.radians(rng.normal(0, 12, count))
    kind = rng.choice(4, count, p=(0.35, 0.25, 0.1, 0.3))
    bar = kind == 2
    half[bar] = np.column_stack(
        [np.full(bar.sum(), 0.4 * width), height * rng.uniform(0.005, 0.03, int(bar.sum()))]
    )
    turn[bar] = rng.uniform(0, np.pi, int(bar.sum()))
    x, y = _turned(centre, turn, size, device)
    across, down = _values(half[:, 0], device), _values(half[:, 1], device)
    # A superellipse: its exponent makes ellipses (2), rounded boxes and boxes.
    power = np.where(kind == 1, 2.0, np.where(kind == 0, rng.choice((3.0, 5.0, 20.0), count), 20.0))
    exponent = _values(power, device)
    radius = ((x / across).abs() ** exponent + (y / down).abs() ** exponent) ** (1 / exponent)
    inside = (1 - radius) * torch.minimum(across, down)
    # Polygons are cut out of ellipses by random sides.
    angles = np.sort(rng.uniform(0, 2 * np.pi, (count, _CORNERS)), 1)
    distance = rng.uniform(0.5, 1.0, (count, _CORNERS))
    for side in range(_CORNERS):
        cosine, sine = _values(np.cos(angles[:, side]), device), _values(np.sin(angles[:, side]), device)
        cut = _values(np.where(kind == 3, distance[:, side], 10.0), device)
        beyond = (cut - (x / across * cosine + y / down * sine)) * torch.minimum(across, down)
        inside = torch.minimum(inside, beyond)
    return (inside / _EDGE_PX + 0.5).clamp_(0, 1)[:, None]


def front_covers(size: tuple[int, int], count: int, rng: np.random.Generator, device: torch.device) -> Tensor:
    """Soft masks of desks and other objects at the bottom, float32 [N, 1, H, W], 0 to 1."""
    height, width = size
    top = height * rng.uniform(0.75, 0.95, count)
    slope = rng.normal(0, 0.02, count) * height / width
    narrow = rng.random(count) < 0.6
    across = width * rng.uniform(0.08, 0.4, count)
    left = np.where(
        narrow, rng.uniform(-0.5, 1, count) * across + rng.uniform(0, 1, count) * (width - across), -9.0
    )
    right = np.where(narrow, left + across, width + 9.0)
    rows, columns = _grid(size, device)
    inside = rows - _values(top, device) - columns * _values(slope, device)
    inside = torch.minimum(inside, columns - _values(left, device))
    inside = torch.minimum(inside, _values(right, device) - columns)
    return (inside / _EDGE_PX + 0.5).clamp_(0, 1)[:, None]


def headset_covers(alphas: Tensor, rng: np.random.Generator) -> Tensor:
    """Soft masks of headphones on the topmost heads, float32 [N, 1, H, W]; 0 without a plausible head.

    alphas: [N, H, W], 0 to 1.
    """
    count, height, width = alphas.shape
    device = alphas.device
    person = alphas > 0.5
    filled = person.any(2)
    index = torch.arange(height, device=device)
    top = torch.where(filled, index, height).amin(1).float()
    last = torch.where(filled, index, -1).amax(1).float()
    tall = last - top
    at = torch.arange(count, device=device)
    crown = person[at, (top + tall / 12).long().clamp(0, height - 1)].float()
    columns = torch.arange(width, device=device).float()
    middle = (crown * columns).sum(1) / crown.sum(1).clamp(min=1)
    level = person[at, (top + tall / 5).long().clamp(0, height - 1)]
    # The run of person pixels at the ears that holds the middle.
    before = (~level) & (columns <= middle[:, None])
    after = (~level) & (columns > middle[:, None])
    left = torch.where(before, columns, -1.0).amax(1) + 1
    right = torch.where(after, columns, float(width)).amin(1) - 1
    across = right - left
    plausible = (tall >= 24) & (top >= 3) & (across >= 8) & (across <= 0.9 * tall)
    thick = across * _flat(rng.uniform(0.04, 0.1, count), device)
    ear = top + tall * _flat(rng.uniform(0.17, 0.23, count), device)
    cup_w = (across * _flat(rng.uniform(0.06, 0.12, count), device)).clamp(min=2)
    cup_h = (across * _flat(rng.uniform(0.12, 0.22, count), device)).clamp(min=3)
    rows = torch.arange(height, device=device).float()[None, :, None]
    columns = columns[None, None]

    def wide(values: Tensor) -> Tensor:
        return values[:, None, None]

    x = (columns - wide((left + right) / 2)) / wide((across / 2 + thick / 2).clamp(min=1))
    y = (rows - wide(ear)) / wide((ear - top + thick / 2).clamp(min=1))
    distance = ((x**2 + y**2).sqrt() - 1).abs() * wide(across / 2)
    band = wide(thick / 2) - distance + 0.5
    band = torch.minimum(band, wide(ear) - rows + 0.5).clamp(0, 1)
    for side in (left, right):
        u, v = (columns - wide(side)) / wide(cup_w), (rows - wide(ear)) / wide(cup_h)
        cup = (1 - (u**2 + v**2).sqrt()) * wide(cup_w) + 0.5
        band = torch.maximum(band, cup.clamp(0, 1))
    return (band * wide(plausible.float()))[:, None]


def _grid(size: tuple[int, int], device: torch.device) -> tuple[Tensor, Tensor]:
    rows = torch.arange(size[0], device=device).float()[None, :, None]
    return rows, torch.arange(size[1], device=device).float()[None, None]


def _turned(
    centre: NDArray[np.float64], turn: NDArray[np.float64], size: tuple[int, int], device: torch.device
) -> tuple[Tensor, Tensor]:
    rows, columns = _grid(size, device)
    x, y = columns - _values(centre[:, 0], device), rows - _values(centre[:, 1], device)
    cosine, sine = _values(np.cos(turn), device), _values(np.sin(turn), device)
    return x * cosine + y * sine, y * cosine - x * sine


def _values(values: NDArray[np.float64], device: torch.device) -> Tensor:
    return _flat(values, device)[:, None, None]


def _flat(values: NDArray[np.float64], device: torch.device) -> Tensor:
    return on_device(values, device)
