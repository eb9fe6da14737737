"""Give a hard label the soft edge of a matting teacher's alpha."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from models.data.dataset import DataError, read_pixels

if TYPE_CHECKING:
    from pathlib import Path

    from models.data.dataset import Entry

Alpha = NDArray[np.float32]

# Lengths are shares of the photo's diagonal, 0 to 1, unless they end in _PX.
_INSIDE, _OUTSIDE = 0.008, 0.028  # width of the band inside and outside the label; hair is outside
_INSIDE_PX, _OUTSIDE_PX = 2, 4  # least widths
_WINDOW = 0.06  # side of the window in which teacher and label are compared
_MAX_DIFFERENCE = 0.22  # mean difference of alpha, 0 to 1, in the window, above which the label stays
_FEATHER = 0.01  # sigma of the transition between teacher and label
_EDGE_PX = 1.2  # sigma of the blur of the label where it stays


def fuse(alpha: Alpha, label: Alpha) -> tuple[Alpha, float]:
    """Replace the label by the teacher's alpha in a band around its edge; all float32 [H, W], 0 to 1.

    Where the two differ over a wide area, the label stays, slightly blurred. Returns the fused label and the
    share of the band where the label stays, 0 to 1.
    """
    diagonal = float(np.hypot(*label.shape))
    person = (label > 0.5).astype(np.uint8)
    inside = cv2.erode(person, _disc(max(_INSIDE_PX, round(_INSIDE * diagonal)))) > 0
    outside = cv2.dilate(person, _disc(max(_OUTSIDE_PX, round(_OUTSIDE * diagonal)))) == 0
    side = int(_WINDOW * diagonal) | 1
    keep = (cv2.blur(np.abs(alpha - person), (side, side)) > _MAX_DIFFERENCE).astype(np.float32)
    keep = cv2.GaussianBlur(keep, (0, 0), _FEATHER * diagonal)
    soft = cv2.GaussianBlur(person.astype(np.float32), (0, 0), _EDGE_PX)
    fused = np.asarray(alpha * (1 - keep) + soft * keep, np.float32)
    fused[inside], fused[outside] = 1, 0
    band = ~inside & ~outside
    return fused, float(keep[band].mean()) if band.any() else 0.0


def _disc(radius: int) -> NDArray[np.uint8]:
    side = 2 * radius + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)


def read_alpha(alphas: Path, entry: Entry, shape: tuple[int, ...]) -> Alpha | None:
    """Read the teacher's alpha of a photo, float32 of `shape`, 0 to 1; None if the photo has none.

    Raises DataError if it is unreadable or has another size.
    """
    path = alphas / entry.source / f"{entry.name}.webp"
    if not path.is_file():
        return None
    pixels = read_pixels(path, cv2.IMREAD_GRAYSCALE)
    if pixels.shape != shape:
        raise DataError(f"{path} has the size {pixels.shape}, the photo's label {shape}")
    return np.asarray(pixels, np.float32) / np.float32(255)
