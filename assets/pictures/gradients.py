"""Gradients at the size of a background: what the painted ones are made of."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from assets.pictures.finish import SIZE_PX, Floats, clouds, linear, soft

_WIDTH, _HEIGHT = SIZE_PX


def horizontal(start: float = 0.0, end: float = 1.0) -> Floats:
    """H x W x 1: from `start` at the left edge to `end` at the right one."""
    row = np.linspace(start, end, _WIDTH, dtype=np.float32)[None, :, None]
    return np.asarray(np.broadcast_to(row, (_HEIGHT, _WIDTH, 1)), np.float32)


def vertical(start: float = 0.0, end: float = 1.0) -> Floats:
    """H x W x 1: from `start` at the top edge to `end` at the bottom one."""
    column = np.linspace(start, end, _HEIGHT, dtype=np.float32)[:, None, None]
    return np.asarray(np.broadcast_to(column, (_HEIGHT, _WIDTH, 1)), np.float32)


def spot(x: float, y: float, radius: float) -> Floats:
    """H x W x 1: a soft spot of light; position and radius as shares of the height, x from the left edge."""
    down, across = np.mgrid[0:_HEIGHT, 0:_WIDTH].astype(np.float32) / _HEIGHT
    return np.asarray(np.exp(-((across - x) ** 2 + (down - y) ** 2) / (2 * radius**2))[..., None], np.float32)


def mixed(low: Floats, high: Floats, share: npt.NDArray[np.floating]) -> Floats:
    """`low` where the share is 0, `high` where it is 1."""
    return np.asarray(low * (1 - share) + high * share, np.float32)


def mesh(colours: list[list[str]], wobble: float, seed: int) -> Floats:
    """A smooth gradient between a grid of colours, distorted by `wobble`. Mixed in linear light."""
    grid = np.array([[linear(code) for code in row] for row in colours], np.float32)
    rows, columns = grid.shape[:2]
    push = [clouds(_HEIGHT, _WIDTH, 1.6, seed + i, octaves=2, gain=0.35) * wobble for i in (0, 1)]
    x = horizontal(0, columns - 1)[..., 0] + push[0] * (columns - 1)
    y = vertical(0, rows - 1)[..., 0] + push[1] * (rows - 1)
    size = columns * 64, rows * 64
    large = np.asarray(cv2.resize(grid, size, interpolation=cv2.INTER_LINEAR), np.float32)
    distorted = cv2.remap(
        soft(large, 30), x * 64 + 32, y * 64 + 32, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return soft(np.asarray(distorted, np.float32), 24)
