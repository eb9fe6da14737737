"""Looks that change colours alone: fused into one matrix and one curve for each of person and room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from app.engine.core.look import Look
from app.engine.core.types import NO_SHADE, Shade

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.engine.core.types import Alpha, Frame, Picture
    from app.engine.looks.cube import CubeTable

Matrix = npt.NDArray[np.float32]
"""3 x 3, from BGR to BGR."""
Levels = npt.NDArray[np.float64]
"""Brightness of a channel; 0 black, 1 white. A matrix may give more than 1."""
Table = npt.NDArray[np.uint8]

_LEVELS = 256
_BRIGHT_MIDDLE = 0.15  # Of half the squared distance from the middle to a corner: no darker up to there.


class ToneLook(Look):
    """A look that is a matrix, a curve, a brightness of the room or of the corners, or several of them."""

    def matrix(self) -> Matrix | None:
        """The mixture of the channels, before all curves; None for none."""
        return None

    @property
    def most_gain(self) -> float:
        """The highest factor that `matrix` may ever have. It is needed because tables are made beforehand."""
        matrix = self.matrix()
        return 1.0 if matrix is None else float(np.maximum(matrix, 0).sum(axis=1).max())

    def curve(self, levels: Levels, is_person: bool) -> Levels:
        """The new brightness for each brightness, the same for all channels."""
        return levels

    @property
    def room_gain(self) -> float:
        """Brightness of the background, 0..1, of whatever kind it is."""
        return 1.0

    @property
    def darkening(self) -> float:
        """How dark the corners become, 0..1."""
        return 0.0

    @property
    def cube(self) -> CubeTable | None:
        """A table that replaces each colour, after all curves; None for none."""
        return None

    def measure(self, frame: Frame, alpha: Alpha) -> None:
        """Measure what the look needs to know about the frame; neither is written or kept."""


@dataclass(frozen=True, slots=True)
class Toner:
    """Changes the colours of a picture: a matrix, a table for each level, a table of colours.

    table: 256 levels, or None. residue: 65,536 colours by their 5, 6 and 5 bits, what they differ from the
    table plus 128, as BGRA in 32 bits; or None.
    """

    scale: float
    table: Table | None
    residue: npt.NDArray[np.uint32] | None = None

    def mixed(self, picture: Picture, matrix: Matrix | None) -> Picture:
        """A new picture: the matrix alone, divided by the scale."""
        if matrix is None:
            return picture.copy()
        return np.asarray(cv2.transform(picture, matrix / np.float32(self.scale)), np.uint8)

    def bend(self, mixed: Picture) -> None:
        """Apply the tables to what `mixed` returned, or to a part of it, in place."""
        if self.table is None:
            return
        if self.residue is None:
            cv2.LUT(mixed, self.table, mixed)
            return
        index = cv2.cvtColor(mixed, cv2.COLOR_BGR2BGR565).view(np.uint16)[..., 0]
        found = np.take(self.residue, index, mode="clip").view(np.uint8).reshape(*index.shape, 4)
        residue = cv2.cvtColor(found, cv2.COLOR_BGRA2BGR)
        cv2.addWeighted(cv2.LUT(mixed, self.table), 1.0, residue, 1.0, -128.0, mixed)


def fused_matrix(looks: Sequence[ToneLook]) -> Matrix | None:
    """The product of the looks' matrices, the first look first; None if nothing is to be multiplied."""
    product: Matrix | None = None
    for look in looks:
        matrix = look.matrix()
        if matrix is None and look.most_gain != 1.0:
            matrix = np.eye(3, dtype=np.float32)  # The tables count on it.
        if matrix is not None:
            product = matrix if product is None else np.asarray(matrix @ product, np.float32)
    return product


def toner(looks: Sequence[ToneLook], is_person: bool) -> Toner:
    """What the looks do to the person, or to the room, besides their matrices."""
    scale = float(np.prod([look.most_gain for look in looks]))
    steps = np.linspace(0.0, 1.0, _LEVELS)
    levels = bent(looks, scale * steps, is_person)
    cube = next((look.cube for look in looks if look.cube is not None), None)
    if cube is None:
        is_identity = np.array_equal(levels, steps)
        return Toner(scale, None if is_identity else _bytes(levels))
    # The middles of the steps that are left of 256 levels, blue's bits lowest, as in OpenCV's format.
    blue, green, red = (
        bent(
            looks, scale * (np.arange(2**bits) * 2 ** (8 - bits) + (2 ** (8 - bits) - 1) / 2) / 255, is_person
        )
        for bits in (5, 6, 5)
    )
    colours = np.stack([plane.ravel() for plane in np.meshgrid(red, green, blue, indexing="ij")][::-1], 1)
    base = cube.greys(levels)
    difference = cube.colours(colours) - cube.greys(colours)
    residue = np.full((len(colours), 4), 128, np.uint8)
    residue[:, :3] = np.clip(np.rint(255 * difference) + 128, 0, 255)
    return Toner(scale, _bytes(base), residue.view(np.uint32)[:, 0])


def bent(looks: Sequence[ToneLook], levels: Levels, is_person: bool) -> Levels:
    """The levels, 0 or more, after the curves of all looks, 0..1."""
    for look in looks:
        levels = look.curve(levels, is_person)
    return np.clip(levels, 0.0, 1.0)


def shade(height_px: int, width_px: int, darkening: float, room_gain: float, edge: float = 1.0) -> Shade:
    """The shade of dark corners, 0..1, and of a darker background, whose brightness is 0..1. Read-only.

    edge: as in Shade.
    """
    if not darkening and room_gain == 1.0:
        return NO_SHADE if edge == 1.0 else Shade(edge=edge)
    y = np.linspace(-1.0, 1.0, height_px, dtype=np.float32)[:, None]
    x = np.linspace(-1.0, 1.0, width_px, dtype=np.float32)[None]
    # Half the squared distance from the middle: 0 there, 1 in the corners.
    away = np.clip(((x * x + y * y) / 2 - _BRIGHT_MIDDLE) / (1.0 - _BRIGHT_MIDDLE), 0.0, 1.0)
    brightness = np.asarray(1.0 - darkening * away * away * (3.0 - 2.0 * away), np.float32)
    background = _plane(np.asarray(room_gain * brightness, np.float32))
    return Shade(_plane(brightness) if darkening else None, background, edge)


def _plane(brightness: npt.NDArray[np.float32]) -> Table:
    plane = np.asarray((255 * brightness).round(), np.uint8)
    plane.setflags(write=False)
    return plane


def _bytes(levels: Levels) -> Table:
    return np.asarray(np.rint(255 * np.clip(levels, 0.0, 1.0)), np.uint8)
