"""Seats for a batch: `models.data.seats`, for many at once. Backs, cushions and arms touch a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from models.data.batched.filters import gaussian_blur
from models.data.batched.textures import on_device

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST_PERSON_PX = 24  # height of a person that may sit
_PIECES = 4  # a back and up to three cushions and arms
_POWERS = (2.0, 2.5, 3.0, 6.0), (2.5, 4.0, 8.0, 20.0)  # of cushions and of backs


def add_seats(frames: Tensor, alphas: Tensor, textures: Tensor, rng: np.random.Generator) -> Tensor:
    """Frames with seats behind people; the alphas stay as they are.

    frames, textures: [N, 3, H, W], 0 to 255. alphas: [N, 1, H, W], 0 to 1. Frames without a person of
    `LEAST_PERSON_PX` stay as they are.
    """
    count = len(frames)
    device = frames.device
    person = alphas[:, 0] > 0.5
    left, top, right, bottom = _box(person)
    wide, tall = right - left, bottom - top
    sits = (tall >= LEAST_PERSON_PX).float()[:, None, None, None]
    clothes = _clothes(frames, person, top, bottom)
    has_back = rng.random(count) < 0.6
    cushions = rng.integers(np.where(has_back, 0, 1), _PIECES)
    spots = _beside_body(person, top + 0.25 * tall, _PIECES - 1, rng)
    room = (1 - alphas) * sits
    result = frames
    for piece in range(_PIECES):
        if piece == 0:
            shown = has_back
            half_x = wide * _flat(rng.uniform(0.3, 0.8, count), device)
            half_y = tall * _flat(rng.uniform(0.3, 0.8, count), device)
            x = left + wide * _flat(rng.uniform(0.3, 0.7, count), device)
            y = top + tall * _flat(rng.uniform(-0.05, 0.6, count), device) + half_y
        else:
            shown = cushions >= piece
            half_x = torch.minimum(wide, tall) * _flat(rng.uniform(0.08, 0.4, count), device)
            half_y = half_x * _flat(rng.uniform(0.25, 1.2, count), device)
            x = spots[:, piece - 1, 0] + half_x * _flat(rng.uniform(-0.6, 0.6, count), device)
            y = spots[:, piece - 1, 1] + half_y * _flat(rng.uniform(-0.6, 0.6, count), device)
        centre, half = torch.stack([x, y], 1), torch.stack([half_x, half_y], 1).clamp(min=1)
        power = rng.choice(_POWERS[piece == 0], count)
        cover = _superellipses(frames.shape, centre, half, power, rng.normal(0, 0.15, count))
        cover = cover * room * _flat(shown.astype(float), device)[:, None, None, None]
        fabric = _shaded(_tinted(textures.roll(piece, 0), clothes, rng), centre, half, rng)
        result = torch.lerp(result, fabric, cover)
    return _with_shadows(result, alphas, room, rng)


def _flat(values: NDArray[np.float64], device: torch.device) -> Tensor:
    return on_device(values, device)


def _box(person: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Left, top, right and bottom of the people of each frame, [N]; 0 without any."""
    rows, columns = person.any(2), person.any(1)
    any_one = rows.any(1)
    y = torch.arange(person.shape[1], device=person.device)
    x = torch.arange(person.shape[2], device=person.device)
    top = torch.where(rows, y, person.shape[1]).amin(1)
    left = torch.where(columns, x, person.shape[2]).amin(1)
    bottom, right = torch.where(rows, y, 0).amax(1), torch.where(columns, x, 0).amax(1)
    sides = (left, top, right, bottom)
    return tuple(torch.where(any_one, side, 0).float() for side in sides)  # type: ignore[return-value]


def _clothes(frames: Tensor, person: Tensor, top: Tensor, bottom: Tensor) -> Tensor:
    """Mean colour of the lower half of the people, [N, 3, 1, 1]."""
    rows = torch.arange(person.shape[1], device=frames.device)
    lower = (person & (rows >= ((top + bottom) / 2)[:, None])[:, :, None]).float()[:, None]
    return (frames * lower).sum((2, 3), keepdim=True) / lower.sum((2, 3), keepdim=True).clamp(min=1)


def _beside_body(person: Tensor, above: Tensor, count: int, rng: np.random.Generator) -> Tensor:
    """Random pixels just outside the people, below `above`: (x, y), float [N, count, 2]."""
    whole = person[:, None].float()
    around = (functional.max_pool2d(whole, 3, 1, 1)[:, 0] > 0.5) & ~person
    rows = torch.arange(person.shape[1], device=person.device)
    around &= (rows > above[:, None])[:, :, None]
    generator = torch.Generator(person.device).manual_seed(int(rng.integers(2**62)))
    keys = torch.rand(around.shape, generator=generator, device=person.device) * around
    index = keys.flatten(1).topk(count, 1).indices
    return torch.stack([index % person.shape[2], index // person.shape[2]], 2).float()


def _turned(shape: torch.Size, centre: Tensor, turn: NDArray[np.float64]) -> tuple[Tensor, Tensor]:
    """Coordinates [N, H, W] about a centre [N, 2], turned by radians."""
    device = centre.device
    x = torch.arange(shape[3], device=device)[None, None] - centre[:, 0, None, None]
    y = torch.arange(shape[2], device=device)[None, :, None] - centre[:, 1, None, None]
    cosine, sine = (_flat(f(turn), device)[:, None, None] for f in (np.cos, np.sin))
    return x * cosine + y * sine, y * cosine - x * sine


def _superellipses(
    shape: torch.Size, centre: Tensor, half: Tensor, power: NDArray[np.float64], turn: NDArray[np.float64]
) -> Tensor:
    """Soft masks, [N, 1, H, W], 0 to 1: ellipses at power 2, rounded boxes at larger ones."""
    x, y = _turned(shape, centre, turn)
    exponent = _flat(power, centre.device)[:, None, None]
    across, down = half[:, 0, None, None], half[:, 1, None, None]
    # A base of 0 has no finite gradient, and one that is far outside overflows at large powers.
    radius = (
        (x / across).abs().clamp(1e-4, 4) ** exponent + (y / down).abs().clamp(1e-4, 4) ** exponent
    ) ** (1 / exponent)
    return ((1 - radius) * torch.minimum(across, down) + 0.5).clamp(0, 1)[:, None]


def _tinted(textures: Tensor, clothes: Tensor, rng: np.random.Generator) -> Tensor:
    """The textures, plain or less plain, in their own colours or moved towards the people's clothes."""
    count, device = len(textures), textures.device
    mean = textures.mean((2, 3), keepdim=True)
    share = np.where(rng.random(count) < 0.5, rng.uniform(0.3, 1.0, count), 0)
    noise = rng.normal(0, 12, (count, 3)) * (share > 0)[:, None]
    target = torch.lerp(mean, clothes, _flat(share, device)[:, None, None, None])
    target = target + _flat(noise, device)[:, :, None, None]
    contrast = _flat(rng.uniform(0.1, 1.0, count), device)[:, None, None, None]
    return ((textures - mean) * contrast + target).clamp(0, 255)


def _shaded(fabric: Tensor, centre: Tensor, half: Tensor, rng: np.random.Generator) -> Tensor:
    """Light from one side and dark edges, as stuffed surfaces have."""
    count, device = len(fabric), fabric.device
    x, y = _turned(fabric.shape, centre, rng.uniform(0, 2 * np.pi, count))
    side = half.amax(1)[:, None, None]
    light, dark = (_flat(rng.uniform(0, 0.5, count), device)[:, None, None] for _ in range(2))
    shade = 1 + light * (x / side).clamp(-1, 1) - dark * ((x**2 + y**2) / (2 * side**2)).clamp(0, 1)
    return (fabric * shade[:, None]).clamp(0, 255)


def _with_shadows(frames: Tensor, alphas: Tensor, room: Tensor, rng: np.random.Generator) -> Tensor:
    """In 40% of the frames, the shadow of the people on what is close behind, shifted to a side."""
    rows = np.flatnonzero(rng.random(len(frames)) < 0.4)
    if not len(rows):
        return frames
    where = on_device(rows, frames.device)
    height = frames.shape[2]
    down, across = (int(v) for v in np.round(rng.normal(0, 0.02, 2) * height))
    moved = functional.pad(alphas[where], (across, -across, down, -down))
    shadow = gaussian_blur(moved, rng.uniform(0.01, 0.05, len(rows)) * height)
    depth = on_device(rng.uniform(0.2, 0.7, len(rows)), frames.device)[:, None, None, None]
    result = frames.clone()
    result[where] = frames[where] * (1 - depth * room[where] * shadow)
    return result
