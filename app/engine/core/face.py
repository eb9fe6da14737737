"""A face in a frame: where it is, and what each pixel of it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from app.engine.core.types import Alpha

Shares = npt.NDArray[np.float32]
"""C x h x w, 0..1: how much each cell of a square is of each part."""

FACE = ("skin", "brows", "eyes", "glasses", "nose", "mouth", "lips")
"""The parts that are the face itself, without hair, ears and neck."""


_LEAST = 0.01  # Share of a cell; less counts as 0.
_MARGIN_CELLS = 2


class Square(NamedTuple):
    """A square in a frame, in pixels; it may reach beyond the frame."""

    left_px: float
    top_px: float
    side_px: float


@dataclass(frozen=True, slots=True)
class Face:
    """A face. shares: of the cells of the square; read-only. strength: 0..1, less while it comes or goes."""

    square: Square
    classes: tuple[str, ...]
    shares: Shares
    strength: float = 1.0

    def share(self, *names: str) -> Alpha:
        """The summed shares of parts: h x w, 0..1, a new array. A part that the network lacks counts 0."""
        chosen = [index for index, name in enumerate(self.classes) if name in names]
        return np.asarray(self.shares[chosen].sum(axis=0), np.float32)

    def region(
        self, cells: Alpha, height_px: int, width_px: int, multiple: int = 1
    ) -> tuple[slice, slice] | None:
        """Rows and columns of a frame where cells, h x w, are not 0, with a margin; None if there are none.

        multiple: the rows and columns begin and end at a multiple of it.
        """
        box = cv2.boundingRect((cells > _LEAST).astype(np.uint8))
        cell = self.square.side_px / cells.shape[0]
        spans = []
        for start, axis, size in ((self.square.top_px, 1, height_px), (self.square.left_px, 0, width_px)):
            first = int(start + (box[axis] - _MARGIN_CELLS) * cell)
            last = int(start + (box[axis] + box[axis + 2] + _MARGIN_CELLS) * cell) + 1
            first = max(0, first) // multiple * multiple
            last = min(size // multiple * multiple, -(-last // multiple) * multiple)
            spans.append(slice(first, last))
        is_empty = not box[2] or any(span.stop - span.start < max(2, multiple) for span in spans)
        return None if is_empty else (spans[0], spans[1])

    def enlarged(self, cells: Alpha, region: tuple[slice, slice], step: int = 1) -> Alpha:
        """Values of the cells, h x w, at each pixel of a region; step: at the middle of n x n pixels."""
        rows, columns = region
        left, top, side = self.square
        height, width = cells.shape
        x, y = width / side, height / side
        shift = (columns.start - left + 0.5 * step) * x - 0.5, (rows.start - top + 0.5 * step) * y - 0.5
        size = (columns.stop - columns.start) // step, (rows.stop - rows.start) // step
        matrix = np.array([[x * step, 0.0, shift[0]], [0.0, y * step, shift[1]]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return np.asarray(cv2.warpAffine(cells, matrix, size, flags=flags), np.float32)
