"""Random placement of faces in windows, for whole batches on any device; masks follow."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

TILT = math.radians(40)
IGNORED_EDGE = 0.5  # coverage of the photo below which the window shows the background

Uniform = "Callable[[float, float], Tensor]"


def uniform(count: int, device: torch.device, low: float, high: float) -> Tensor:
    """`count` random values in a range, [count]."""
    return torch.rand(count, device=device) * (high - low) + low


def chance(count: int, device: torch.device, probability: float) -> Tensor:
    """`count` random truth values, [count]."""
    return torch.rand(count, device=device) < probability


def random_placement(count: int, far: Tensor, device: torch.device) -> Tensor:
    """Affine maps from window to photo, both -1 to 1, [count, 2, 3].

    Near photos fill the window, about as the crops that the app cuts out; far ones (bool [count]) are webcam
    frames, where the photo is a quarter to two thirds of the window. One in eight is pushed out of the window
    by up to half its size.
    """
    near_size = torch.exp(uniform(count, device, math.log(0.72), math.log(1.5)))  # window / photo
    far_size = torch.exp(uniform(count, device, math.log(1.5), math.log(4.0)))
    size = torch.where(far, far_size, near_size)
    gauss = torch.randn(count, device=device)
    wild = chance(count, device, 0.3)
    angle = torch.where(wild, uniform(count, device, -TILT, TILT), gauss * math.radians(9)).clamp(-TILT, TILT)
    flip = torch.where(chance(count, device, 0.5), -1.0, 1.0).to(device)
    aspect = torch.exp(torch.randn(count, device=device) * 0.06)
    # The shift is in the window's units: 1 is half a window. Far photos may be anywhere in the window.
    free = torch.where(far, 1 - 1 / size, torch.full_like(size, 0.14))
    out = chance(count, device, 0.125)
    reach = torch.where(out, 1.0 / size.clamp(min=1), free)
    shift_x = uniform(count, device, -1, 1) * reach
    shift_y = uniform(count, device, -1, 1) * torch.where(out, 0.7 * reach, reach)
    cos, sin = torch.cos(angle) * size, torch.sin(angle) * size
    a, b, c, d = cos * flip * aspect, -sin * flip, sin * aspect, cos
    shift = torch.stack([-(a * shift_x + b * shift_y), -(c * shift_x + d * shift_y)], 1)
    return torch.cat([torch.stack([torch.stack([a, b], 1), torch.stack([c, d], 1)], 1), shift[:, :, None]], 2)


def place(
    photos: Tensor, parts: Tensor, rooms: Tensor, placement: Tensor, cut_out: Tensor, side: int
) -> tuple[Tensor, Tensor]:
    """Photos and parts in windows of `side` pixels, before rooms.

    photos: float [N, 3, P, P]. parts: int64 [N, P, P]. rooms: float [N, 3, side, side]. cut_out: bool [N],
    whether the person alone is pasted; else the photo with its own background is. Below the photo its last
    row goes on, as a body does; beyond the other borders the room shows. Returns float [N, 3, side, side] and
    int64 [N, side, side].
    """
    count = len(photos)
    grid = functional.affine_grid(placement, [count, 3, side, side], align_corners=False)
    x, y = grid[..., 0], grid[..., 1]
    inside = ((x.abs() < 1) & (y > -1)).float()
    person = (parts > 0).float()[:, None]
    soft = functional.avg_pool2d(functional.pad(person, (1, 1, 1, 1), mode="replicate"), 3, 1)
    sampled = functional.grid_sample(
        torch.cat([photos, soft], 1), grid, mode="bilinear", padding_mode="border", align_corners=False
    )
    label = functional.grid_sample(
        parts.float()[:, None], grid, mode="nearest", padding_mode="border", align_corners=False
    )[:, 0]
    alone = cut_out[:, None, None] | (y > 1)
    cover = inside * torch.where(alone, sampled[:, 3], torch.ones_like(inside))
    frame = sampled[:, :3] * cover[:, None] + rooms * (1 - cover[:, None])
    return frame, (label * (cover > IGNORED_EDGE)).round().long()


def random_rooms(rooms: Tensor, count: int, side: int) -> Tensor:
    """Random windows of random rooms, float [count, 3, side, side]; some are plain colours or noise."""
    device = rooms.device
    chosen = rooms[torch.randint(len(rooms), (count,), device=device)]
    size = uniform(count, device, 0.3, 1.0)
    flip = torch.where(chance(count, device, 0.5), -1.0, 1.0).to(device)
    zero = torch.zeros_like(size)
    shift = (torch.rand(count, 2, device=device) * 2 - 1) * (1 - size)[:, None]
    rows = [torch.stack([size * flip, zero], 1), torch.stack([zero, size], 1)]
    placement = torch.cat([torch.stack(rows, 1), shift[:, :, None]], 2)
    grid = functional.affine_grid(placement, [count, 3, side, side], align_corners=False)
    windows = functional.grid_sample(
        chosen, grid, mode="bilinear", padding_mode="border", align_corners=False
    )
    plain = torch.rand(count, 3, 1, 1, device=device) * 255
    return torch.where(chance(count, device, 0.12)[:, None, None, None], plain, windows)
