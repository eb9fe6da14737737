"""Hands and objects before faces, for whole batches on any device; what they cover becomes background."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from models.data.face.warp import chance, uniform
from models.networks.face_parts import PARTS

SKIN = PARTS.index("skin")
HAND, OBJECT = 0.12, 0.2  # shares of the frames
FINGERS = 4
SOFT_PX = 1.5  # width of a shape's edge


def cover(frames: Tensor, parts: Tensor, textures: Tensor) -> tuple[Tensor, Tensor]:
    """Cover some frames, float [N, 3, S, S], and their parts, int64 [N, S, S], with hands and objects.

    textures: float [N, 3, S, S], pictures of anything, for the objects.
    """
    kind = torch.rand(len(frames), device=frames.device)
    hands = (kind < HAND).nonzero()[:, 0]
    if len(hands):
        shape = _hand(len(hands), frames.shape[-1], frames.device)
        _paint(frames, parts, hands, shape, _skin(frames[hands], parts[hands]))
    objects = ((kind >= HAND) & (kind < HAND + OBJECT)).nonzero()[:, 0]
    if len(objects):
        shape = _object(len(objects), frames.shape[-1], frames.device)
        _paint(frames, parts, objects, shape, textures[objects].flip(0))
    return frames, parts


def _paint(frames: Tensor, parts: Tensor, chosen: Tensor, shape: Tensor, texture: Tensor) -> None:
    frames[chosen] = frames[chosen] * (1 - shape[:, None]) + texture * shape[:, None]
    parts[chosen] = parts[chosen] * (shape < 0.5).long()


def _mesh(side: int, device: torch.device) -> tuple[Tensor, Tensor]:
    axis = torch.arange(side, device=device, dtype=torch.float32)
    return axis[None, None, :], axis[None, :, None]


def _object(count: int, side: int, device: torch.device) -> Tensor:
    """Ellipses, boxes and bars, 0 to 1, [count, side, side]."""
    x, y = _mesh(side, device)
    angle = uniform(count, device, 0, math.pi)[:, None, None]
    centre = (torch.rand(count, 2, 1, 1, device=device) * side).unbind(1)
    half = (torch.exp(torch.rand(count, 2, 1, 1, device=device) * 1.8) * 0.035 * side).unbind(1)
    u = ((x - centre[0]) * torch.cos(angle) + (y - centre[1]) * torch.sin(angle)) / half[0]
    v = ((y - centre[1]) * torch.cos(angle) - (x - centre[0]) * torch.sin(angle)) / half[1]
    power = torch.where(chance(count, device, 0.5), 2.0, 8.0)[:, None, None]
    distance = (u.abs().clamp(max=10) ** power + v.abs().clamp(max=10) ** power) ** (1 / power)
    return ((1 - distance) * torch.minimum(*half) / SOFT_PX + 0.5).clamp(0, 1)


def _hand(count: int, side: int, device: torch.device) -> Tensor:
    """A palm and fingers as capsules, 0 to 1, [count, side, side]."""
    x, y = _mesh(side, device)
    scale = uniform(count, device, 0.09, 0.2)[:, None, None] * side  # about the palm's width
    angle = uniform(count, device, -math.pi, math.pi)
    centre = torch.rand(count, 2, device=device) * side
    shape = _capsule(x, y, centre, angle, scale[:, 0, 0] * 0.9, scale[:, 0, 0] * 0.55)
    for finger in range(FINGERS):
        spread = (finger - (FINGERS - 1) / 2) * uniform(count, device, 0.08, 0.3)
        across = (finger - (FINGERS - 1) / 2) * 0.3 * scale[:, 0, 0]
        base = centre + torch.stack([-torch.sin(angle), torch.cos(angle)], 1) * across[:, None]
        length = scale[:, 0, 0] * uniform(count, device, 0.6, 1.9)
        finger_shape = _capsule(x, y, base, angle + spread, length, scale[:, 0, 0] * 0.15)
        shape = torch.maximum(shape, finger_shape)
    return shape


def _capsule(x: Tensor, y: Tensor, start: Tensor, angle: Tensor, length: Tensor, radius: Tensor) -> Tensor:
    along_x, along_y = torch.cos(angle)[:, None, None], torch.sin(angle)[:, None, None]
    dx, dy = x - start[:, 0, None, None], y - start[:, 1, None, None]
    along = (dx * along_x + dy * along_y).clamp(min=0)
    along = torch.minimum(along, length[:, None, None])
    distance = torch.sqrt((dx - along * along_x) ** 2 + (dy - along * along_y) ** 2 + 1e-6)
    return ((radius[:, None, None] - distance) / SOFT_PX + 0.5).clamp(0, 1)


def _skin(frames: Tensor, parts: Tensor) -> Tensor:
    """A shaded surface in the colour of each face's skin, [N, 3, S, S]."""
    mask = (parts == SKIN).float()[:, None]
    total = mask.sum((2, 3), keepdim=True)
    colour = (frames * mask).sum((2, 3), keepdim=True) / total.clamp(min=1)
    colour = torch.where(total > 0, colour, torch.full_like(colour, 140.0))
    count, side = len(frames), frames.shape[-1]
    coarse = torch.randn(count, 1, 6, 6, device=frames.device) * 0.14
    fine = torch.randn(count, 1, 40, 40, device=frames.device) * 0.04
    shade = sum(
        torch.nn.functional.interpolate(noise, size=(side, side), mode="bicubic", align_corners=False)
        for noise in (coarse, fine)
    )
    return colour * (uniform(count, frames.device, 0.75, 1.15)[:, None, None, None] + shade)
