"""What several looks for the face share: the part of a picture where the cells of a face are not empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.engine.core.face import Face
    from app.engine.core.types import Alpha, Picture


def blended(picture: Picture, face: Face, cells: Alpha, change: Callable[[Picture], Picture]) -> Picture:
    """A new picture, changed as far as the cells of a face, h x w, 0..1, say.

    change: from the part of the picture where the cells are not 0 to the same part as it would be at 1.
    """
    result = picture.copy()
    region = face.region(cells, picture.shape[0], picture.shape[1])
    if region is None:
        return result
    share = np.clip(face.enlarged(cells, region), 0.0, 1.0)
    part = picture[region]
    result[region] = cv2.blendLinear(change(part), part, share, 1.0 - share)
    return result


def soft(cells: Alpha, radius_cells: int) -> Alpha:
    """Cells with soft edges."""
    size = 2 * radius_cells + 1, 2 * radius_cells + 1
    return np.asarray(cv2.GaussianBlur(cells, size, 0), np.float32)
