"""The newest picture of a screen or window, taken on a thread of its own while somebody asks for it."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import numpy as np

from app.engine.core.errors import BackdropError, any_reason
from app.engine.core.image_ops import contain
from app.engine.screens.screens import open_grabber

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.engine.core.types import Picture
    from app.engine.screens.grabber import Grabber

_INTERVAL_S = 1 / 12
_AGAIN_S = 1.0  # After a failure.
_IDLE_S = 1.5
"""The thread ends, and the picture is forgotten, when nobody has asked for that long."""
_USUAL_PX = 720, 1280


class ScreenFeed:
    """`picture` returns at once. If no picture can be taken, the last one stays. Only that one is kept."""

    def __init__(self, spec: str, open_grabber: Callable[[str], Grabber]) -> None:
        self._spec, self._open = spec, open_grabber
        self.problem: BackdropError | None = None
        """Why the picture is not the newest; None if it is."""
        self._taking = threading.Lock()
        self._state = threading.Lock()
        self._grabber: Grabber | None = None
        self._size = _USUAL_PX
        self._newest: Picture | None = None
        """As large as the screen."""
        self._fitted: Picture | None = None
        self._asked_at = 0.0
        self._thread: threading.Thread | None = None

    def prepare(self) -> None:
        """Take a picture in this call if there is none. Blocks. Raises BackdropError if that fails."""
        self._wake()
        if self._newest is None:
            self._take()
            if self._newest is None and self.problem is not None:
                raise self.problem

    def picture(self, height_px: int, width_px: int, waits: bool = False) -> Picture:
        """The newest picture in the middle of H x W x 3 BGR, read-only; black before the first one.

        `waits`: take it in this call.
        """
        self._size = height_px, width_px
        self._wake()
        if waits:
            self._take()
        newest, fitted = self._newest, self._fitted
        if newest is None or fitted is None:
            return _read_only(np.zeros((height_px, width_px, 3), np.uint8))
        if fitted.shape[:2] != (height_px, width_px):
            fitted = _fitted(newest, height_px, width_px)
        return fitted

    def _wake(self) -> None:
        with self._state:
            self._asked_at = time.monotonic()
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="backdrop-screen", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        while True:
            began_at = time.monotonic()
            with self._state:
                is_idle = began_at > self._asked_at + _IDLE_S
                if is_idle:
                    self._thread = None
            if is_idle:
                self._forget()
                return
            self._take()
            interval = _AGAIN_S if self.problem else _INTERVAL_S
            time.sleep(max(0.0, began_at + interval - time.monotonic()))

    def _forget(self) -> None:
        with self._taking:
            if self._thread is None:  # Nobody has asked again meanwhile.
                self._close()
                self._newest = self._fitted = None

    def _take(self) -> None:
        """Take a picture, or note why there is none. Never raises."""
        with self._taking:
            try:
                if self._grabber is None:
                    self._grabber = self._open(self._spec)
                picture = self._grabber.grab()
                self._newest, self._fitted, self.problem = picture, _fitted(picture, *self._size), None
            except BackdropError as error:
                self.problem = error
            except Exception as error:
                self._close()
                self.problem = BackdropError(
                    "The screen cannot be reached: {reason}.", reason=any_reason(error)
                )

    def _close(self) -> None:
        grabber, self._grabber = self._grabber, None
        if grabber is not None:
            grabber.close()


_feeds: WeakValueDictionary[str, ScreenFeed] = WeakValueDictionary()
_opening = threading.Lock()


def open_feed(spec: str) -> ScreenFeed:
    """The feed of a screen or window, the same one as long as anything uses it."""
    with _opening:
        feed = _feeds.get(spec)
        if feed is None:
            _feeds[spec] = feed = ScreenFeed(spec, open_grabber)
        return feed


def _fitted(picture: Picture, height_px: int, width_px: int) -> Picture:
    return _read_only(contain(picture, width_px, height_px))


def _read_only(picture: Picture) -> Picture:
    picture.setflags(write=False)
    return picture
