"""What is known of one person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from app.engine.people.appearance import Look
    from app.engine.people.instances import Mask

Numbers = npt.NDArray[np.int32]
"""h x w: the number of each pixel's person; `NOBODY`, or `DOUBTFUL` for a part that may be anybody's."""

NOBODY, DOUBTFUL = 0, -1
_CENTRE_REACH = 0.35  # Share of the width. Somebody this far from the middle counts a third of their area.
_FADE = 0.2  # Share per frame.


class Box(NamedTuple):
    """A rectangle, as shares of the picture's width and height."""

    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: Box) -> float:
        """The common area, divided by that of both together, 0 to 1."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        common = max(0.0, width) * max(0.0, height)
        both = self._area + other._area - common
        return common / both if both > 0 else 0.0

    def grown(self, by: float) -> Box:
        """The box, larger on each side."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)

    @property
    def _area(self) -> float:
        return max(0.0, self.right - self.left) * max(0.0, self.bottom - self.top)


def box_of(mask: Mask) -> Box:
    """The box of a mask, h x w, that is not empty."""
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    height, width = mask.shape
    return Box(columns[0] / width, rows[0] / height, (columns[-1] + 1) / width, (rows[-1] + 1) / height)


@dataclass(slots=True)
class Person:
    """One person, in view or away. area: share of the picture. Times in seconds, those of the frames."""

    number: int
    look: Look
    box: Box
    area: float
    born_at: float
    found_at: float
    is_shown: bool = False
    opacity: float = 0.0
    """0 hidden to 1; whoever is shown again fades in."""
    runs: int = 0
    """How often the person was found."""

    @property
    def weight(self) -> float:
        """How important the person is: large and near the middle."""
        across = (self.box.left + self.box.right) / 2
        return self.area * float(np.exp(-(((across - 0.5) / _CENTRE_REACH) ** 2)))

    def show(self, is_shown: bool, at_once: bool = False) -> None:
        """Show or hide. Hiding is immediate."""
        self.is_shown = is_shown
        if not is_shown or at_once:
            self.opacity = float(is_shown)

    def fade(self) -> None:
        """One frame later."""
        if self.is_shown:
            self.opacity = min(1.0, self.opacity + _FADE)
