"""Backgrounds that are rendered: furnished interiors, slightly out of focus."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from assets.pictures.denoise import denoised
from assets.pictures.finish import Floats, defocused, filmic, soft, srgb, vignette
from assets.pictures.furniture import books, colour, plant, shell, window_wall
from assets.pictures.light import Interior, Tracer
from assets.pictures.shapes import ball, box

if TYPE_CHECKING:
    from collections.abc import Callable

_SIZE_PX = 640, 360


def _rendered(
    interior: Interior, samples: int, exposure: float, softness_px: float, dim: float = 0.35
) -> Floats:
    width, height = _SIZE_PX
    light = denoised(Tracer(interior).trace(width, height, samples))
    light = np.asarray(cv2.resize(light, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), np.float32)
    light += 0.05 * soft(np.maximum(light - 0.8, 0), 40) + 0.05 * soft(light, 60)  # lens glare
    light = defocused(np.maximum(light, 0), softness_px) * vignette(2 * height, 2 * width, dim)
    return srgb(filmic(light, exposure))


def morning_room(samples: int = 16) -> Floats:
    """A bright room, with sunlight through a window on the left."""
    wood, white = "#b98d62", "#f1ece4"
    things = [
        *shell("#e9e2d6", "#c9a982", "#f7f5f1"),
        *window_wall(-2.6, 0.75, 2.45, 1.3, 3.5, "#efe9df", "#ffffff", bars=1),
        box((-0.55, 0.14, 4.12), (1.75, 0.72, 4.58), colour(wood)),  # sideboard
        box((-0.50, 0.17, 4.10), (0.23, 0.69, 4.13), colour("#c79b70")),
        box((0.25, 0.17, 4.10), (0.97, 0.69, 4.13), colour("#c79b70")),
        box((0.99, 0.17, 4.10), (1.71, 0.69, 4.13), colour("#c79b70")),
        box((-0.45, 0.0, 4.2), (-0.40, 0.14, 4.5), colour("#54402c")),
        box((1.60, 0.0, 4.2), (1.65, 0.14, 4.5), colour("#54402c")),
        box((0.12, 1.18, 4.56), (0.92, 2.12, 4.60), colour("#2f2b28")),  # a picture in its frame
        box((0.15, 1.21, 4.55), (0.89, 2.09, 4.565), colour(white)),
        box((0.26, 1.36, 4.54), (0.78, 1.94, 4.555), colour("#7fa3a0")),
        ball((0.52, 1.55, 4.54), (0.17, 0.17, 0.01), colour("#e6b98a")),
        box((1.10, 1.38, 4.56), (1.62, 2.02, 4.60), colour(wood)),
        box((1.13, 1.41, 4.55), (1.59, 1.99, 4.565), colour("#f3efe7")),
        box((1.25, 1.54, 4.54), (1.47, 1.86, 4.555), colour("#c98f6b")),
        ball((1.38, 0.86, 4.34), (0.11, 0.15, 0.11), colour("#e8e2d8")),  # a vase and its twigs
        ball((1.38, 1.20, 4.34), (0.02, 0.26, 0.02), colour("#a9926a"), lean_degrees=10),
        ball((1.34, 1.20, 4.34), (0.02, 0.24, 0.02), colour("#a9926a"), lean_degrees=-14),
        box((-0.32, 0.72, 4.22), (0.02, 0.76, 4.46), colour("#d8d0c2")),
        box((-0.30, 0.76, 4.24), (-0.02, 0.795, 4.44), colour("#7c97a5")),
        *plant(2.35, 0.0, 3.9, 1.55, "#4d7a45", "#e9e4db", 13, seed=3),
        box((-2.4, 0.0, 3.72), (-2.25, 2.6, 4.35), colour("#f4efe6")),  # curtain
    ]
    interior = Interior(
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
    return _rendered(interior, samples, 1.25, 8.0, dim=0.25)


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
        *shell("#cfc5b5", "#8d6b4c", "#f2eee6", back_m=3.6),
        *window_wall(-2.6, 0.6, 2.5, -0.6, 2.2, "#d9d0c1", "#ffffff", bars=1),
    ]
    levels = [0.10, 0.52, 0.94, 1.36, 1.78, 2.20, 2.62]
    for level in levels:
        things.append(box((-2.0, level - 0.018, 3.26), (2.2, level + 0.018, 3.6), colour(wood)))
    for side in (-2.0, -0.6, 0.8, 2.2):
        things.append(box((side - 0.018, 0.0, 3.26), (side + 0.018, 2.64, 3.6), colour(wood)))
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
        things += books(x, y, 3.52, width, tints, seed + 5, 0.33)
    things += [
        ball((-0.30, 1.49, 3.42), (0.10, 0.11, 0.10), colour("#d9a066")),
        ball((-1.80, 1.07, 3.42), (0.11, 0.11, 0.11), colour("#e9e3d7")),
        ball((0.35, 1.08, 3.42), (0.13, 0.12, 0.13), colour("#6f8c8a")),
        ball((1.82, 1.52, 3.42), (0.10, 0.14, 0.10), colour("#efe9de")),
        box((1.62, 0.54, 3.40), (2.05, 0.80, 3.44), colour("#efe9de")),
        ball((0.62, 1.90, 3.42), (0.10, 0.10, 0.10), colour("#c9b28c")),
        *plant(-1.05, 1.798, 3.42, 0.46, "#5d8a4c", "#d9d2c5", 9, seed=5),
        *plant(0.55, 2.218, 3.42, 0.42, "#5d8a4c", "#b98d62", 9, seed=8),
    ]
    interior = Interior(
        things,
        eye=(0.2, 1.42, -0.6),
        look_at=(0.12, 1.44, 4.0),
        view_degrees=47,
        sky=(3.2, 3.0, 2.7),
        window=((-2.62, 0.6, -0.6), (0.0, 1.9, 0.0), (0.0, 0.0, 2.8)),
    )
    return _rendered(interior, samples, 2.9, 7.0, dim=0.45)


def evening_room(samples: int = 16) -> Floats:
    """A blue-grey room at dusk, with a lamp beside a sofa."""
    things = [
        *shell("#79838b", "#7a5d46", "#8b9298"),
        *window_wall(-2.6, 0.55, 2.5, 1.0, 3.6, "#79838b", "#20262c", bars=2),
        box((-1.35, 0.16, 3.72), (1.15, 0.44, 4.50), colour("#8d7f70")),  # sofa
        box((-1.35, 0.40, 4.28), (1.15, 0.86, 4.55), colour("#998a7a")),
        box((-1.55, 0.14, 3.70), (-1.33, 0.64, 4.52), colour("#94867a")),
        box((1.13, 0.14, 3.70), (1.35, 0.64, 4.52), colour("#94867a")),
        box((-1.05, 0.46, 4.08), (-0.62, 0.84, 4.24), colour("#b8673f"), lean_degrees=9),
        box((0.48, 0.46, 4.08), (0.92, 0.82, 4.24), colour("#d9cbb2"), lean_degrees=-8),
        ball((1.92, 1.50, 4.05), (0.17, 0.19, 0.17), colour("#ffffff"), glow=(15.0, 9.6, 5.4)),  # lamp
        box((1.905, 0.0, 4.035), (1.935, 1.32, 4.065), colour("#2a2622")),
        ball((1.92, 0.01, 4.05), (0.17, 0.02, 0.17), colour("#2a2622")),
        box((-0.75, 1.30, 4.56), (0.10, 2.05, 4.60), colour("#1f2327")),
        box((-0.72, 1.33, 4.55), (0.07, 2.02, 4.565), colour("#e3dccf")),
        ball((-0.46, 1.72, 4.552), (0.16, 0.16, 0.008), colour("#c77b4f")),
        box((-0.60, 1.42, 4.548), (-0.05, 1.58, 4.556), colour("#39566b")),
        box((0.28, 1.45, 4.56), (0.78, 1.98, 4.60), colour("#1f2327")),
        box((0.31, 1.48, 4.55), (0.75, 1.95, 4.565), colour("#d9cfbe")),
        ball((0.53, 1.70, 4.552), (0.10, 0.16, 0.008), colour("#5d7a6a")),
        *plant(2.55, 0.0, 3.2, 1.35, "#3f6b45", "#8a5a40", 12, seed=11),
    ]
    lamp = next(i for i, thing in enumerate(things) if any(thing.glow))
    interior = Interior(
        things,
        eye=(0.25, 1.28, -0.9),
        look_at=(0.22, 1.16, 4.0),
        view_degrees=47,
        sky=(0.52, 0.66, 0.92),
        window=((-2.62, 0.55, 1.0), (0.0, 1.95, 0.0), (0.0, 0.0, 2.6)),
        lamps=(lamp,),
    )
    return _rendered(interior, samples, 3.4, 8.0, dim=0.5)


INTERIORS: dict[str, Callable[[], Floats]] = {
    "morning-room": morning_room,
    "bookshelf": bookshelf,
    "evening-room": evening_room,
}
