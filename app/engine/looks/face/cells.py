"""What several looks for the face share: the part of a picture where the cells of a face are not empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.engine.core.face import Face
    from app.engine.core.types import Alpha, Picture

_LEAST = 0.01
_MARGIN_CELLS = 2


def blended(picture: Picture, face: Face, cells: Alpha, change: Callable[[Picture], Picture]) -> Picture:
    """A new picture, changed as far as the cells of a face, h x w, 0..1, say.

    change: from the part of the picture where the cells are not 0 to the same part as it would be at 1.
    """
    result = picture.copy()
    left, top, width, height = cv2.boundingRect((cells > _LEAST).astype(np.uint8))
    if not width:
        return result
    square, cell = face.square, face.square.side_px / cells.shape[0]
    first_x, first_y = left - _MARGIN_CELLS, top - _MARGIN_CELLS
    rows = _span(square.top_px + first_y * cell, (height + 2 * _MARGIN_CELLS) * cell, picture.shape[0])
    columns = _span(square.left_px + first_x * cell, (width + 2 * _MARGIN_CELLS) * cell, picture.shape[1])
    if rows is None or columns is None:
        return result
    region = rows, columns
    share = np.clip(face.enlarged(cells, region), 0.0, 1.0)
    part = picture[region]
    result[region] = cv2.blendLinear(change(part), part, share, 1.0 - share)
    return result


def _span(start_px: float, length_px: float, size_px: int) -> slice | None:
    first, last = max(0, int(start_px)), min(size_px, int(start_px + length_px) + 1)
    return slice(first, last) if last - first >= 2 else None


def soft(cells: Alpha, radius_cells: int) -> Alpha:
    """Cells with soft edges."""
    size = 2 * radius_cells + 1, 2 * radius_cells + 1
    return np.asarray(cv2.GaussianBlur(cells, size, 0), np.float32)
