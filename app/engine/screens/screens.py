"""Which screens and windows there are, and what takes their pictures."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from app.engine.core.errors import BackdropError
from app.engine.screens import x_grabbers

if TYPE_CHECKING:
    from app.engine.screens.grabber import Grabber, Target

SCREEN, WINDOW = "screen", "window"


def parse_spec(spec: str) -> tuple[str, str]:
    """'screen' or 'window', and the number or the title. Raises BackdropError for anything else."""
    kind, _, which = spec.partition(":")
    if kind == SCREEN:
        which = which or "1"
        if which.isdecimal() and len(which) < 3 and int(which) > 0:
            return kind, str(int(which))
    elif kind == WINDOW and which.strip():
        return kind, which.strip()
    raise BackdropError(
        "'{spec}' is not a screen or a window: write screen, screen:2 or window:TITLE.", spec=spec
    )


def is_spec(text: str) -> bool:
    """Whether a text names a screen or a window; nothing else begins like that."""
    return text == SCREEN or text.startswith((f"{SCREEN}:", f"{WINDOW}:"))


def list_targets() -> list[Target]:
    """The screens, the main one first, and the windows, the topmost first. Blocks. Raises BackdropError."""
    return x_grabbers.list_targets(x_display_name())


def open_grabber(spec: str) -> Grabber:
    """What takes the pictures of a screen or window. Blocks. Raises BackdropError if there is none."""
    kind, which = parse_spec(spec)
    if kind == SCREEN:
        return x_grabbers.XScreenGrabber(x_display_name(), int(which))
    return x_grabbers.XWindowGrabber(x_display_name(), which)


def x_display_name() -> str:
    """The X display of this session. Raises BackdropError where there is none."""
    if not sys.platform.startswith("linux"):
        raise BackdropError("On this system, Backdrop cannot show the screen yet: show slides instead.")
    if os.environ.get("WAYLAND_DISPLAY") or os.environ.get("XDG_SESSION_TYPE") == "wayland":
        raise BackdropError(
            "On Wayland, Backdrop cannot show the screen yet: show slides instead, "
            "or choose an X11 session when you sign in."
        )
    display = os.environ.get("DISPLAY", "")
    if not display:
        raise BackdropError("There is no screen here that Backdrop could show.")
    return display
