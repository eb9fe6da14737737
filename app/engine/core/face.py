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

    def region(self, height_px: int, width_px: int, multiple: int = 1) -> tuple[slice, slice] | None:
        """Rows and columns of a frame in the square, multiples of a number; None if there are none."""
        left, top, side = self.square
        spans = []
        for low, size in ((top, height_px), (left, width_px)):
            first = max(0, int(low)) // multiple * multiple
            last = min(size // multiple * multiple, -(-int(low + side) // multiple) * multiple)
            if last - first < max(2, multiple):
                return None
            spans.append(slice(first, last))
        return spans[0], spans[1]

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
