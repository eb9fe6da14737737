"""Count the consumers of a virtual camera with the standard library alone (Linux)."""

from __future__ import annotations

import ctypes
import os
import select
import struct
import sys
from abc import ABC, abstractmethod
from contextlib import suppress

from app.engine.devices.open_files import programs_with

if sys.platform == "linux":
    import fcntl

_VIDIOC_SUBSCRIBE_EVENT = 0x4020565A
_VIDIOC_DQEVENT = 0x80885659
_CLIENT_USAGE = 0x08000000 + 0x08E00000 + 1  # V4L2_EVENT_PRI_CLIENT_USAGE of v4l2loopback.h, from 0.13 on
_SEND_INITIAL = 1
_EVENT_BYTES, _EVENT_DATA_AT = 136, 8

_IN_CLOSE_WRITE, _IN_CLOSE_NOWRITE, _IN_OPEN = 0x8, 0x10, 0x20
_IN_EVENT_BYTES = 16


class Consumers(ABC):
    """Counts the consumers of a device."""

    @abstractmethod
    def count(self) -> int:
        """The present number. Raises OSError if the device is gone."""

    def close(self) -> None:  # noqa: B027  # one of them holds nothing
        """Stop counting."""


def consumers_of(descriptor: int, path: str) -> Consumers | None:
    """A counter for a virtual camera that this process writes to; None if counting is not possible."""
    for make in (lambda: _Told(descriptor), lambda: _Noticed(path)):
        with suppress(OSError, AttributeError):
            return make()
    return None


class _Told(Consumers):
    """v4l2loopback's own count of streaming programs."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._count = 0
        wanted = bytearray(struct.pack("<8I", _CLIENT_USAGE, 0, _SEND_INITIAL, 0, 0, 0, 0, 0))
        fcntl.ioctl(descriptor, _VIDIOC_SUBSCRIBE_EVENT, wanted, True)

    def count(self) -> int:
        while select.select([], [], [self._descriptor], 0)[2]:
            event = bytearray(_EVENT_BYTES)
            fcntl.ioctl(self._descriptor, _VIDIOC_DQEVENT, event, True)
            if struct.unpack_from("<I", event)[0] == _CLIENT_USAGE:
                (self._count,) = struct.unpack_from("<I", event, _EVENT_DATA_AT)
        return self._count


class _Noticed(Consumers):
    """The programs that have the device open, listed again after each inotify event.

    inotify merges equal events, so counting events is not enough.
    """

    def __init__(self, path: str) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self._path = os.path.realpath(path)
        self._inotify = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self._inotify < 0:
            raise OSError(ctypes.get_errno(), "inotify_init1")
        events = _IN_OPEN | _IN_CLOSE_WRITE | _IN_CLOSE_NOWRITE
        if libc.inotify_add_watch(self._inotify, os.fsencode(self._path), events) < 0:
            os.close(self._inotify)
            raise OSError(ctypes.get_errno(), "inotify_add_watch")
        self._seen = len(programs_with(self._path))
        self._hidden = 0

    def count(self) -> int:
        last = self._last_event()
        if last:
            self._seen = len(programs_with(self._path))
            # Opened by an invisible program: one of another user, whose files we may not list.
            self._hidden = int(bool(last & _IN_OPEN) and not self._seen)
        return self._seen + self._hidden

    def _last_event(self) -> int:
        """The mask of the newest event since the last call; 0 for none."""
        last = 0
        while True:
            try:
                data = os.read(self._inotify, 4096)
            except BlockingIOError:
                return last
            at = 0
            while at < len(data):
                _, last, _, name_bytes = struct.unpack_from("<iIII", data, at)
                at += _IN_EVENT_BYTES + name_bytes

    def close(self) -> None:
        os.close(self._inotify)
