"""Boxes and ellipsoids, and their intersections with rays."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Triple = tuple[float, float, float]

FAR_M = 1e4
NUDGE_M = 1e-3


@dataclass(frozen=True)
class Thing:
    """A box or an ellipsoid: centre and half sizes in metres, rotated about the vertical axis."""

    centre: Triple
    half: Triple
    colour: Triple
    is_round: bool = False
    glow: Triple = (0.0, 0.0, 0.0)
    turn_degrees: float = 0.0
    lean_degrees: float = 0.0

    def rotation(self) -> Floats:
        """The 3 x 3 matrix from the thing's axes to the world's."""
        turn, lean = math.radians(self.turn_degrees), math.radians(self.lean_degrees)
        about_y = [[math.cos(turn), 0, math.sin(turn)], [0, 1, 0], [-math.sin(turn), 0, math.cos(turn)]]
        about_z = [[math.cos(lean), -math.sin(lean), 0], [math.sin(lean), math.cos(lean), 0], [0, 0, 1]]
        return np.asarray(np.array(about_y) @ np.array(about_z), np.float32)


def box(low: Triple, high: Triple, colour: Triple, **more: Any) -> Thing:
    """A box from one corner to the opposite one."""
    (x0, y0, z0), (x1, y1, z1) = low, high
    centre, half = (
        ((x0 + x1) / 2, (y0 + y1) / 2, (z0 + z1) / 2),
        ((x1 - x0) / 2, (y1 - y0) / 2, (z1 - z0) / 2),
    )
    return Thing(centre, half, colour, **more)


def ball(centre: Triple, half: Triple, colour: Triple, **more: Any) -> Thing:
    """An ellipsoid."""
    return Thing(centre, half, colour, is_round=True, **more)


class Shape:
    """A thing, prepared for intersection with rays."""

    def __init__(self, thing: Thing) -> None:
        self._thing = thing
        self._centre, self._half = column(thing.centre), column(thing.half)
        self._is_turned = bool(thing.turn_degrees or thing.lean_degrees)
        self._rotation = thing.rotation()

    def distance(self, origin: Floats, along: Floats) -> Floats:
        """The distance to the surface along each ray, in metres; FAR_M for rays that miss."""
        start = origin - self._centre
        if self._is_turned:
            start, along = self._rotation.T @ start, self._rotation.T @ along
        if self._thing.is_round:
            start, along = start / self._half, along / self._half
            a, b = (along * along).sum(axis=0), (along * start).sum(axis=0)
            root = b * b - a * ((start * start).sum(axis=0) - 1)
            stretch = np.sqrt(np.maximum(root, 0))
            near, far, met = (-b - stretch) / a, (-b + stretch) / a, root > 0
        else:
            over = 1 / np.where(np.abs(along) < 1e-9, np.float32(1e-9), along)
            middle, reach = -start * over, np.abs(over) * self._half
            near, far = middle - reach, middle + reach
            near = np.maximum(np.maximum(near[0], near[1]), near[2])
            far = np.minimum(np.minimum(far[0], far[1]), far[2])
            met = near < far
        nearest = np.where(near > NUDGE_M, near, far)
        return np.where(met & (nearest > NUDGE_M), nearest, np.float32(FAR_M))

    def facing(self, point: Floats) -> Floats:
        """The outward normals at points on the surface, 3 x N."""
        own = self._rotation.T @ (point - self._centre) / self._half
        if self._thing.is_round:
            own = own / self._half
        else:
            own = np.where(np.abs(own) == np.abs(own).max(axis=0), np.sign(own), 0)
        return unit(np.asarray(self._rotation @ own, np.float32))


def column(triple: Triple) -> Floats:
    """A triple as a 3 x 1 array."""
    return np.array(triple, np.float32)[:, None]


def unit(vectors: Floats) -> Floats:
    """Vectors scaled to length 1, 3 x N."""
    return np.asarray(vectors / np.sqrt((vectors * vectors).sum(axis=0)), np.float32)
