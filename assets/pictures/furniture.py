"""What the rendered interiors are made of: walls, a window, plants, books. Metres; see `light.Interior`."""

from __future__ import annotations

import math

import numpy as np

from assets.pictures.finish import linear
from assets.pictures.shapes import Thing, Triple, ball, box


def colour(code: str) -> Triple:
    """'#RRGGBB' as linear red, green and blue."""
    red, green, blue = (float(part) for part in linear(code))
    return red, green, blue


def shell(
    wall: str, floor: str, ceiling: str, side: str | None = None, right_m: float = 3.2, back_m: float = 4.6
) -> list[Thing]:
    """Floor, ceiling, back wall, right wall and the wall behind the camera, without the left wall."""
    side = side or wall
    return [
        box((-4.0, -0.2, -3.0), (right_m + 0.2, 0.0, back_m + 0.2), colour(floor)),
        box((-4.0, 2.8, -3.0), (right_m + 0.2, 3.0, back_m + 0.2), colour(ceiling)),
        box((-4.0, 0.0, back_m), (right_m + 0.2, 2.8, back_m + 0.2), colour(wall)),
        box((right_m, 0.0, -3.0), (right_m + 0.2, 2.8, back_m), colour(side)),
        box((-4.0, 0.0, -3.2), (right_m + 0.2, 2.8, -3.0), colour(side)),
    ]


def window_wall(
    x_m: float, low: float, high: float, near: float, far: float, wall: str, frame: str, bars: int = 2
) -> list[Thing]:
    """A wall on the left with a window in it, from `near` to `far` away and from `low` to `high` up."""
    paint, wood = colour(wall), colour(frame)
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


def plant(
    x: float, y: float, z: float, size: float, green: str, pot: str, leaves: int, seed: int
) -> list[Thing]:
    """A pot with long leaves that lean outward."""
    random = np.random.default_rng(seed)
    things = [
        box(
            (x - 0.13 * size, y, z - 0.13 * size),
            (x + 0.13 * size, y + 0.26 * size, z + 0.13 * size),
            colour(pot),
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
        leaf_colour = (float(shade[0]), float(shade[1]), float(shade[2]))
        things.append(
            ball(
                middle, (0.075 * size, length, 0.02 * size), leaf_colour, turn_degrees=turn, lean_degrees=lean
            )
        )
    return things


def books(
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
        things.append(box((left, y, z - deep), (left + thick - 0.003, y + tall, z), colour(tint)))
        left += thick
