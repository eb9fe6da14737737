"""A small path tracer for boxes and ellipsoids, lit by a sun, a sky and lamps. Linear RGB."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from assets.pictures.shapes import FAR_M, NUDGE_M, Floats, Shape, Thing, Triple, column, unit

if TYPE_CHECKING:
    from collections.abc import Sequence

_BOUNCES = 3
_RAYS_AT_ONCE = 1 << 14  # fits a core's cache


@dataclass
class Interior:
    """The things to render, the camera and the lights. Metres; x to the right, y up, z away from the eye."""

    things: Sequence[Thing]
    eye: Triple = (0.0, 1.25, 0.0)
    look_at: Triple = (0.0, 1.2, 4.0)
    view_degrees: float = 52.0
    """Horizontal field of view."""
    sun_towards: Triple = (0.0, 1.0, 0.0)
    sun: Triple = (0.0, 0.0, 0.0)
    sun_spread: float = 0.02
    sky: Triple = (1.0, 1.0, 1.0)
    window: tuple[Triple, Triple, Triple] | None = None
    """The opening that the sky lights through: a corner and two edges."""
    lamps: Sequence[int] = field(default_factory=tuple)
    """Indices of the things that are sampled as lights; they must be ellipsoids."""


@dataclass(frozen=True)
class Seen:
    """A traced picture in parts, H x W x 3 each. The picture is `colour` times `light`, plus `glow`.

    `glow` is emitted light. `facing` (normals) and `place` (points) are for the denoiser.
    """

    colour: Floats
    light: Floats
    glow: Floats
    facing: Floats
    place: Floats


class Tracer:
    """Traces an interior. Rays are 3 x N: numpy is several times faster than with N x 3."""

    def __init__(self, interior: Interior, seed: int = 1) -> None:
        self.interior = interior
        self._random = np.random.default_rng(seed)
        self._shapes = [Shape(thing) for thing in interior.things]
        self._colours = np.array([thing.colour for thing in interior.things], np.float32).T
        self._glows = np.array([thing.glow for thing in interior.things], np.float32).T

    def trace(self, width_px: int, height_px: int, samples: int) -> Seen:
        """Render the interior. Each pixel is the mean of `samples` light paths."""
        count = height_px * width_px
        parts = [np.zeros((3, count), np.float32) for _ in range(5)]
        for _ in range(samples):
            for start in range(0, count, _RAYS_AT_ONCE):
                chunk = np.arange(start, min(count, start + _RAYS_AT_ONCE))
                for part, value in zip(
                    parts, self._paths(*self._camera_rays(chunk, width_px, height_px)), strict=True
                ):
                    part[:, chunk] += value
        shape = height_px, width_px, 3
        means = [
            np.asarray(np.ascontiguousarray(part.T).reshape(shape) / samples, np.float32) for part in parts
        ]
        colour, light, glow, facing, place = means
        return Seen(colour, light, glow, facing, place)

    def _camera_rays(self, places: npt.NDArray[np.int64], width: int, height: int) -> tuple[Floats, Floats]:
        interior, count = self.interior, len(places)
        eye = np.array(interior.eye, np.float32)
        ahead = np.array(interior.look_at, np.float32) - eye
        ahead /= np.linalg.norm(ahead)
        right = np.cross([0.0, 1.0, 0.0], ahead)
        right /= np.linalg.norm(right)
        up = np.cross(ahead, right)
        jitter = self._random.random((2, count), np.float32)
        reach = math.tan(math.radians(interior.view_degrees) / 2)
        x = ((places % width + jitter[0]) / width * 2 - 1) * reach
        y = -((places // width + jitter[1]) / height * 2 - 1) * reach * height / width
        along = ahead[:, None] + x * right[:, None] + y * up[:, None]
        origin = np.repeat(eye[:, None], count, axis=1)
        return origin, unit(along.astype(np.float32))

    def _paths(self, origin: Floats, along: Floats) -> tuple[Floats, ...]:
        """Trace rays backwards; return colour, light, glow, normal and point of each first hit."""
        interior, count = self.interior, origin.shape[1]
        colour, light, glow, facing, place = (np.zeros((3, count), np.float32) for _ in range(5))
        weight = np.ones((3, count), np.float32)
        alive = np.arange(count)
        for bounce in range(_BOUNCES):
            distance, which, normal = self._nearest(origin, along)
            hit = which >= 0
            if bounce == 0:
                glow[:, ~hit] = np.array(interior.sky, np.float32)[:, None]
                glow[:, hit] = self._glows[:, which[hit]]
            alive, origin, along = alive[hit], origin[:, hit], along[:, hit]
            distance, which, normal = distance[hit], which[hit], normal[:, hit]
            if not len(alive):
                break
            point = origin + along * distance + normal * NUDGE_M
            if bounce == 0:
                colour[:, alive], facing[:, alive], place[:, alive] = self._colours[:, which], normal, point
            else:
                weight[:, alive] *= self._colours[:, which]
            # Limits fireflies: single paths that hit a bright light.
            light[:, alive] += np.minimum(
                weight[:, alive] * self._direct(point, normal), 9.0 if bounce == 0 else 1.2
            )
            origin, along = point, self._scattered(normal)
        return colour, light, glow, facing, place

    def _direct(self, point: Floats, normal: Floats) -> Floats:
        """Direct light from sun, window and lamps at points, divided by pi."""
        interior, count = self.interior, point.shape[1]
        light = np.zeros_like(point)
        if any(interior.sun):
            towards = unit(np.array([interior.sun_towards], np.float32).T)
            towards = unit(towards + self._normal(count) * interior.sun_spread)
            facing = np.maximum((towards * normal).sum(axis=0), 0)
            light += self._unless_blocked(point, towards, np.full(count, FAR_M, np.float32), facing) * column(
                interior.sun
            )
        if interior.window is not None:
            corner, first, second = (column(v) for v in interior.window)
            at = self._random.random((2, count), np.float32)
            across = np.cross(first[:, 0], second[:, 0])
            area = float(np.linalg.norm(across))
            target = corner + at[0] * first + at[1] * second
            light += self._from_points(point, normal, target, (across / area)[:, None], area) * column(
                interior.sky
            )
        for index in interior.lamps:
            lamp = interior.things[index]
            outward = unit(self._normal(count))
            target = column(lamp.centre) + outward * column(lamp.half) * 1.02
            area = 4 * math.pi * float(np.mean(lamp.half)) ** 2
            light += self._from_points(point, normal, target, outward, area, True) * column(lamp.glow)
        return light

    def _from_points(
        self,
        point: Floats,
        normal: Floats,
        target: Floats,
        facing: Floats,
        area: float,
        is_ball: bool = False,
    ) -> Floats:
        """The share of a light's radiance that reaches each point from a point on the light, N."""
        way = target - point
        far = np.sqrt((way * way).sum(axis=0))
        way = way / np.maximum(far, 1e-6)
        leaving = -(way * facing).sum(axis=0)
        leaving = np.maximum(leaving, 0) if is_ball else np.abs(leaving)
        cosine = np.maximum((way * normal).sum(axis=0), 0)
        share = cosine * leaving * area / np.maximum(far, 0.2) ** 2 / math.pi
        return self._unless_blocked(point, way, far - 0.03, share)

    def _unless_blocked(self, origin: Floats, along: Floats, until: Floats, share: Floats) -> Floats:
        """`share`, set to 0 for rays that hit something before `until`."""
        asked = np.flatnonzero(share > 1e-4)
        for shape in self._shapes:
            if len(asked):
                near = shape.distance(origin[:, asked], along[:, asked])
                asked = asked[near >= until[asked]]
        free = np.zeros_like(share)
        free[asked] = share[asked]
        return free

    def _scattered(self, normal: Floats) -> Floats:
        return unit(normal + unit(self._normal(normal.shape[1])) * 0.999)

    def _normal(self, count: int) -> Floats:
        return self._random.standard_normal((3, count), np.float32)

    def _nearest(self, origin: Floats, along: Floats) -> tuple[Floats, npt.NDArray[np.int64], Floats]:
        best = np.full(origin.shape[1], FAR_M, np.float32)
        which = np.full(origin.shape[1], -1)
        for index, shape in enumerate(self._shapes):
            near = shape.distance(origin, along)
            closer = near < best
            best[closer], which[closer] = near[closer], index
        normal = np.zeros_like(origin)
        point = origin + along * best
        for index in np.unique(which[which >= 0]):
            here = which == index
            facing = self._shapes[index].facing(point[:, here])
            normal[:, here] = np.where((facing * along[:, here]).sum(axis=0) < 0, facing, -facing)
        return best, which, normal
