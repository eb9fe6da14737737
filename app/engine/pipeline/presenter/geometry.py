"""Where the person and the corner pieces stand in the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from app.engine.core.parameters import Parameter

if TYPE_CHECKING:
    from app.engine.core.parameters import Values
    from app.engine.core.types import Alpha

FULL = "full"
CORNERS = ("top-left", "top-right", "bottom-left", "bottom-right")
BUBBLES = {"circle": 1.0, "rounded": 4 / 3}
"""The shapes that show the person before a colour, with their width by their height."""
MARGIN = 0.04
"""Distance of bubbles and corner pieces from the edges; share of the picture's height."""
PLACEMENT = (
    Parameter("shape", "Place", "choice", FULL, choices=(FULL, "placed", *BUBBLES)),
    Parameter("size", "Size", "slider", 0.5, 0.15, 1.0),
    Parameter("x", "From left to right", "slider", 0.75, step=0.01),
    Parameter("y", "From top to bottom", "slider", 0.75, step=0.01),
    Parameter("mirror", "Mirror me", "switch", 0.0),
    Parameter("shadow", "Shadow", "slider", 0.0),
    Parameter("fill", "Behind me in the bubble", "colour", "#2b3a55"),
)
"""`size` is a share of the picture's height; `x` and `y` are the middle, as shares of width and height."""
_SNAP = 0.035  # Share of the picture's height.
_SIDE_BEYOND, _BELOW_BEYOND = 0.25, 0.4
"""Shares of the frame of a placed person that may be beyond a side or the top, and beyond the lower edge."""


class Box(NamedTuple):
    """A rectangle in pixels; it may reach beyond the picture."""

    left: int
    top: int
    width: int
    height: int


def box_of(values: Values, height_px: int, width_px: int) -> Box:
    """The rectangle of the person's frame or bubble in a picture of this size.

    A bubble stays whole in the picture, and so much of a placed frame that the person is seen. values: all of
    PLACEMENT.
    """
    shape = str(values["shape"])
    if shape == FULL:
        return Box(0, 0, width_px, height_px)
    height = max(8, round(float(values["size"]) * height_px))
    aspect = BUBBLES.get(shape, width_px / height_px)
    width = max(8, round(height * aspect))
    left = round(float(values["x"]) * width_px - width / 2)
    top = round(float(values["y"]) * height_px - height / 2)
    side, below = (0.0, 0.0) if shape in BUBBLES else (_SIDE_BEYOND, _BELOW_BEYOND)
    left = _limited(left, width, width_px, side, side)
    return Box(left, _limited(top, height, height_px, side, below), width, height)


def _limited(start: int, length: int, whole: int, before: float, after: float) -> int:
    """The start, moved so that at most these shares of the length are before 0 and beyond the whole."""
    first, last = sorted((round(-before * length), whole - round((1 - after) * length)))
    return min(last, max(first, start))


def snapped(values: Values, height_px: int, width_px: int) -> Values:
    """The values with `x` and `y` moved to an edge that is near: both to a corner.

    A bubble keeps the margin; a placed person stands at the edge itself, so that nothing looks cut off.
    """
    box = box_of(values, height_px, width_px)
    margin = round(MARGIN * height_px) if values["shape"] in BUBBLES else 0
    left = _nearest(box.left, (margin, width_px - box.width - margin), _SNAP * height_px)
    top = _nearest(box.top, (margin, height_px - box.height - margin), _SNAP * height_px)
    moved: Values = {
        "x": min(1.0, max(0.0, (left + box.width / 2) / width_px)),
        "y": min(1.0, max(0.0, (top + box.height / 2) / height_px)),
    }
    return {**values, **{key: round(float(value), 4) for key, value in moved.items()}}


def _nearest(at: int, edges: tuple[int, ...], reach_px: float) -> int:
    edge = min(edges, key=lambda edge: abs(edge - at))
    return edge if abs(edge - at) <= reach_px else at


def rounded_mask(height_px: int, width_px: int, radius_px: float) -> Alpha:
    """1 in a rectangle with round corners, 0 outside, soft over one pixel. H x W."""
    y = np.abs(np.arange(height_px, dtype=np.float32) - (height_px - 1) / 2) - (height_px / 2 - radius_px)
    x = np.abs(np.arange(width_px, dtype=np.float32) - (width_px - 1) / 2) - (width_px / 2 - radius_px)
    outside = np.hypot(np.maximum(x, 0)[None, :], np.maximum(y, 0)[:, None])
    inside = np.minimum(np.maximum(x[None, :], y[:, None]), 0)
    return np.asarray(np.clip(0.5 - (outside + inside - radius_px), 0.0, 1.0), np.float32)
