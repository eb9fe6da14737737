"""A connection to an X server in the X protocol itself: no library whose errors end the program.

Source: X Window System Protocol, version 11 (www.x.org/releases/X11R7.7/doc/xproto/x11protocol.html).
"""

from __future__ import annotations

import contextlib
import os
import re
import socket
import struct
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from app.engine.core.errors import BackdropError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from io import BufferedReader

_TIMEOUT_S = 3.0
_BUFFER_BYTES = 1 << 16
_ANY_HOST = 0xFFFF
_COOKIE = b"MIT-MAGIC-COOKIE-1"
_ERROR, _REPLY, _GENERIC_EVENT = 0, 1, 35
_REPLY_BYTES = 32  # Of a reply's head, of an error and of an event.
_QUERY_EXTENSION = 98


class Root(NamedTuple):
    """The window that holds all others of a display."""

    window: int
    width_px: int
    height_px: int
    depth: int


class XConnection:
    """One display. Not for several threads at once. Blocks for at most a few seconds."""

    def __init__(self, display: str) -> None:
        """Connect to a display such as ':0'. Raises OSError if that fails."""
        found = re.fullmatch(r"(?P<host>[^/:]*|/.*):(?P<number>\d+)(?:\.\d+)?", display)
        if found is None:
            raise ConnectionError(f"'{display}' is not a display")
        number = int(found["number"])
        self._socket = _connected(found["host"], number)
        self._socket.settimeout(_TIMEOUT_S)
        # Buffered, because most replies are 32 bytes and there are hundreds of them.
        self._reader = cast("BufferedReader", self._socket.makefile("rb", _BUFFER_BYTES))
        self.events = 0
        """How many events have come: see `XDisplay.watch`."""
        self._sequence = self._ids = self._id_base = self._id_mask = 0
        self._majors: dict[str, int] = {}
        try:
            self._begin(number)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the connection; the server frees everything that belongs to it."""
        self._reader.close()
        self._socket.close()

    def new_id(self) -> int:
        """A number for something new on the server."""
        self._ids += 1
        return self._id_base | self._ids & self._id_mask

    def is_same_program(self, one: int, other: int) -> bool:
        """Whether two windows belong to one connection, so to one program."""
        return one & ~self._id_mask == other & ~self._id_mask

    def tell(self, request: bytes) -> None:
        """Send a request that has no reply; an error of it is not noticed."""
        self._socket.sendall(request)
        self._sequence += 1

    def ask(self, request: bytes) -> bytes | None:
        """The reply to a request; None for an error, as for a window that is gone."""
        return self.ask_all([request])[0]

    def ask_all(self, requests: Sequence[bytes]) -> list[bytes | None]:
        """The replies to requests that are sent together; None for each error. Raises OSError."""
        self._socket.sendall(b"".join(requests))
        first = self._sequence + 1
        self._sequence += len(requests)
        replies: list[bytes | None] = [None] * len(requests)
        for index in range(len(requests)):
            replies[index] = self._reply((first + index) & 0xFFFF)
        return replies

    def major(self, extension: str) -> int | None:
        """The number of an extension's requests; None if the server does not have it."""
        if extension not in self._majors:
            name = extension.encode()
            reply = self.ask(packet(_QUERY_EXTENSION, 0, struct.pack("<HH", len(name), 0) + name))
            self._majors[extension] = reply[9] if reply is not None and reply[8] else 0
        return self._majors[extension] or None

    def _reply(self, sequence: int) -> bytes | None:
        """The next reply or error of a request; events are skipped."""
        while True:
            head = self._read(_REPLY_BYTES)
            kind, (answered, more) = head[0] & 0x7F, struct.unpack_from("<HI", head, 2)
            if kind in (_REPLY, _GENERIC_EVENT) and more:
                head += self._read(4 * more)
            self.events += kind not in (_REPLY, _ERROR)
            if kind in (_REPLY, _ERROR) and answered == sequence:
                return bytes(head) if kind == _REPLY else None

    def _read(self, count: int) -> bytearray:
        data = bytearray(count)
        if self._reader.readinto(data) < count:
            raise ConnectionResetError("the X server has closed the connection")
        return data

    def _begin(self, number: int) -> None:
        cookie = _cookie(number)
        name = _COOKIE if cookie else b""
        self._socket.sendall(
            struct.pack("<BxHHHHxx", ord("l"), 11, 0, len(name), len(cookie))
            + _padded(name)
            + _padded(cookie)
        )
        head = self._read(8)
        data = self._read(4 * struct.unpack_from("<H", head, 6)[0])
        if head[0] != 1:
            raise ConnectionRefusedError("the X server does not let Backdrop in")
        self._id_base, self._id_mask = struct.unpack_from("<II", data, 4)
        (vendor_bytes,) = struct.unpack_from("<H", data, 16)
        roots, formats, byte_order = data[20:23]
        at = 32 + vendor_bytes + -vendor_bytes % 4
        bits = {data[at + 8 * i]: data[at + 8 * i + 1] for i in range(formats)}
        at += 8 * formats
        window, *_, width_px, height_px = struct.unpack_from("<5I2H", data, at)
        self.root = Root(window, width_px, height_px, data[at + 38])
        if not roots or byte_order != 0 or bits.get(24) != 32:
            raise BackdropError("The colours of this screen are of a kind that Backdrop cannot use.")


def packet(opcode: int, detail: int, body: bytes = b"") -> bytes:
    """One request. `detail`: the byte after the opcode; for extensions the number of the request."""
    body = _padded(body)
    return struct.pack("<BBH", opcode, detail, 1 + len(body) // 4) + body


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def _connected(host: str, number: int) -> socket.socket:
    if host not in ("", "unix") and not host.startswith("/"):
        raise ConnectionError("the screen of another computer is not read")  # Nothing comes over a network.
    path = f"/tmp/.X11-unix/X{number}"
    problem: OSError = ConnectionRefusedError()
    for address in (path, f"\0{path}"):  # In a sandbox there may be only the name without a file.
        made = socket.socket(socket.AF_UNIX)
        made.settimeout(_TIMEOUT_S)
        try:
            made.connect(address)
            return made
        except OSError as error:
            made.close()
            problem = error
    raise problem


def _cookie(number: int) -> bytes:
    """The key for a display out of the user's file of keys; empty if there is none."""
    file = os.environ.get("XAUTHORITY") or Path.home() / ".Xauthority"
    try:
        data = Path(file).read_bytes()
    except OSError:
        return b""
    here, other = b"", b""
    with contextlib.suppress(struct.error):  # A file that ends in the middle.
        at = 0
        while at < len(data):
            (family,) = struct.unpack_from(">H", data, at)
            at += 2
            fields = []
            for _ in range(4):
                (length,) = struct.unpack_from(">H", data, at)
                fields.append(data[at + 2 : at + 2 + length])
                at += 2 + length
            address, display, name, key = fields
            if name == _COOKIE and display in (b"", str(number).encode()):
                is_here = family == _ANY_HOST or address == socket.gethostname().encode()
                here, other = (here or key, other) if is_here else (here, other or key)
    return here or other
