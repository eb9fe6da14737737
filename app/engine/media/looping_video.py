"""A background video that plays in a loop, decoded on its own thread."""

from __future__ import annotations

import math
import threading
import weakref
from collections import deque
from typing import TYPE_CHECKING

from app.engine.core.errors import BackdropError
from app.engine.core.image_ops import cover
from app.engine.media.moving_picture import open_clip

if TYPE_CHECKING:
    from pathlib import Path

    from app.engine.core.types import Picture

_PICTURES_AHEAD = 3
_IDLE_S = 1.0
_LATE_S = 0.5
_SHORTEST_TURN_S = 0.02  # A file may say that its only picture is shown for no time.
_LARGEST_PX = 3840 * 2160


class LoopingVideo:
    """Plays a video in a loop; `picture` returns the due picture without waiting.

    A thread decodes a few pictures ahead and fits them to the size. It ends if no picture was requested for
    a second and starts again with the next request, so no `close` is needed.
    """

    def __init__(self, path: Path) -> None:
        """Open a video and decode its first picture.

        Raises BackdropError if the file is not a video, has no picture or is too large.
        """
        self._reader = open_clip(path)
        width, height = self._reader.size
        if width * height > _LARGEST_PX:
            self._reader.close()
            raise BackdropError(
                "'{path}' is too large for a background, {width} x {height} pixels: "
                "Backdrop takes videos up to 3840 x 2160.",
                path=path,
                width=width,
                height=height,
            )
        weakref.finalize(self, self._reader.close)
        self._reader.use_one_core()  # The camera's frames need the others.
        self._frames = self._reader.frames()
        self._loop_start_s = 0.0
        self.problem: BackdropError | None = None
        """Why parts of the video are missing; the others keep looping."""
        self._changed = threading.Condition()
        self._shown_s, self._shown = self._next()
        self._ahead: deque[tuple[float, Picture]] = deque()
        self._size = self._shown.shape[:2]
        self._began_s, self._requested_s = 0.0, math.inf
        self._thread: threading.Thread | None = None
        self._has_ended = False

    def picture(self, at_s: float, height_px: int, width_px: int, waits: bool = False) -> Picture:
        """The picture for a time (seconds, of any clock), H x W x 3 BGR, read-only.

        `waits`: decode the due picture in this call, however long that takes; for all calls or for none.
        """
        with self._changed:
            self._size = height_px, width_px
            if at_s < self._requested_s:  # The first request, or a clock that starts again.
                self._began_s = at_s - self._shown_s
            self._requested_s = at_s
            if waits:
                self._decode_until(at_s - self._began_s)
            else:
                self._wake()
            while self._ahead and self._ahead[0][0] <= at_s - self._began_s:
                self._shown_s, self._shown = self._ahead.popleft()
            if not self._ahead and at_s - self._began_s > self._shown_s + _LATE_S:
                self._began_s = (
                    at_s - self._shown_s
                )  # Continue with the current picture, without catching up.
            self._changed.notify()
            if self._shown.shape[:2] != self._size:
                self._shown = cover(self._shown, width_px, height_px)
            self._shown.setflags(write=False)
            return self._shown

    def restart(self) -> None:
        """Play from the first picture on; only if all calls of `picture` wait.

        Raises BackdropError if the file does not allow it.
        """
        with self._changed:
            if self._requested_s == math.inf:
                return
            self._reader.rewind()
            self._frames, self._loop_start_s, self._has_ended = self._reader.frames(), 0.0, False
            self._ahead.clear()
            self._shown_s, self._shown = self._next()
            self._requested_s = math.inf

    @property
    def first(self) -> Picture:
        """The first picture in the video's own size, read-only."""
        self._shown.setflags(write=False)
        return self._shown

    def _wake(self) -> None:
        if self._thread is None and not self._has_ended:
            self._thread = threading.Thread(target=self._decode, name="backdrop-player", daemon=True)
            self._thread.start()

    def _decode(self) -> None:
        while True:
            with self._changed:
                if not self._changed.wait_for(lambda: len(self._ahead) < _PICTURES_AHEAD, _IDLE_S):
                    self._thread = None
                    return
                height, width = self._size
            following = self._next_or_none()
            if following is None:
                return
            at_s, picture = following
            fitted = cover(picture, width, height)
            with self._changed:
                self._ahead.append((at_s, fitted))

    def _decode_until(self, due_s: float) -> None:
        while not self._has_ended and (not self._ahead or self._ahead[-1][0] <= due_s):
            following = self._next_or_none()
            if following is not None:
                self._ahead.append(following)

    def _next_or_none(self) -> tuple[float, Picture] | None:
        """The next picture; None if there are no more."""
        try:
            return self._next()
        except BackdropError as error:
            self.problem, self._has_ended = error, True
            return None

    def _next(self) -> tuple[float, Picture]:
        """The next picture with its time in seconds; the first follows the last."""
        for _ in range(2):
            try:
                for at_s, bgr in self._frames:
                    return self._loop_start_s + at_s, bgr
            except BackdropError as error:
                self.problem = error
            self.problem = self._reader.problem or self.problem
            self._loop_start_s += max(self._reader.end_s, _SHORTEST_TURN_S)
            self._reader.rewind()
            self._frames = self._reader.frames()
        raise self.problem or BackdropError("'{path}' has no pictures in it.", path=self._reader.path)
