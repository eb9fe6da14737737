"""A small path tracer: rooms of boxes and ellipsoids in the light of a sun, a sky and lamps. Linear RGB."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Triple = tuple[float, float, float]

_BOUNCES = 3
_RAYS_AT_ONCE = 1 << 14  # what fits a core's cache
_NUDGE_M = 1e-3
_FAR_M = 1e4


@dataclass(frozen=True)
class Thing:
    """A box or an ellipsoid: where it is and its half sizes in metres, turned about the upright axis."""

    centre: Triple
    half: Triple
    colour: Triple
    is_round: bool = False
    glow: Triple = (0.0, 0.0, 0.0)
    turn_degrees: float = 0.0
    lean_degrees: float = 0.0

    def rotation(self) -> Floats:
        """3 x 3, from the thing's own axes to the world's."""
        turn, lean = math.radians(self.turn_degrees), math.radians(self.lean_degrees)
        about_y = [[math.cos(turn), 0, math.sin(turn)], [0, 1, 0], [-math.sin(turn), 0, math.cos(turn)]]
        about_z = [[math.cos(lean), -math.sin(lean), 0], [math.sin(lean), math.cos(lean), 0], [0, 0, 1]]
        return np.asarray(np.array(about_y) @ np.array(about_z), np.float32)


def box(low: Triple, high: Triple, colour: Triple, **more: object) -> Thing:
    """A box from one corner to the opposite one."""
    centre = tuple((a + b) / 2 for a, b in zip(low, high, strict=True))
    half = tuple((b - a) / 2 for a, b in zip(low, high, strict=True))
    return Thing(centre, half, colour, **more)  # type: ignore[arg-type]


def ball(centre: Triple, half: Triple, colour: Triple, **more: object) -> Thing:
    """An ellipsoid."""
    return Thing(centre, half, colour, is_round=True, **more)  # type: ignore[arg-type]


@dataclass
class Room:
    """What there is, and where it is seen from: x to the right, y up, z away from the eye. Metres."""

    things: Sequence[Thing]
    eye: Triple = (0.0, 1.25, 0.0)
    look_at: Triple = (0.0, 1.2, 4.0)
    view_degrees: float = 52.0
    """How wide the view is, across the picture."""
    sun_towards: Triple = (0.0, 1.0, 0.0)
    sun: Triple = (0.0, 0.0, 0.0)
    sun_spread: float = 0.02
    sky: Triple = (1.0, 1.0, 1.0)
    window: tuple[Triple, Triple, Triple] | None = None
    """A corner and two edges of the opening through which the sky shines in."""
    lamps: Sequence[int] = field(default_factory=tuple)
    """Which of the things that glow are sampled as lights; they are balls."""


@dataclass(frozen=True)
class Seen:
    """A traced picture in parts, H x W x 3 each: `colour` of what is seen times `light` that falls on it.

    `glow` is what shines by itself; `facing` the surface's direction and `place` its point, for the denoiser.
    """

    colour: Floats
    light: Floats
    glow: Floats
    facing: Floats
    place: Floats


class Tracer:
    """Traces a room. Rays are 3 x N, a row per axis: numpy is several times faster that way round."""

    def __init__(self, room: Room, seed: int = 1) -> None:
        self.room = room
        self._random = np.random.default_rng(seed)
        self._shapes = [_Shape(thing) for thing in room.things]
        self._colours = np.array([thing.colour for thing in room.things], np.float32).T
        self._glows = np.array([thing.glow for thing in room.things], np.float32).T

    def trace(self, width_px: int, height_px: int, samples: int) -> Seen:
        """The room, each pixel the mean of so many paths of light."""
        count = height_px * width_px
        parts = [np.zeros((3, count), np.float32) for _ in range(5)]
        for _ in range(samples):
            for start in range(0, count, _RAYS_AT_ONCE):
                chunk = np.arange(start, min(count, start + _RAYS_AT_ONCE))
                for part, value in zip(
                    parts, self._paths(*self._camera_rays(chunk, width_px, height_px)), strict=True
                ):
                    part[:, chunk] += value
        means = [np.ascontiguousarray(part.T).reshape(height_px, width_px, 3) / samples for part in parts]
        colour, light, glow, facing, place = means
        return Seen(colour, light, glow, facing, place)

    def _camera_rays(self, places: npt.NDArray[np.int64], width: int, height: int) -> tuple[Floats, Floats]:
        room, count = self.room, len(places)
        eye = np.array(room.eye, np.float32)
        ahead = np.array(room.look_at, np.float32) - eye
        ahead /= np.linalg.norm(ahead)
        right = np.cross([0.0, 1.0, 0.0], ahead)
        right /= np.linalg.norm(right)
        up = np.cross(ahead, right)
        jitter = self._random.random((2, count), np.float32)
        reach = math.tan(math.radians(room.view_degrees) / 2)
        x = ((places % width + jitter[0]) / width * 2 - 1) * reach
        y = -((places // width + jitter[1]) / height * 2 - 1) * reach * height / width
        along = ahead[:, None] + x * right[:, None] + y * up[:, None]
        origin = np.repeat(eye[:, None], count, axis=1)
        return origin, _unit(along.astype(np.float32))

    def _paths(self, origin: Floats, along: Floats) -> tuple[Floats, ...]:
        """Follow light backwards: colour, light, glow, facing and place of what each ray meets first."""
        room, count = self.room, origin.shape[1]
        colour, light, glow, facing, place = (np.zeros((3, count), np.float32) for _ in range(5))
        weight = np.ones((3, count), np.float32)
        alive = np.arange(count)
        for bounce in range(_BOUNCES):
            distance, which, normal = self._nearest(origin, along)
            hit = which >= 0
            if bounce == 0:
                glow[:, ~hit] = np.array(room.sky, np.float32)[:, None]
                glow[:, hit] = self._glows[:, which[hit]]
            alive, origin, along = alive[hit], origin[:, hit], along[:, hit]
            distance, which, normal = distance[hit], which[hit], normal[:, hit]
            if not len(alive):
                break
            point = origin + along * distance + normal * _NUDGE_M
            if bounce == 0:
                colour[:, alive], facing[:, alive], place[:, alive] = self._colours[:, which], normal, point
            else:
                weight[:, alive] *= self._colours[:, which]
            # A few stray paths that meet much light by luck would stay as sparkles.
            light[:, alive] += np.minimum(
                weight[:, alive] * self._direct(point, normal), 9.0 if bounce == 0 else 1.2
            )
            origin, along = point, self._scattered(normal)
        return colour, light, glow, facing, place

    def _direct(self, point: Floats, normal: Floats) -> Floats:
        """What the sun, the sky's window and the lamps send to points, over pi."""
        room, count = self.room, point.shape[1]
        light = np.zeros_like(point)
        if any(room.sun):
            towards = _unit(np.array([room.sun_towards], np.float32).T)
            towards = _unit(towards + self._normal(count) * room.sun_spread)
            facing = np.maximum((towards * normal).sum(axis=0), 0)
            light += self._unless_blocked(
                point, towards, np.full(count, _FAR_M, np.float32), facing
            ) * _column(room.sun)
        if room.window is not None:
            corner, first, second = (_column(v) for v in room.window)
            at = self._random.random((2, count), np.float32)
            across = np.cross(first[:, 0], second[:, 0])
            area = float(np.linalg.norm(across))
            target = corner + at[0] * first + at[1] * second
            light += self._from_points(point, normal, target, (across / area)[:, None], area) * _column(
                room.sky
            )
        for index in room.lamps:
            lamp = room.things[index]
            outward = _unit(self._normal(count))
            target = _column(lamp.centre) + outward * _column(lamp.half) * 1.02
            area = 4 * math.pi * float(np.mean(lamp.half)) ** 2
            light += self._from_points(point, normal, target, outward, area, True) * _column(lamp.glow)
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
        """N: the share of a light's radiance that comes from a point on it to each of the points."""
        way = target - point
        far = np.sqrt((way * way).sum(axis=0))
        way = way / np.maximum(far, 1e-6)
        leaving = -(way * facing).sum(axis=0)
        leaving = np.maximum(leaving, 0) if is_ball else np.abs(leaving)
        cosine = np.maximum((way * normal).sum(axis=0), 0)
        share = cosine * leaving * area / np.maximum(far, 0.2) ** 2 / math.pi
        return self._unless_blocked(point, way, far - 0.03, share)

    def _unless_blocked(self, origin: Floats, along: Floats, until: Floats, share: Floats) -> Floats:
        """`share` where the way is free, 0 where something stands in it."""
        asked = np.flatnonzero(share > 1e-4)
        for shape in self._shapes:
            if len(asked):
                near = shape.distance(origin[:, asked], along[:, asked])
                asked = asked[near >= until[asked]]
        free = np.zeros_like(share)
        free[asked] = share[asked]
        return free

    def _scattered(self, normal: Floats) -> Floats:
        return _unit(normal + _unit(self._normal(normal.shape[1])) * 0.999)

    def _normal(self, count: int) -> Floats:
        return self._random.standard_normal((3, count), np.float32)

    def _nearest(self, origin: Floats, along: Floats) -> tuple[Floats, npt.NDArray[np.int64], Floats]:
        best = np.full(origin.shape[1], _FAR_M, np.float32)
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


class _Shape:
    """A thing, made ready to be met by rays."""

    def __init__(self, thing: Thing) -> None:
        self._thing = thing
        self._centre, self._half = _column(thing.centre), _column(thing.half)
        self._is_turned = bool(thing.turn_degrees or thing.lean_degrees)
        self._rotation = thing.rotation()

    def distance(self, origin: Floats, along: Floats) -> Floats:
        """How far along each ray the surface is; _FAR_M where it is missed."""
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
        nearest = np.where(near > _NUDGE_M, near, far)
        return np.where(met & (nearest > _NUDGE_M), nearest, np.float32(_FAR_M))

    def facing(self, point: Floats) -> Floats:
        """The surface's outward direction at points on it."""
        own = self._rotation.T @ (point - self._centre) / self._half
        if self._thing.is_round:
            own = own / self._half
        else:
            own = np.where(np.abs(own) == np.abs(own).max(axis=0), np.sign(own), 0)
        return _unit(self._rotation @ own)


def _column(triple: Triple) -> Floats:
    return np.array(triple, np.float32)[:, None]


def _unit(vectors: Floats) -> Floats:
    return vectors / np.sqrt((vectors * vectors).sum(axis=0))
