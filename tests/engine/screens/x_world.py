"""An X server for tests, and programs that put windows of one colour on it."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import numpy as np
import pytest

from app.engine.screens import screen_feed
from app.engine.screens.x_connection import XConnection, packet
from app.engine.screens.x_display import XDisplay
from app.engine.screens.x_types import Area

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.engine.core.types import Picture

SIZE = 640, 480
"""Width and height of the screen, in pixels."""
BORDER = 0xFF00FF
"""The colour of all borders."""
RED, GREEN, BLUE = 0xFF0000, 0x00FF00, 0x0000FF
SECRET = BORDER
"""The colour of Backdrop's own windows, which no picture may have."""
WHOLE = Area(0, 0, *SIZE)
_CREATE, _DESTROY, _MAP, _UNMAP, _CONFIGURE, _ATOM, _PROPERTY = 1, 4, 8, 10, 12, 16, 18
_BACK_PIXEL, _BORDER_PIXEL, _OVERRIDE_REDIRECT = 0x2, 0x8, 0x200
_STRING, _CARDINAL, _WARP = 31, 6, 41
_SET_MONITOR, _DELETE_MONITOR = 43, 44


@contextmanager
def x_server(size_px: tuple[int, int] = SIZE) -> Iterator[str]:
    """A server of its own; its name such as ':7'. Skips where none can be started."""
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed")
    reading, writing = os.pipe()
    width_px, height_px = size_px
    server = subprocess.Popen(
        [
            "Xvfb",
            "-displayfd",
            str(writing),
            "-screen",
            "0",
            f"{width_px}x{height_px}x24",
            "-nolisten",
            "tcp",
            "-noreset",
        ],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as pipe:
            number = pipe.readline().strip()
        if not number:
            pytest.skip("Xvfb cannot be started here")
        yield f":{number}"
    finally:
        wait_for_feeds()
        server.terminate()
        server.wait(20)


def wait_for_feeds() -> None:
    """Wait until no thread takes pictures: one that does so at the end of the tests would abort them."""
    for thread in threading.enumerate():
        if thread.name == "backdrop-screen":
            thread.join(20)


def use_display(display: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make it the display of this session, without what was taken of another one."""
    for name in ("WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "XAUTHORITY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.setattr(screen_feed, "_feeds", WeakValueDictionary())
    monkeypatch.setattr(screen_feed, "_IDLE_S", 0.2)
    monkeypatch.setattr(XDisplay, "pointer", lambda display: None)  # It stands in the middle.


class Program:
    """One program with windows; its properties are those of a window of its own."""

    def __init__(self, display: str, name: str = "other", pid: int = 1) -> None:
        self._x = XConnection(display)
        self.name, self.pid = name, pid

    def open(
        self,
        area: Area,
        colour: int,
        title: str = "",
        parent: int = 0,
        is_menu: bool = False,
        border_px: int = 0,
    ) -> int:
        """Show a window, the topmost one. colour: 0xRRGGBB. A menu has no properties."""
        window = self._x.new_id()
        body = struct.pack("<IIhhHHHHI", window, parent or self._x.root.window, *area, border_px, 1, 0)
        values = struct.pack("<IIII", _BACK_PIXEL | _BORDER_PIXEL | _OVERRIDE_REDIRECT, colour, BORDER, 1)
        self._x.tell(packet(_CREATE, 0, body + values))
        if not is_menu:
            self.set_text(window, "_NET_WM_NAME", title)
            self.set_text(window, "WM_CLASS", f"{self.name}\0{self.name.title()}\0")
            self.set_numbers(window, "_NET_WM_PID", self.pid)
        self._x.tell(packet(_MAP, 0, struct.pack("<I", window)))
        self.settle()
        return window

    def open_unseen(self, area: Area) -> int:
        """A window that takes clicks and shows nothing, the topmost one."""
        window = self._x.new_id()
        body = struct.pack("<IIhhHHHHI", window, self._x.root.window, *area, 0, 2, 0)
        self._x.tell(packet(_CREATE, 0, body + struct.pack("<II", _OVERRIDE_REDIRECT, 1)))
        self._x.tell(packet(_MAP, 0, struct.pack("<I", window)))
        self.settle()
        return window

    def add_monitor(self, name: str, area: Area, is_main: bool = False) -> None:
        """Make a part of the display a screen of its own."""
        about = struct.pack("<IBBHhhHHII", self._atom(name), is_main, 0, 0, *area, 100, 100)
        self._randr(_SET_MONITOR, about)

    def remove_monitor(self, name: str) -> None:
        self._randr(_DELETE_MONITOR, struct.pack("<I", self._atom(name)))

    def _randr(self, minor: int, body: bytes) -> None:
        major = self._x.major("RANDR")
        assert major is not None
        self._x.ask(packet(major, 0, struct.pack("<II", 1, 5)))
        self._x.tell(packet(major, minor, struct.pack("<I", self._x.root.window) + body))
        self.settle()

    def set_text(self, window: int, name: str, text: str) -> None:
        data = text.encode()
        head = struct.pack("<IIIBxxxI", window, self._atom(name), _STRING, 8, len(data))
        self._x.tell(packet(_PROPERTY, 0, head + data))

    def set_numbers(self, window: int, name: str, *numbers: int) -> None:
        head = struct.pack("<IIIBxxxI", window, self._atom(name), _CARDINAL, 32, len(numbers))
        self._x.tell(packet(_PROPERTY, 0, head + struct.pack(f"<{len(numbers)}I", *numbers)))
        self.settle()

    def set_shape(self, window: int, *parts: Area) -> None:
        """Leave only these parts of a window."""
        major = self._x.major("SHAPE")
        assert major is not None
        rectangles = b"".join(struct.pack("<hhHH", *part) for part in parts)
        self._x.tell(packet(major, 1, struct.pack("<BBBxIhh", 0, 0, 0, window, 0, 0) + rectangles))
        self.settle()

    def move(self, window: int, x: int, y: int) -> None:
        self._x.tell(packet(_CONFIGURE, 0, struct.pack("<IHxxii", window, 0x3, x, y)))
        self.settle()

    def hide(self, window: int) -> None:
        self._x.tell(packet(_UNMAP, 0, struct.pack("<I", window)))
        self.settle()

    def close(self, window: int) -> None:
        self._x.tell(packet(_DESTROY, 0, struct.pack("<I", window)))
        self.settle()

    def move_pointer(self, x: int, y: int) -> None:
        """Put the mouse pointer at a place of the display."""
        self._x.tell(packet(_WARP, 0, struct.pack("<IIhhHHhh", 0, self._x.root.window, 0, 0, 0, 0, x, y)))
        self.settle()

    def settle(self) -> None:
        """Wait until the server has done all of it."""
        self._atom("settled")

    def end(self) -> None:
        self._x.close()

    def _atom(self, name: str) -> int:
        data = name.encode()
        reply = self._x.ask(packet(_ATOM, 0, struct.pack("<HH", len(data), 0) + data))
        assert reply is not None
        return int(struct.unpack_from("<I", reply, 8)[0])


def colour_at(picture: Picture, x: int, y: int) -> int:
    blue, green, red = map(int, picture[y, x])
    return red << 16 | green << 8 | blue


def has(picture: Picture, colour: int) -> bool:
    bgr = (colour & 0xFF, colour >> 8 & 0xFF, colour >> 16)
    return bool((picture == np.array(bgr, np.uint8)).all(axis=2).any())
