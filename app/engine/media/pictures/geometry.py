"""Turn, mirror and fit pictures as their files say."""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from fractions import Fraction

    from app.engine.core.types import Picture

# EXIF's orientation as whether to mirror left to right first, and quarter turns counter-clockwise after that.
_EXIF = {
    1: (False, 0),
    2: (True, 0),
    3: (False, 2),
    4: (True, 2),
    5: (True, 1),
    6: (False, 3),
    7: (True, 3),
    8: (False, 1),
}


def turned_by_exif(bgr: Picture, orientation: int) -> Picture:
    """Make a photo upright. orientation: EXIF's, 1 to 8."""
    mirrored, turns = _EXIF[orientation]
    return turned(bgr, mirrored, turns)


def turned_by_matrix(bgr: Picture, matrix: bytes) -> Picture:
    """Turn and mirror a frame as a video's display matrix says.

    matrix: nine 32-bit integers, as libav gives them. Angles are rounded to quarter turns.
    """
    a, b, _, c, d, *_ = struct.unpack("=9i", matrix[:36])
    # A pixel at (x, y) is shown at (ax + cy, bx + dy), with y downwards.
    mirrored = a * d - b * c < 0
    if mirrored:
        a, b = -a, -b
    turns = round(math.atan2(c - b, a + d) / (math.pi / 2)) % 4
    return turned(bgr, mirrored, turns)


def square_pixels(bgr: Picture, aspect: Fraction | None) -> Picture:
    """Resize a picture with pixels `aspect` times as wide as high, as in DV and HDV, to square ones."""
    if not aspect or aspect == 1 or not 0.1 < aspect < 10:
        return bgr
    size = max(1, round(bgr.shape[1] * aspect)), bgr.shape[0]
    return np.asarray(cv2.resize(bgr, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def turned(bgr: Picture, mirrored: bool, turns: int) -> Picture:
    """Mirror left to right, then turn by quarter turns counter-clockwise."""
    if not mirrored and not turns:
        return bgr
    return np.ascontiguousarray(np.rot90(np.fliplr(bgr) if mirrored else bgr, turns))
