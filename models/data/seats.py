"""Seats in training frames: backs of chairs, cushions and arms that touch a person from behind.

Networks keep the seat of a seated person unless they are trained on seats; people who are pasted onto a room
never sit on its furniture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.data.dataset import Pixels

_LEAST_PERSON_PX = 24  # height of a person that may sit


def add_seats(frame: Pixels, alpha: Pixels, texture: Pixels, rng: np.random.Generator) -> Pixels:
    """Copy the frame and add a seat behind the person; alpha does not change.

    frame, texture: uint8 [H, W, 3]. alpha: uint8 [H, W]. Without a person the frame is returned as it is.
    """
    rows, columns = np.flatnonzero((alpha > 127).any(1)), np.flatnonzero((alpha > 127).any(0))
    if not len(rows) or rows[-1] - rows[0] < _LEAST_PERSON_PX:
        return frame
    room = 1 - alpha.astype(np.float32) / 255
    clothes = _clothes(frame, alpha, int(rows[0]), int(rows[-1]))
    for centre, half, power in _shapes(alpha, rows, columns, rng):
        fabric = _shaded(_tinted(texture, clothes, rng), centre, half, rng)
        cover = _superellipse(alpha.shape, centre, half, power, float(rng.normal(0, 0.15))) * room
        frame = np.asarray(cv2.blendLinear(fabric, frame, cover, 1 - cover), np.uint8)
    if rng.random() < 0.4:
        frame = _with_shadow(frame, alpha, rng)
    return frame


Shape = tuple[tuple[float, float], tuple[float, float], float]  # centre, half size in pixels, exponent


def _shapes(
    alpha: Pixels, rows: NDArray[np.int64], columns: NDArray[np.int64], rng: np.random.Generator
) -> list[Shape]:
    top, tall = float(rows[0]), float(rows[-1] - rows[0])
    left, wide = float(columns[0]), float(columns[-1] - columns[0])
    shapes: list[Shape] = []
    if rng.random() < 0.6:  # a back
        upper = top + tall * rng.uniform(-0.05, 0.6)
        half = wide * rng.uniform(0.3, 0.8), tall * rng.uniform(0.3, 0.8)
        centre = left + wide * rng.uniform(0.3, 0.7), upper + half[1]
        shapes.append((centre, half, float(rng.choice((2.5, 4, 8, 20)))))
    around = np.argwhere((cv2.dilate(alpha, np.ones((3, 3), np.uint8)) > 127) & (alpha <= 127))
    # Cushions and arms lie beside the person's body, not beside the hair.
    around = around[around[:, 0] > top + 0.25 * tall]
    for _ in range(int(rng.integers(0 if shapes else 1, 4)) if len(around) else 0):
        y, x = around[int(rng.integers(len(around)))]
        across = min(wide, tall) * rng.uniform(0.08, 0.4)
        down = across * rng.uniform(0.25, 1.2)
        offset = rng.uniform(-0.6, 0.6, 2) * (across, down)
        centre = float(x + offset[0]), float(y + offset[1])
        shapes.append((centre, (across, down), float(rng.choice((2, 2.5, 3, 6)))))
    return shapes


def _superellipse(
    size: tuple[int, ...], centre: tuple[float, float], half: tuple[float, float], power: float, turn: float
) -> NDArray[np.float32]:
    """Soft mask, 0 to 1: an ellipse at power 2, a rounded box at larger ones. turn: radians."""
    x, y = _turned(size, centre, turn)
    radius = (np.abs(x / half[0]) ** power + np.abs(y / half[1]) ** power) ** (1 / power)
    return np.asarray(np.clip((1 - radius) * min(half) + 0.5, 0, 1), np.float32)


def _turned(
    size: tuple[int, ...], centre: tuple[float, float], turn: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    x = np.arange(size[1], dtype=np.float32)[None] - np.float32(centre[0])
    y = np.arange(size[0], dtype=np.float32)[:, None] - np.float32(centre[1])
    cosine, sine = np.float32(np.cos(turn)), np.float32(np.sin(turn))
    return x * cosine + y * sine, y * cosine - x * sine


def _clothes(frame: Pixels, alpha: Pixels, top: int, bottom: int) -> NDArray[np.float64]:
    """Mean colour of the lower half of the person, [3]."""
    where = (alpha > 127).astype(np.uint8)
    where[: (top + bottom) // 2] = 0
    return np.array(cv2.mean(frame, where)[:3])


def _tinted(texture: Pixels, clothes: NDArray[np.float64], rng: np.random.Generator) -> Pixels:
    """The texture, plain or less plain, in its own colour or moved towards the person's clothes."""
    mean = np.array(cv2.mean(texture)[:3])
    target = mean
    if rng.random() < 0.5:
        target = mean + (clothes - mean) * rng.uniform(0.3, 1.0) + rng.normal(0, 12, 3)
    contrast = float(rng.uniform(0.1, 1.0))
    offset = target - contrast * mean
    return np.asarray(np.clip(texture * np.float32(contrast) + offset.astype(np.float32), 0, 255), np.uint8)


def _shaded(
    fabric: Pixels, centre: tuple[float, float], half: tuple[float, float], rng: np.random.Generator
) -> Pixels:
    """Light from one side and dark edges, as a stuffed surface has."""
    x, y = _turned(fabric.shape, centre, float(rng.uniform(0, 2 * np.pi)))
    side = max(half)
    light = 1 + np.float32(rng.uniform(0, 0.5)) * np.clip(x / side, -1, 1)
    light -= np.float32(rng.uniform(0, 0.5)) * np.clip((x**2 + y**2) / (2 * side**2), 0, 1)
    return np.asarray(np.clip(fabric * light[..., None], 0, 255), np.uint8)


def _with_shadow(frame: Pixels, alpha: Pixels, rng: np.random.Generator) -> Pixels:
    """The shadow of the person on what is close behind, shifted to a side."""
    height, width = alpha.shape
    shift = rng.normal(0, 0.02, 2) * height
    matrix = np.array([[1, 0, shift[0]], [0, 1, shift[1]]])
    sigma = float(rng.uniform(0.01, 0.05)) * height
    shadow = cv2.GaussianBlur(cv2.warpAffine(alpha, matrix, (width, height)), (0, 0), sigma)
    room = 1 - alpha.astype(np.float32) / 255
    share = 1 - np.float32(rng.uniform(0.2, 0.7)) * room * shadow.astype(np.float32) / 255
    return np.asarray(np.clip(frame * share[..., None], 0, 255), np.uint8)
