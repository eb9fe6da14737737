"""Auto framing: which part of the picture to show so that the person fills it, moved with a calm hand."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from app.engine.core.image_ops import halve
from app.engine.core.types import Alpha

_MEASURE_HALVINGS = 3
_LEAST_PERSON = 0.01  # of the view; less is nobody
_TAIL = 0.02  # of the person's area that may lie outside the box: a stray speck moves nothing
_FILL_WIDTH, _FILL_HEIGHT = 0.7, 0.86  # of the view that the person's box takes
_HEADROOM = 0.1  # of the view above the head
_SMALLEST = 0.5  # of the picture: closer, a camera of 720 lines is no longer sharp
_CUT = 0.015  # of the view: a box that near to its edge goes on beyond it
_WIDEN = 1.2
_CALM = 0.06  # of the view: smaller wishes wait
_LOST_S = 1.5
_SPEED = 2.5  # per second; a new place is reached in about 4 / _SPEED seconds
_LONGEST_STEP_S = 0.25


@dataclass(frozen=True, slots=True)
class View:
    """A part of the picture, in its shape: where its middle is and how large it is, as shares, 0..1."""

    x: float
    y: float
    size: float


FULL = View(0.5, 0.5, 1.0)


def inside(view: View) -> View:
    """The view, moved and shrunk so far that all of it lies in the picture."""
    size = min(view.size, 1.0)
    return View(_between(view.x, size / 2, 1 - size / 2), _between(view.y, size / 2, 1 - size / 2), size)


class AutoFraming:
    """Chooses the view. Has memory: `reset` it when what was seen no longer counts.

    A view moves only once the person is clearly elsewhere, and then as a critically damped spring does: it
    sets out gently, arrives gently and never swings past.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin anew, with the whole picture."""
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
        # The exact solution, so that it does not depend on how many frames there are.
        target = np.array([self._target.x, self._target.y, self._target.size])
        off = self._place - target
        pull = (self._speed + _SPEED * off) * step_s
        fade = math.exp(-_SPEED * step_s)
        self._place = target + (off + pull) * fade
        self._speed = (self._speed - _SPEED * pull) * fade
        return self.view

    def follow(self, alpha: Alpha) -> None:
        """Where the person is in the view of the last frame: H x W, 0..1; not written."""
        now = self._now or 0.0
        wish = self._wish(alpha)
        if wish is None:
            if self._seen_at is None or now - self._seen_at > _LOST_S:
                self._target = FULL
            return
        self._seen_at = now
        calm = _CALM * self._target.size
        moves = max(
            abs(wish.x - self._target.x), abs(wish.y - self._target.y), abs(wish.size - self._target.size)
        )
        if moves > calm:
            self._target = wish

    def _wish(self, alpha: Alpha) -> View | None:
        """The view that would suit; None where nobody is view."""
        small = halve(alpha, _MEASURE_HALVINGS)
        if float(small.mean()) < _LEAST_PERSON:
            return None
        left, middle, right = _spread(small.sum(axis=0))
        top, _, bottom = _spread(small.sum(axis=1))
        view = self.view
        if bottom > 1 - _CUT:  # a body that the view cuts off goes on to the end of the picture
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
    """Where the person begins, has the middle and ends along one direction, as shares, 0..1."""
    summed = np.concatenate([[0.0], np.cumsum(weights, dtype=np.float64)])
    wanted = np.array([_TAIL, 0.5, 1 - _TAIL]) * summed[-1]
    before = np.searchsorted(summed, wanted) - 1  # the bin that each falls into
    places = before + (wanted - summed[before]) / weights[before]
    first, middle, last = (places / len(weights)).tolist()
    return first, middle, last


def _between(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)
