"""The connection to an X server: keys, replies in their order, servers that say no or fall silent."""

from __future__ import annotations

import socket
import struct
from typing import TYPE_CHECKING

import pytest

from app.engine.screens import x_connection
from app.engine.screens.x_connection import XConnection, packet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HERE = socket.gethostname().encode()
NAME = b"MIT-MAGIC-COOKIE-1"


def entry(family: int, address: bytes, number: bytes, key: bytes, name: bytes = NAME) -> bytes:
    fields = b"".join(struct.pack(">H", len(f)) + f for f in (address, number, name, key))
    return struct.pack(">H", family) + fields


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", b""),
        (entry(256, HERE, b"7", b"ours"), b"ours"),
        (entry(256, b"elsewhere", b"7", b"theirs") + entry(256, HERE, b"7", b"ours"), b"ours"),
        (entry(256, HERE, b"7", b"ours") + entry(256, HERE, b"7", b"older"), b"ours"),
        (entry(256, b"renamed", b"7", b"before"), b"before"),
        (entry(0xFFFF, b"", b"", b"any"), b"any"),
        (entry(256, HERE, b"8", b"other display"), b""),
        (entry(256, HERE, b"7", b"other kind", b"XDM-AUTHORIZATION-1"), b""),
        (entry(256, HERE, b"7", b"ours") + b"\x01\x00\x00", b"ours"),
    ],
)
def test_key_for_a_display(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, key: bytes
) -> None:
    (tmp_path / "keys").write_bytes(content)
    monkeypatch.setenv("XAUTHORITY", str(tmp_path / "keys"))
    assert x_connection._cookie(7) == key


def test_key_is_in_the_home_folder_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XAUTHORITY", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert x_connection._cookie(7) == b""
    (tmp_path / ".Xauthority").write_bytes(entry(256, HERE, b"7", b"ours"))
    assert x_connection._cookie(7) == b"ours"


@pytest.mark.parametrize("name", ["", "0", "here:", "::1", "screen"])
def test_name_that_is_no_display_is_refused(name: str) -> None:
    with pytest.raises(ConnectionError, match="is not a display"):
        XConnection(name)


@pytest.mark.parametrize("name", ["localhost:10", "far.example:0.0"])
def test_display_that_needs_a_network_is_refused(name: str) -> None:
    with pytest.raises(ConnectionError, match="the screen of another computer is not read"):
        XConnection(name)


def test_display_of_a_server_is_reached_by_each_of_its_names(display: str) -> None:
    for name in (display, f"unix{display}", f"{display}.0"):
        XConnection(name).close()


def test_error_is_no_reply_and_the_replies_after_it_fit(display: str) -> None:
    x = XConnection(display)
    try:
        x.tell(packet(54, 0, struct.pack("<I", 1)))  # Frees something that is not there: an error by itself.
        geometry = packet(14, 0, struct.pack("<I", x.root.window))
        broken = packet(14, 0, struct.pack("<I", 0x123))
        first, missing, last = x.ask_all([geometry, broken, geometry])
        assert missing is None and first is not None and last is not None
        assert struct.unpack_from("<HH", first, 16) == (x.root.width_px, x.root.height_px)
        assert x.major("NO-SUCH-EXTENSION") is None and x.major("RANDR") is not None
        assert x.ask_all([]) == []
    finally:
        x.close()


def test_more_than_65536_requests_are_counted(display: str) -> None:
    x = XConnection(display)
    try:
        geometry = packet(14, 0, struct.pack("<I", x.root.window))
        for _ in range(70):
            assert None not in x.ask_all([geometry] * 1000)
    finally:
        x.close()


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[bytes], None]]:
    """Makes the next connection one to a server that sends these bytes."""
    ours, theirs = socket.socketpair()

    def answer(data: bytes, closes: bool = True) -> None:
        theirs.sendall(data)
        if closes:
            theirs.shutdown(socket.SHUT_WR)

    monkeypatch.setattr(x_connection, "_connected", lambda host, number: ours)
    monkeypatch.setattr(x_connection, "_TIMEOUT_S", 0.2)
    yield answer
    ours.close()
    theirs.close()


def test_server_that_says_no_is_told(fake: Callable[[bytes], None]) -> None:
    reason = b"No protocol specified\n\0\0"
    fake(struct.pack("<BBHHH", 0, 22, 11, 0, len(reason) // 4) + reason)
    with pytest.raises(ConnectionRefusedError, match="does not let Backdrop in"):
        XConnection(":7")


def test_server_that_ends_is_told(fake: Callable[[bytes], None]) -> None:
    fake(b"\x01\x00")
    with pytest.raises(ConnectionError):
        XConnection(":7")


def test_server_that_falls_silent_is_not_waited_for_long(fake: Callable[..., None]) -> None:
    fake(b"\x01\x00", closes=False)
    with pytest.raises(TimeoutError):
        XConnection(":7")


def test_event_between_replies_is_skipped(display: str) -> None:
    x = XConnection(display)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        x.close()
        x._socket, x._reader = ours, ours.makefile("rb", -1)
        event = bytes([22 | 0x80]) + bytes(31)
        long_event = struct.pack("<BBHI", 35, 0, 0, 1) + bytes(24) + b"more"
        reply = struct.pack("<BBHI", 1, 24, x._sequence + 1 & 0xFFFF, 1) + bytes(24) + b"data"
        theirs.sendall(event + long_event + reply)
        assert (x.ask(packet(14, 0)) or b"")[-4:] == b"data" and x.events == 2
        x._reader.close()
