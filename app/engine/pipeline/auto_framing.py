"""Auto framing: choose and smooth the crop that fits the person."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from app.engine.core.image_ops import halve

if TYPE_CHECKING:
    from app.engine.core.types import Alpha

_MEASURE_HALVINGS = 3
_LEAST_PERSON = 0.01  # Share of the view's area. A smaller area counts as no person.
_TAIL = 0.02  # Share of the person's area outside the box on each side, so that specks do not move it.
_FILL_WIDTH, _FILL_HEIGHT = 0.7, 0.86  # Shares of the view's width and height for the person's box.
_HEADROOM = 0.1  # Share of the view's height above the head.
_SMALLEST = 0.5  # Share of the picture's size. A closer view of 720 lines is not sharp.
_CUT = 0.015  # Share of the view. A box this close to its edge continues beyond it.
_WIDEN = 1.2
_TOLERANCE = 0.06  # Share of the view. Smaller changes of the target are ignored.
_LOST_S = 1.5
_SPEED = 2.5  # Per second. A new target is reached in about 4 / _SPEED seconds.
_LONGEST_STEP_S = 0.25


@dataclass(frozen=True, slots=True)
class View:
    """A crop with the picture's aspect ratio: its centre and size as shares of the picture, 0..1."""

    x: float
    y: float
    size: float


FULL = View(0.5, 0.5, 1.0)


def inside(view: View) -> View:
    """The view, shrunk and moved to lie inside the picture."""
    size = min(view.size, 1.0)
    return View(_between(view.x, size / 2, 1 - size / 2), _between(view.y, size / 2, 1 - size / 2), size)


class AutoFraming:
    """Chooses the view. Has memory: `reset` it when earlier frames no longer count.

    The view moves only if the person has clearly moved, and then like a critically damped spring:
    it accelerates and slows down smoothly and never overshoots.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Start again with the whole picture."""
        self._place = np.array([FULL.x, FULL.y, FULL.size])
        self._speed = np.zeros(3)
        self._target = FULL
        self._now: float | None = None
        self._seen_at: float | None = None

    @property
    def view(self) -> View:
        """The view of the last frame."""
        return inside(View(*self._place.tolist()))

    def move(self, now: float) -> View:
        """The view of the frame captured at `now` (seconds)."""
        step_s = 0.0 if self._now is None else _between(now - self._now, 0.0, _LONGEST_STEP_S)
        self._now = now
        # The exact solution, which does not depend on the frame rate.
        target = np.array([self._target.x, self._target.y, self._target.size])
        offset = self._place - target
        pull = (self._speed + _SPEED * offset) * step_s
        fade = math.exp(-_SPEED * step_s)
        self._place = target + (offset + pull) * fade
        self._speed = (self._speed - _SPEED * pull) * fade
        return self.view

    def follow(self, alpha: Alpha) -> None:
        """Set the target from alpha (H x W, 0..1, not written) of the last view."""
        now = self._now or 0.0
        wanted = self._wanted(alpha)
        if wanted is None:
            if self._seen_at is None or now - self._seen_at > _LOST_S:
                self._target = FULL
            return
        self._seen_at = now
        tolerance = _TOLERANCE * self._target.size
        change = max(
            abs(wanted.x - self._target.x),
            abs(wanted.y - self._target.y),
            abs(wanted.size - self._target.size),
        )
        if change > tolerance:
            self._target = wanted

    def _wanted(self, alpha: Alpha) -> View | None:
        """The target view; None if no person is in view."""
        small = halve(alpha, _MEASURE_HALVINGS)
        if float(small.mean()) < _LEAST_PERSON:
            return None
        left, middle, right = _spread(small.sum(axis=0))
        top, _, bottom = _spread(small.sum(axis=1))
        view = self.view
        if bottom > 1 - _CUT:  # A body that the view cuts off continues to the end of the picture.
            bottom = 0.5 + (1 - view.y) / view.size
        size = view.size * max((right - left) / _FILL_WIDTH, (bottom - top) / _FILL_HEIGHT)
        is_cut = (
            (left < _CUT and view.x - view.size / 2 > _CUT)
            or (right > 1 - _CUT and view.x + view.size / 2 < 1 - _CUT)
            or (top < _CUT and view.y - view.size / 2 > _CUT)
        )
        if is_cut:
            size = max(size, _WIDEN * view.size)
        size = _between(size, _SMALLEST, 1.0)
        x = view.x + (middle - 0.5) * view.size
        head = view.y + (top - 0.5) * view.size
        return inside(View(x, head + (0.5 - _HEADROOM) * size, size))


def _spread(weights: npt.NDArray[Any]) -> tuple[float, float, float]:
    """Start, middle and end of the person along one axis, as shares, 0..1."""
    summed = np.concatenate([[0.0], np.cumsum(weights, dtype=np.float64)])
    wanted = np.array([_TAIL, 0.5, 1 - _TAIL]) * summed[-1]
    before = np.searchsorted(summed, wanted) - 1  # The bin of each quantile.
    places = before + (wanted - summed[before]) / weights[before]
    first, middle, last = (places / len(weights)).tolist()
    return first, middle, last


def _between(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)
