"""An X display: its screens and windows, and what they show."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import cv2
import numpy as np

from app.engine.screens.x_connection import XConnection, packet
from app.engine.screens.x_types import Area, Pointer, Screen, SeenWindow

if TYPE_CHECKING:
    from app.engine.core.types import Picture

_ATTRIBUTES, _GEOMETRY, _TREE, _ATOM, _ATOM_NAME, _PROPERTY = 3, 14, 15, 16, 17, 20
_TRANSLATE, _FREE_PIXMAP, _IMAGE = 40, 54, 73
# Of the extensions.
_MONITORS, _REDIRECT, _NAME_PIXMAP, _CURSOR_IMAGE = 42, 1, 6, 4
_SHAPE_EXTENTS, _SHAPE_RECTANGLES = 5, 8
_CHANGE_ATTRIBUTES, _EVENT_MASK, _SUBSTRUCTURE_NOTIFY = 2, 0x800, 1 << 19
_VIEWABLE, _INPUT_ONLY = 2, 2
_ANY_TYPE, _LONGEST_PROPERTY = 0, 1024
_Z_PIXMAP, _ALL_PLANES = 2, 0xFFFFFFFF
DEEPEST = 4
"""How far below the root a program's own window stands: window managers put frames around it."""


class XDisplay:
    """Reads one display through its own connection. Not for several threads at once.

    Every method may raise OSError, once the server is gone.
    """

    def __init__(self, display: str) -> None:
        """Raises OSError if there is no such display, BackdropError if its colours cannot be used."""
        self._x = XConnection(display)
        self._atoms: dict[str, int] = {}
        self.root, self.is_same_program = self._x.root, self._x.is_same_program
        for extension, version in (("RANDR", (1, 5)), ("Composite", (0, 4)), ("XFIXES", (2, 0))):
            self._ask_extension(extension, 0, struct.pack("<II", *version))

    def watch(self) -> None:
        """Have windows that come, go, move or change their order count in `changes`.

        The server tells them in time: what came before a picture is counted when the picture is there.
        """
        body = struct.pack("<III", self.root.window, _EVENT_MASK, _SUBSTRUCTURE_NOTIFY)
        self._x.tell(packet(_CHANGE_ATTRIBUTES, 0, body))

    @property
    def changes(self) -> int:
        """How many changes have been told since `watch`."""
        return self._x.events

    def close(self) -> None:
        """End the connection."""
        self._x.close()

    def screens(self) -> list[Screen]:
        """The screens, the main one first, as the server lists them; at least one."""
        reply = self._ask_extension("RANDR", _MONITORS, struct.pack("<IB3x", self.root.window, 1))
        found: list[Screen] = []
        at = 32
        for _ in range(struct.unpack_from("<I", reply, 12)[0] if reply else 0):
            assert reply is not None
            name, outputs, *area = struct.unpack_from("<IxxHhhHH", reply, at)
            found.append(Screen(self._atom_name(name), Area(*area)))
            at += 24 + 4 * outputs
        return found or [Screen("", Area(0, 0, self.root.width_px, self.root.height_px))]

    def user_windows(self) -> list[int]:
        """The windows that the user can switch to, the topmost first; all seen ones without a manager."""
        lists = self.properties([self.root.window], "_NET_CLIENT_LIST_STACKING", "_NET_CLIENT_LIST")
        listed = next((found for found in map(numbers, lists[0]) if found), None)
        return (listed or [seen.window for seen in self.seen_windows()])[::-1]

    def title(self, window: int) -> str:
        """What a window is called; '' if it has no name or is gone."""
        new, old = map(octets, self.properties([window], "_NET_WM_NAME", "WM_NAME")[0])
        return " ".join((new.decode("utf-8", "replace") or old.decode("latin-1")).split())

    def exists(self, window: int) -> bool:
        """Whether a window is still there, seen or not."""
        return self._x.ask(_about(_GEOMETRY, window)) is not None

    def area_of(self, window: int) -> Area | None:
        """Where a window is, without its border; None if it is gone or minimised."""
        place = packet(_TRANSLATE, 0, struct.pack("<IIhh", window, self.root.window, 0, 0))
        attributes, geometry, origin = self._x.ask_all(
            [_about(_ATTRIBUTES, window), _about(_GEOMETRY, window), place]
        )
        if attributes is None or geometry is None or origin is None or attributes[26] != _VIEWABLE:
            return None
        return Area(*struct.unpack_from("<hh", origin, 12), *struct.unpack_from("<HH", geometry, 16))

    # What they show

    def picture_of_area(self, area: Area) -> Picture | None:
        """What an area of the display shows, H x W x 3 BGR; None if it is not on the display."""
        return self._image(self.root.window, area)

    def give_own_picture(self, window: int) -> bool:
        """Have the server keep what is in a window apart from what covers it, until `close`.

        Returns False if it cannot. The window needs a moment to paint what was covered.
        """
        major = self._x.major("Composite")
        if major is not None:
            frame = self._child_of_root(window)
            self._x.tell(packet(major, _REDIRECT, struct.pack("<IB3x", frame, 0)))
        return major is not None

    def picture_of_window(self, window: int) -> Picture | None:
        """What is in a window, even where others cover it, after `give_own_picture`.

        None if it is minimised or gone.
        """
        frame = self._child_of_root(window)
        area, outer, major = self.area_of(window), self.area_of(frame), self._x.major("Composite")
        geometry = self._x.ask(_about(_GEOMETRY, frame))
        if area is None or outer is None or geometry is None or major is None:
            return None
        (border,) = struct.unpack_from("<H", geometry, 20)
        pixmap = self._x.new_id()
        self._x.tell(packet(major, _NAME_PIXMAP, struct.pack("<II", frame, pixmap)))
        x, y = area.x - outer.x + border, area.y - outer.y + border
        picture = self._image(pixmap, Area(x, y, area.width, area.height))
        self._x.tell(_about(_FREE_PIXMAP, pixmap))
        return picture

    def pointer(self) -> Pointer | None:
        """The mouse pointer as it is drawn now; None if the server does not tell."""
        reply = self._ask_extension("XFIXES", _CURSOR_IMAGE, b"")
        if reply is None:
            return None
        x, y, width, height, hot_x, hot_y = struct.unpack_from("<hhHHHH", reply, 8)
        bgra = np.frombuffer(reply, np.uint8, height * width * 4, 32).reshape(height, width, 4)
        return Pointer(x - hot_x, y - hot_y, bgra)

    # Windows in detail

    def seen_windows(self) -> list[SeenWindow]:
        """The children of the root that are on the screen, the lowest first."""
        children = self.children([self.root.window])[0]
        facts = self._x.ask_all([_about(code, w) for w in children for code in (_ATTRIBUTES, _GEOMETRY)])
        found = []
        for window, attributes, geometry in zip(children, facts[::2], facts[1::2], strict=True):
            if attributes is None or geometry is None or attributes[26] != _VIEWABLE:
                continue
            if struct.unpack_from("<H", attributes, 12)[0] != _INPUT_ONLY:
                x, y, width, height, border = struct.unpack_from("<hhHHH", geometry, 12)
                outer = Area(x, y, width + 2 * border, height + 2 * border)
                found.append(SeenWindow(window, outer, geometry[1], border))
        return found

    def children(self, windows: list[int]) -> list[list[int]]:
        """The children of each window, the lowest first; none of a window that is gone."""
        found = []
        for reply in self._x.ask_all([_about(_TREE, window) for window in windows]):
            count = struct.unpack_from("<H", reply, 16)[0] if reply else 0
            found.append(list(struct.unpack_from(f"<{count}I", reply, 32)) if reply else [])
        return found

    def shape(self, seen: SeenWindow) -> list[Area]:
        """The parts of a window that are there at all: the whole of it, unless it has a shape."""
        about = self._ask_extension("SHAPE", _SHAPE_EXTENTS, struct.pack("<I", seen.window))
        if about is None or not about[8]:
            return [seen.area]  # The rectangle of a window without a shape lacks a part of its border.
        reply = self._ask_extension("SHAPE", _SHAPE_RECTANGLES, struct.pack("<IB3x", seen.window, 0))
        if reply is None:
            return [seen.area]
        rectangles = struct.iter_unpack("<hhHH", reply[32 : 32 + 8 * struct.unpack_from("<I", reply, 8)[0]])
        left, top = seen.area.x + seen.border_px, seen.area.y + seen.border_px  # Within the border.
        return [Area(left + x, top + y, w, h) for x, y, w, h in rectangles]

    def properties(self, windows: list[int], *names: str) -> list[list[bytes | None]]:
        """For each window the replies for its properties of these names; `octets` and `numbers` read them."""
        atoms = [self._atom(name) for name in names]
        asked = [
            packet(_PROPERTY, 0, struct.pack("<5I", window, atom, _ANY_TYPE, 0, _LONGEST_PROPERTY))
            for window in windows
            for atom in atoms
        ]
        replies = self._x.ask_all(asked)
        return [replies[at : at + len(names)] for at in range(0, len(replies), len(names))]

    def _child_of_root(self, window: int) -> int:
        for _ in range(DEEPEST):
            reply = self._x.ask(_about(_TREE, window))
            parent = struct.unpack_from("<I", reply, 12)[0] if reply else 0
            if parent in (0, self.root.window):
                break
            window = parent
        return window

    def _ask_extension(self, extension: str, minor: int, body: bytes) -> bytes | None:
        major = self._x.major(extension)
        return None if major is None else self._x.ask(packet(major, minor, body))

    def _atom(self, name: str) -> int:
        if name not in self._atoms:
            data = name.encode()
            reply = self._x.ask(packet(_ATOM, 0, struct.pack("<HH", len(data), 0) + data))
            self._atoms[name] = struct.unpack_from("<I", reply, 8)[0] if reply else 0
        return self._atoms[name]

    def _atom_name(self, atom: int) -> str:
        reply = self._x.ask(_about(_ATOM_NAME, atom))
        return reply[32 : 32 + struct.unpack_from("<H", reply, 8)[0]].decode("latin-1") if reply else ""

    def _image(self, drawable: int, area: Area) -> Picture | None:
        body = struct.pack("<IhhHHI", drawable, *area, _ALL_PLANES)
        reply = self._x.ask(packet(_IMAGE, _Z_PIXMAP, body)) if area.width and area.height else None
        if reply is None:
            return None
        pixels = np.frombuffer(reply, np.uint8, area.height * area.width * 4, 32)
        bgrx = pixels.reshape(area.height, area.width, 4)
        return np.asarray(cv2.cvtColor(bgrx, cv2.COLOR_BGRA2BGR), np.uint8)


def octets(reply: bytes | None) -> bytes:
    """The content of a property; empty if there is none."""
    if reply is None:
        return b""
    count = struct.unpack_from("<I", reply, 16)[0] * (reply[1] // 8)
    return reply[32 : 32 + count]


def numbers(reply: bytes | None) -> list[int]:
    """The numbers of a property of 32 bits each; none if it is of another kind."""
    data = octets(reply) if reply is not None and reply[1] == 32 else b""
    return [value for (value,) in struct.iter_unpack("<I", data)]


def _about(opcode: int, thing: int) -> bytes:
    """A request whose body is the number of a window, a pixmap or an atom."""
    return packet(opcode, 0, struct.pack("<I", thing))
