"""Where Backdrop's own windows are seen on an X display, so that the screen behind the user leaves them out.

They hold the preview, which can show the room: the comparison of before and after does.
"""

from __future__ import annotations

import os
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from app.engine.screens.x_display import DEEPEST, numbers, octets
from app.engine.screens.x_types import Area, SeenWindow

if TYPE_CHECKING:
    from app.engine.screens.x_display import XDisplay

Mask = npt.NDArray[np.uint8]
"""H x W, 255 where an own window is seen, 0 elsewhere."""

_OWN_CLASS = "backdrop"
_OPAQUE = 0xFFFFFFFF


def own_mask(display: XDisplay, area: Area) -> Mask | None:
    """Where Backdrop's windows are seen in an area of the display; None for nowhere."""
    seen = display.seen_windows()
    families = _families(display, [each.window for each in seen])
    own = own_windows(display, list(chain.from_iterable(families)))
    if not own:
        return None
    mask = np.zeros((area.height, area.width), np.uint8)
    for each, family in zip(seen, families, strict=True):  # The lowest first.
        is_own = bool(own & set(family))
        for part in display.shape(each) if is_own else _opaque_parts(display, each, family):
            top, left = max(0, part.y - area.y), max(0, part.x - area.x)
            bottom, right = part.y + part.height - area.y, part.x + part.width - area.x
            mask[top : max(0, bottom), left : max(0, right)] = 255 if is_own else 0
    return mask if mask.any() else None


def own_windows(display: XDisplay, windows: list[int]) -> set[int]:
    """Those of the windows that belong to a Backdrop: to this program, or to another one of the same name."""
    named = set()
    for window, (pid, names) in zip(
        windows, display.properties(windows, "_NET_WM_PID", "WM_CLASS"), strict=True
    ):
        classes = octets(names).decode("latin-1").casefold().split("\0")
        if numbers(pid) == [os.getpid()] or _OWN_CLASS in classes:
            named.add(window)
    # Menus and hints may have no name, but they come from the same program.
    return {w for w in windows if any(display.is_same_program(w, other) for other in named)}


def _families(display: XDisplay, tops: list[int]) -> list[list[int]]:
    """For each window itself and those in it."""
    families, layers = [[top] for top in tops], [[top] for top in tops]
    for _ in range(DEEPEST):
        windows = list(chain.from_iterable(layers))
        below = dict(zip(windows, display.children(windows), strict=True))
        layers = [list(chain.from_iterable(below[window] for window in layer)) for layer in layers]
        for family, layer in zip(families, layers, strict=True):
            family.extend(layer)
    return families


def _opaque_parts(display: XDisplay, seen: SeenWindow, family: list[int]) -> list[Area]:
    """The parts of another window through which nothing is seen."""
    found = display.properties(family, "_NET_WM_WINDOW_OPACITY", "_NET_WM_OPAQUE_REGION")
    if any(values and values[0] != _OPAQUE for values in (numbers(opacity) for opacity, _ in found)):
        return []
    if seen.depth == display.root.depth:
        return display.shape(seen)
    parts = []
    for window, (_, region) in zip(family, found, strict=True):
        values = numbers(region)
        place = display.area_of(window) if len(values) >= 4 else None
        if place is not None:
            rectangles = zip(*(iter(values),) * 4, strict=False)
            parts += [Area(place.x + x, place.y + y, w, h) for x, y, w, h in rectangles]
    return parts
