"""Backgrounds that are rendered: furnished rooms, slightly out of focus."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

from assets.pictures.denoise import denoised
from assets.pictures.finish import Floats, defocused, filmic, linear, soft, srgb, vignette
from assets.pictures.light import Room, Tracer
from assets.pictures.shapes import Thing, Triple, ball, box

if TYPE_CHECKING:
    from collections.abc import Callable

_SIZE_PX = 640, 360


def _colour(code: str) -> Triple:
    red, green, blue = (float(part) for part in linear(code))
    return red, green, blue


def _shell(
    wall: str, floor: str, ceiling: str, side: str | None = None, right_m: float = 3.2, back_m: float = 4.6
) -> list[Thing]:
    """Floor, ceiling, back wall, right wall and the wall behind the camera, without the left wall."""
    side = side or wall
    return [
        box((-4.0, -0.2, -3.0), (right_m + 0.2, 0.0, back_m + 0.2), _colour(floor)),
        box((-4.0, 2.8, -3.0), (right_m + 0.2, 3.0, back_m + 0.2), _colour(ceiling)),
        box((-4.0, 0.0, back_m), (right_m + 0.2, 2.8, back_m + 0.2), _colour(wall)),
        box((right_m, 0.0, -3.0), (right_m + 0.2, 2.8, back_m), _colour(side)),
        box((-4.0, 0.0, -3.2), (right_m + 0.2, 2.8, -3.0), _colour(side)),
    ]


def _window_wall(
    x_m: float, low: float, high: float, near: float, far: float, wall: str, frame: str, bars: int = 2
) -> list[Thing]:
    """A wall on the left with a window in it, from `near` to `far` away and from `low` to `high` up."""
    paint, wood = _colour(wall), _colour(frame)
    wall_parts = [
        box((x_m - 0.2, 0.0, -3.2), (x_m, 2.8, near), paint),
        box((x_m - 0.2, 0.0, far), (x_m, 2.8, 4.8), paint),
        box((x_m - 0.2, 0.0, near), (x_m, low, far), paint),
        box((x_m - 0.2, high, near), (x_m, 2.8, far), paint),
    ]
    steps = np.linspace(near, far, bars + 2)
    upright = [box((x_m - 0.1, low, z - 0.025), (x_m - 0.05, high, z + 0.025), wood) for z in steps]
    middle = low + 0.62 * (high - low)
    across = [
        box((x_m - 0.1, y - 0.025, near), (x_m - 0.05, y + 0.025, far), wood) for y in (low, middle, high)
    ]
    return [*wall_parts, *upright, *across]


def _plant(
    x: float, y: float, z: float, size: float, green: str, pot: str, leaves: int, seed: int
) -> list[Thing]:
    """A pot with long leaves that lean outward."""
    random = np.random.default_rng(seed)
    things = [
        box(
            (x - 0.13 * size, y, z - 0.13 * size),
            (x + 0.13 * size, y + 0.26 * size, z + 0.13 * size),
            _colour(pot),
        )
    ]
    base = np.array(linear(green))
    for leaf in range(leaves):
        turn = 360 * leaf / leaves + random.uniform(-15, 15)
        lean = random.uniform(12, 52)
        length = size * random.uniform(0.34, 0.52)
        reach = length * 0.95
        across = math.sin(math.radians(lean)) * reach
        middle = (
            x - across * math.cos(math.radians(turn)),
            y + 0.24 * size + math.cos(math.radians(lean)) * reach,
            z + across * math.sin(math.radians(turn)),
        )
        shade = base * random.uniform(0.7, 1.35)
        colour = (float(shade[0]), float(shade[1]), float(shade[2]))
        things.append(
            ball(middle, (0.075 * size, length, 0.02 * size), colour, turn_degrees=turn, lean_degrees=lean)
        )
    return things


def _books(
    x: float, y: float, z: float, width: float, tints: list[str], seed: int, tallest: float = 0.26
) -> list[Thing]:
    """A row of books from x to x + width, standing at depth z."""
    random = np.random.default_rng(seed)
    things: list[Thing] = []
    left = x
    while True:
        thick = float(random.uniform(0.028, 0.062))
        if left + thick > x + width:
            return things
        tall = float(tallest * random.uniform(0.72, 1.0))
        deep = float(random.uniform(0.14, 0.19))
        tint = tints[int(random.integers(len(tints)))]
        things.append(box((left, y, z - deep), (left + thick - 0.003, y + tall, z), _colour(tint)))
        left += thick


def _rendered(room: Room, samples: int, exposure: float, softness_px: float, dim: float = 0.35) -> Floats:
    width, height = _SIZE_PX
    light = denoised(Tracer(room).trace(width, height, samples))
    light = np.asarray(cv2.resize(light, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), np.float32)
    light += 0.05 * soft(np.maximum(light - 0.8, 0), 40) + 0.05 * soft(light, 60)  # lens glare
    light = defocused(np.maximum(light, 0), softness_px) * vignette(2 * height, 2 * width, dim)
    return srgb(filmic(light, exposure))


def morning_room(samples: int = 16) -> Floats:
    """A bright room, with sunlight through a window on the left."""
    wood, white = "#b98d62", "#f1ece4"
    things = [
        *_shell("#e9e2d6", "#c9a982", "#f7f5f1"),
        *_window_wall(-2.6, 0.75, 2.45, 1.3, 3.5, "#efe9df", "#ffffff", bars=1),
        box((-0.55, 0.14, 4.12), (1.75, 0.72, 4.58), _colour(wood)),  # sideboard
        box((-0.50, 0.17, 4.10), (0.23, 0.69, 4.13), _colour("#c79b70")),
        box((0.25, 0.17, 4.10), (0.97, 0.69, 4.13), _colour("#c79b70")),
        box((0.99, 0.17, 4.10), (1.71, 0.69, 4.13), _colour("#c79b70")),
        box((-0.45, 0.0, 4.2), (-0.40, 0.14, 4.5), _colour("#54402c")),
        box((1.60, 0.0, 4.2), (1.65, 0.14, 4.5), _colour("#54402c")),
        box((0.12, 1.18, 4.56), (0.92, 2.12, 4.60), _colour("#2f2b28")),  # a picture in its frame
        box((0.15, 1.21, 4.55), (0.89, 2.09, 4.565), _colour(white)),
        box((0.26, 1.36, 4.54), (0.78, 1.94, 4.555), _colour("#7fa3a0")),
        ball((0.52, 1.55, 4.54), (0.17, 0.17, 0.01), _colour("#e6b98a")),
        box((1.10, 1.38, 4.56), (1.62, 2.02, 4.60), _colour(wood)),
        box((1.13, 1.41, 4.55), (1.59, 1.99, 4.565), _colour("#f3efe7")),
        box((1.25, 1.54, 4.54), (1.47, 1.86, 4.555), _colour("#c98f6b")),
        ball((1.38, 0.86, 4.34), (0.11, 0.15, 0.11), _colour("#e8e2d8")),  # a vase and its twigs
        ball((1.38, 1.20, 4.34), (0.02, 0.26, 0.02), _colour("#a9926a"), lean_degrees=10),
        ball((1.34, 1.20, 4.34), (0.02, 0.24, 0.02), _colour("#a9926a"), lean_degrees=-14),
        box((-0.32, 0.72, 4.22), (0.02, 0.76, 4.46), _colour("#d8d0c2")),
        box((-0.30, 0.76, 4.24), (-0.02, 0.795, 4.44), _colour("#7c97a5")),
        *_plant(2.35, 0.0, 3.9, 1.55, "#4d7a45", "#e9e4db", 13, seed=3),
        box((-2.4, 0.0, 3.72), (-2.25, 2.6, 4.35), _colour("#f4efe6")),  # curtain
    ]
    room = Room(
        things,
        eye=(0.15, 1.30, -0.9),
        look_at=(0.10, 1.22, 4.0),
        view_degrees=47,
        sun_towards=(-0.62, 0.25, -0.60),
        sun=(5.2, 4.4, 3.4),
        sun_spread=0.012,
        sky=(3.4, 3.5, 3.6),
        window=((-2.62, 0.75, 1.3), (0.0, 1.7, 0.0), (0.0, 0.0, 2.2)),
    )
    return _rendered(room, samples, 1.25, 8.0, dim=0.25)


def bookshelf(samples: int = 16) -> Floats:
    """A wall of bookshelves with a few objects, in warm light from the left."""
    tints = [
        "#8a5a4e",
        "#5f7480",
        "#d8cdb8",
        "#b79a68",
        "#72836f",
        "#4a4f58",
        "#b9a58a",
        "#85707c",
        "#e6dfd0",
    ]
    tints += ["#a67a5f", "#cfc6b6", "#8d9aa0"]
    wood = "#7d5a3c"
    things = [
        *_shell("#cfc5b5", "#8d6b4c", "#f2eee6", back_m=3.6),
        *_window_wall(-2.6, 0.6, 2.5, -0.6, 2.2, "#d9d0c1", "#ffffff", bars=1),
    ]
    levels = [0.10, 0.52, 0.94, 1.36, 1.78, 2.20, 2.62]
    for level in levels:
        things.append(box((-2.0, level - 0.018, 3.26), (2.2, level + 0.018, 3.6), _colour(wood)))
    for side in (-2.0, -0.6, 0.8, 2.2):
        things.append(box((side - 0.018, 0.0, 3.26), (side + 0.018, 2.64, 3.6), _colour(wood)))
    rows: list[tuple[float, float, float]] = [
        (-1.95, 0.538, 0.9),
        (-0.55, 0.538, 1.25),
        (0.85, 0.538, 0.7),
        (-1.55, 0.958, 0.85),
        (-0.55, 0.958, 0.55),
        (0.95, 0.958, 1.15),
        (-1.95, 1.378, 1.1),
        (-0.05, 1.378, 0.75),
        (0.85, 1.378, 0.6),
        (-1.95, 1.798, 0.55),
        (-0.55, 1.798, 0.95),
        (1.15, 1.798, 0.95),
        (-1.75, 2.218, 1.0),
        (-0.2, 2.218, 0.6),
        (0.85, 2.218, 0.85),
    ]
    for seed, (x, y, width) in enumerate(rows):
        things += _books(x, y, 3.52, width, tints, seed + 5, 0.33)
    things += [
        ball((-0.30, 1.49, 3.42), (0.10, 0.11, 0.10), _colour("#d9a066")),
        ball((-1.80, 1.07, 3.42), (0.11, 0.11, 0.11), _colour("#e9e3d7")),
        ball((0.35, 1.08, 3.42), (0.13, 0.12, 0.13), _colour("#6f8c8a")),
        ball((1.82, 1.52, 3.42), (0.10, 0.14, 0.10), _colour("#efe9de")),
        box((1.62, 0.54, 3.40), (2.05, 0.80, 3.44), _colour("#efe9de")),
        ball((0.62, 1.90, 3.42), (0.10, 0.10, 0.10), _colour("#c9b28c")),
        *_plant(-1.05, 1.798, 3.42, 0.46, "#5d8a4c", "#d9d2c5", 9, seed=5),
        *_plant(0.55, 2.218, 3.42, 0.42, "#5d8a4c", "#b98d62", 9, seed=8),
    ]
    room = Room(
        things,
        eye=(0.2, 1.42, -0.6),
        look_at=(0.12, 1.44, 4.0),
        view_degrees=47,
        sky=(3.2, 3.0, 2.7),
        window=((-2.62, 0.6, -0.6), (0.0, 1.9, 0.0), (0.0, 0.0, 2.8)),
    )
    return _rendered(room, samples, 2.9, 7.0, dim=0.45)


def evening_room(samples: int = 16) -> Floats:
    """A blue-grey room at dusk, with a lamp beside a sofa."""
    things = [
        *_shell("#79838b", "#7a5d46", "#8b9298"),
        *_window_wall(-2.6, 0.55, 2.5, 1.0, 3.6, "#79838b", "#20262c", bars=2),
        box((-1.35, 0.16, 3.72), (1.15, 0.44, 4.50), _colour("#8d7f70")),  # sofa
        box((-1.35, 0.40, 4.28), (1.15, 0.86, 4.55), _colour("#998a7a")),
        box((-1.55, 0.14, 3.70), (-1.33, 0.64, 4.52), _colour("#94867a")),
        box((1.13, 0.14, 3.70), (1.35, 0.64, 4.52), _colour("#94867a")),
        box((-1.05, 0.46, 4.08), (-0.62, 0.84, 4.24), _colour("#b8673f"), lean_degrees=9),
        box((0.48, 0.46, 4.08), (0.92, 0.82, 4.24), _colour("#d9cbb2"), lean_degrees=-8),
        ball((1.92, 1.50, 4.05), (0.17, 0.19, 0.17), _colour("#ffffff"), glow=(15.0, 9.6, 5.4)),  # lamp
        box((1.905, 0.0, 4.035), (1.935, 1.32, 4.065), _colour("#2a2622")),
        ball((1.92, 0.01, 4.05), (0.17, 0.02, 0.17), _colour("#2a2622")),
        box((-0.75, 1.30, 4.56), (0.10, 2.05, 4.60), _colour("#1f2327")),
        box((-0.72, 1.33, 4.55), (0.07, 2.02, 4.565), _colour("#e3dccf")),
        ball((-0.46, 1.72, 4.552), (0.16, 0.16, 0.008), _colour("#c77b4f")),
        box((-0.60, 1.42, 4.548), (-0.05, 1.58, 4.556), _colour("#39566b")),
        box((0.28, 1.45, 4.56), (0.78, 1.98, 4.60), _colour("#1f2327")),
        box((0.31, 1.48, 4.55), (0.75, 1.95, 4.565), _colour("#d9cfbe")),
        ball((0.53, 1.70, 4.552), (0.10, 0.16, 0.008), _colour("#5d7a6a")),
        *_plant(2.55, 0.0, 3.2, 1.35, "#3f6b45", "#8a5a40", 12, seed=11),
    ]
    lamp = next(i for i, thing in enumerate(things) if any(thing.glow))
    room = Room(
        things,
        eye=(0.25, 1.28, -0.9),
        look_at=(0.22, 1.16, 4.0),
        view_degrees=47,
        sky=(0.52, 0.66, 0.92),
        window=((-2.62, 0.55, 1.0), (0.0, 1.95, 0.0), (0.0, 0.0, 2.6)),
        lamps=(lamp,),
    )
    return _rendered(room, samples, 3.4, 8.0, dim=0.5)


ROOMS: dict[str, Callable[[], Floats]] = {
    "morning-room": morning_room,
    "bookshelf": bookshelf,
    "evening-room": evening_room,
}
