"""Find the face of each frame: near the last one, or else on a coarse pass over the person."""

from __future__ import annotations

import logging
import time
from collections import deque
from typing import TYPE_CHECKING

import cv2
import numpy as np

from app.engine.core.errors import BackdropError, any_reason
from app.engine.core.face import Face, Square
from app.engine.face.squares import cut, face_square, person_square
from app.engine.networks.parts_network import open_parts_network

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.engine.core.face import Shares
    from app.engine.core.types import Alpha, Frame
    from app.engine.networks.parts_network import PartsNetwork

log = logging.getLogger(__name__)

_FOLLOWS = 0.35  # Share of the way to the new place and size per frame.
_SAME_SIZE = 1.08  # Up to this ratio the size stays, so that nothing trembles.
_STEADY, _AT_ONCE = 0.35, 0.35  # Share of a new value that hardly differs; difference that counts fully.
_FADE_S = 0.2
_STILL, _HARDLY, _SOON_S = (
    0.012,
    0.011,
    0.05,
)  # Mean change of a share; way by side; time. Up to these it is still.
_SLOW_MS, _TIMES = 40.0, 15


class FaceFinder:
    """Finds the face and its parts. Has memory: `reset` it at a new scene. A failure switches it off."""

    def __init__(self, load: Callable[[], PartsNetwork] = open_parts_network) -> None:
        """Load the network, which takes a while; if that fails, `problem` says why."""
        self.problem: BackdropError | None = None
        """Why no face is found any more."""
        self._network: PartsNetwork | None = None
        self._ms: deque[float] = deque(maxlen=_TIMES)
        self.reset()
        try:
            self._network = load()
        except Exception as error:
            self._fail(error)

    def reset(self) -> None:
        """Forget earlier frames."""
        self._last: Face | None = None
        self._is_still = False
        self._strength = 1.0  # In the first frame of a scene the face has its full strength.
        self._seen_at = 0.0

    def find(self, frame: Frame, alpha: Alpha) -> Face | None:
        """The face of a frame, H x W; None without one, or after a failure. alpha: H x W, of this frame."""
        if self._network is None:
            return None
        try:
            return self._find(self._network, frame, alpha)
        except Exception as error:
            self._fail(error)
            return None

    def _find(self, network: PartsNetwork, frame: Frame, alpha: Alpha) -> Face | None:
        since_s = max(0.0, frame.captured_at - self._seen_at)
        self._seen_at = frame.captured_at
        last = self._last
        if last is not None and self._is_still and since_s <= _SOON_S:
            # A still face is looked at in every second frame, which halves the cost.
            self._is_still = False
            self._strength = min(1.0, self._strength + since_s / _FADE_S)
            return Face(last.square, last.classes, last.shares, self._strength)
        found = None if last is None else self._seen(network, frame, last.square)
        if found is None:
            coarse = person_square(alpha)
            near = None if coarse is None else self._seen(network, frame, coarse)
            found = None if near is None else self._seen(network, frame, near[1])
            last = None if found is not None else last
        if found is None:
            self._strength = max(0.0, self._strength - since_s / _FADE_S)
            if last is None or not self._strength:
                self._last, self._strength = None, 0.0
                return None
            self._last = None if since_s > _FADE_S else last
            return Face(last.square, last.classes, last.shares, self._strength)
        shares, wanted = found
        square = self._square if last is None else last.square
        is_still = False
        if last is not None:
            change = shares - last.shares
            is_still = float(cv2.norm(change.reshape(len(change), -1), cv2.NORM_L1)) < _STILL * change.size
            shares = _steady(last.shares, change)
        shares.setflags(write=False)
        self._strength = min(1.0, self._strength + since_s / _FADE_S)
        face = Face(square, network.classes, shares, self._strength)
        self._last = _moved(face, _followed(square, wanted, shares.shape[1]))
        moved = max(abs(a - b) for a, b in zip(self._last.square, square, strict=True))
        self._is_still = is_still and moved <= _HARDLY * square.side_px
        return face

    def _seen(self, network: PartsNetwork, frame: Frame, square: Square) -> tuple[Shares, Square] | None:
        """The shares in a square, and the square that suits the face in it; None without a face."""
        begin = time.perf_counter()
        shares = network.infer(cut(frame, square, network.side_px))
        self._ms.append(1e3 * (time.perf_counter() - begin))
        if len(self._ms) == _TIMES and float(np.median(self._ms)) > _SLOW_MS:
            raise BackdropError("This computer is too slow for them.")
        self._square = square
        wanted = face_square(shares, network.classes, square)
        return None if wanted is None else (shares, wanted)

    def _fail(self, error: Exception) -> None:
        log.warning("the face cannot be found", exc_info=error)
        self._network = None
        reason = error.message if isinstance(error, BackdropError) else any_reason(error)
        self.problem = BackdropError("The looks for the face are off. {reason}", reason=reason)


def _followed(square: Square, wanted: Square, cells: int) -> Square:
    """The next square: moved by whole cells, so that earlier shares still fit; if possible as large."""
    ratio = wanted.side_px / square.side_px
    if not 1 / _SAME_SIZE < ratio < _SAME_SIZE:
        side = square.side_px * (1 + _FOLLOWS * (ratio - 1))
        x, y = (
            s + square.side_px / 2 + _FOLLOWS * (w + wanted.side_px / 2 - s - square.side_px / 2)
            for s, w in zip(square[:2], wanted[:2], strict=True)
        )
        return Square(x - side / 2, y - side / 2, side)
    cell = square.side_px / cells
    half = (wanted.side_px - square.side_px) / 2
    x, y = (
        round((1.0 if abs(w + half - s) > 4 * cell else _FOLLOWS) * (w + half - s) / cell) * cell + s
        for s, w in zip(square[:2], wanted[:2], strict=True)
    )
    return Square(x, y, square.side_px)


def _moved(face: Face, square: Square) -> Face:
    """The face with its shares as they lie in another square: those of the nearest cells."""
    if square == face.square:
        return face
    step = square.side_px / face.square.side_px
    height, width = face.shares.shape[1:]
    cell = face.square.side_px / width
    y, x = (
        np.clip(
            np.rint((square[axis] - face.square[axis]) / cell + (np.arange(size) + 0.5) * step - 0.5),
            0,
            size - 1,
        ).astype(np.intp)
        for axis, size in ((1, height), (0, width))
    )
    return Face(square, face.classes, face.shares.take(y, axis=1).take(x, axis=2), face.strength)


def _steady(before: Shares, change: Shares) -> Shares:
    """New shares, nearer to those before where they hardly change: no trail. Writes `change`."""
    gain = np.abs(change)
    gain *= (1 - _STEADY) / _AT_ONCE
    gain += _STEADY
    np.minimum(gain, 1.0, out=gain)
    change *= gain
    change += before
    return change
