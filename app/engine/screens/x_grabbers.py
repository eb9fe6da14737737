"""Pictures of a screen or a window on X11."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from app.engine.core.errors import BackdropError, disk_reason
from app.engine.screens.grabber import Grabber, Target
from app.engine.screens.own_cover import OwnCover
from app.engine.screens.own_windows import own_windows
from app.engine.screens.x_display import XDisplay

if TYPE_CHECKING:
    from app.engine.core.types import Picture
    from app.engine.screens.x_types import Area, Pointer

_REPAINT_S = 0.5
"""Until a window has painted what others covered, after it got a picture of its own."""
_LONGEST_TITLE = 60


def list_targets(display: str) -> list[Target]:
    """The screens and the windows, without those of Backdrop. Raises BackdropError."""
    x = _opened(display)
    try:
        screens = [Target(f"screen:{n}", screen.name) for n, screen in enumerate(x.screens(), 1)]
        windows = x.user_windows()
        own = own_windows(x, windows)
        titles = dict.fromkeys(x.title(window) for window in windows if window not in own)
        return screens + [Target(f"window:{title}", title) for title in titles if title]
    except OSError as error:
        raise _unreachable(error) from error
    finally:
        x.close()


class XScreenGrabber(Grabber):
    """A whole screen. Where Backdrop's own windows are seen, there is one colour."""

    def __init__(self, display: str, number: int) -> None:
        """`number`: from 1, in the order of `list_targets`. Raises BackdropError."""
        self._x, self._number = _opened(display), number
        self._x.watch()
        self._cover = OwnCover(self._x)

    def grab(self) -> Picture:
        screens = self._x.screens()
        if self._number > len(screens):
            raise BackdropError(
                "There is no screen {number}: the last one is {last}.", number=self._number, last=len(screens)
            )
        area = screens[self._number - 1].area
        # Before and after, because a window may come in between.
        self._cover.look(area)
        picture = self._x.picture_of_area(area)
        self._cover.look(area)
        if picture is None:
            raise BackdropError("The screen cannot be seen at the moment; its last picture stays.")
        pointer = self._x.pointer()
        covered = self._cover.covered(picture)
        return covered if pointer is None else _with_pointer(covered, pointer, area)

    def close(self) -> None:
        self._x.close()


class XWindowGrabber(Grabber):
    """One window, also while others cover it. Once it is closed, a new one of its name takes its place."""

    def __init__(self, display: str, title: str) -> None:
        """`title`: the window's whole title or a part of it, in any case. Raises BackdropError."""
        self._x, self._wanted = _opened(display), title
        self._window: int | None = None
        try:
            self._find()
        except BaseException as error:
            self._x.close()
            if isinstance(error, OSError):
                raise _unreachable(error) from error
            raise

    def grab(self) -> Picture:
        window = self._find() if self._window is None else self._window
        picture = self._x.picture_of_window(window)
        if picture is not None:
            return picture
        if self._x.exists(window):
            raise BackdropError(
                "The window '{title}' is minimised; its last picture stays.", title=self._title
            )
        self._window = None  # Its number may become that of any other window.
        raise BackdropError("The window '{title}' is closed: choose another one.", title=self._title)

    def close(self) -> None:
        self._x.close()

    def _find(self) -> int:
        window = _window_called(self._x, self._wanted)
        self._title = self._x.title(window)[:_LONGEST_TITLE]
        if self._x.give_own_picture(window):
            time.sleep(_REPAINT_S)
        self._window = window
        return window


def _with_pointer(picture: Picture, pointer: Pointer, area: Area) -> Picture:
    """The picture with the part of the pointer that is within it."""
    height, width = pointer.bgra.shape[:2]
    top, left = pointer.y - area.y, pointer.x - area.x
    rows = slice(max(0, top), max(0, min(area.height, top + height)))
    columns = slice(max(0, left), max(0, min(area.width, left + width)))
    drawn = pointer.bgra[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    if not drawn.size:
        return picture
    behind = picture[rows, columns] * (1.0 - drawn[..., 3:] / 255.0)
    shown = picture.copy()
    shown[rows, columns] = np.round(np.minimum(255.0, behind + drawn[..., :3]))
    return shown


def _window_called(x: XDisplay, title: str) -> int:
    """The topmost window with this title, or else with this in its title. Raises BackdropError."""
    windows = x.user_windows()
    own = own_windows(x, windows)
    titles = {window: x.title(window).casefold() for window in windows if window not in own}
    wanted = " ".join(title.casefold().split())
    for is_it in (wanted.__eq__, lambda there: wanted in there):
        for window, there in titles.items():
            if is_it(there):
                return window
    raise BackdropError("There is no window '{title}': choose another one.", title=title)


def _opened(display: str) -> XDisplay:
    try:
        return XDisplay(display)
    except OSError as error:
        raise _unreachable(error) from error


def _unreachable(error: OSError) -> BackdropError:
    return BackdropError("The screen cannot be reached: {reason}.", reason=disk_reason(error))
