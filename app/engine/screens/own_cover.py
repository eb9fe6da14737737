"""Covers Backdrop's own windows in pictures of the screen."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import cv2
import numpy as np

from app.engine.screens.own_windows import own_mask

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.engine.core.types import Picture
    from app.engine.screens.own_windows import Mask
    from app.engine.screens.x_display import XDisplay
    from app.engine.screens.x_types import Area

_STAYS_S = 0.5
"""Own windows stay covered that long where they were: a desktop shows things later than it tells."""
_LOOK_AGAIN_S = 1.0
"""Also if nothing was told: a window's opaque region may change without a word."""
_EVERY_PX = 4


class OwnCover:
    """Remembers where own windows are and were. Looking takes milliseconds, so only after changes."""

    def __init__(self, display: XDisplay, now_s: Callable[[], float] = time.monotonic) -> None:
        """`display`: one that is watched."""
        self._display, self._now_s = display, now_s
        self._area: Area | None = None
        self._mask: Mask | None = None
        """Where they are."""
        self._left: list[tuple[float, Mask]] = []
        """Where they were, and until when that counts."""
        self._seen_changes, self._looked_at_s = -1, 0.0

    def look(self, area: Area) -> None:
        """Look where they are in an area of the display, if that may have changed."""
        now_s = self._now_s()
        if area != self._area:
            self._area, self._mask, self._left = area, None, []
        elif self._display.changes == self._seen_changes and now_s - self._looked_at_s < _LOOK_AGAIN_S:
            return
        self._seen_changes, self._looked_at_s = self._display.changes, now_s
        if self._mask is not None:
            self._left.append((now_s + _STAYS_S, self._mask))
        self._mask = own_mask(self._display, area)

    def covered(self, picture: Picture) -> Picture:
        """A picture of the area with one colour, that of the rest on average, where they are or were."""
        now_s = self._now_s()
        self._left = [(until_s, mask) for until_s, mask in self._left if until_s > now_s]
        masks = [mask for mask in (self._mask, *(mask for _, mask in self._left)) if mask is not None]
        if not masks:
            return picture
        mask = masks[0] if len(masks) == 1 else np.bitwise_or.reduce(masks)
        rest = 255 - mask
        few = (slice(None, None, _EVERY_PX),) * 2
        mean = cv2.mean(np.ascontiguousarray(picture[few]), np.ascontiguousarray(rest[few]))
        covered = cv2.bitwise_and(picture, picture, mask=rest)
        colour = np.array(mean, np.float64).round()  # Four numbers count as one colour for all pixels.
        return np.asarray(cv2.add(covered, colour, dst=covered, mask=mask), np.uint8)
