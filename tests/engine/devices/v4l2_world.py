"""Video devices for tests: plain files that answer the questions of linux/videodev2.h."""

from __future__ import annotations

import errno
import os
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.engine.devices import v4l2

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

CAPTURE, OUTPUT, CAPTURE_MPLANE, M2M, IO_MC = 0x1, 0x2, 0x1000, 0x8000, 0x20000000
LOOPBACK = "v4l2 loopback"


@dataclass
class Told:
    """What a device says of itself. `is_fixed`: it gives one size only."""

    name: str
    driver: str = "uvcvideo"
    capabilities: int = CAPTURE
    formats: tuple[str, ...] = ("MJPG", "YUYV")
    is_fixed: bool = True
    is_busy: bool = False


@dataclass
class World:
    """A /dev with video devices. The files stand in `dev`, under their numbers."""

    dev: Path
    devices: dict[str, Told] = field(default_factory=dict)

    def add(self, number: int, told: Told) -> Path:
        """Plug in a device."""
        path = self.dev / f"video{number}"
        path.touch()
        self.devices[str(path)] = told
        return path

    def ioctl(self, descriptor: int, request: int, buffer: bytearray, change: bool = True) -> int:
        """Answer a question about the device that is open under a descriptor."""
        told = self.devices.get(os.path.realpath(f"/proc/self/fd/{descriptor}"))
        if told is None:
            raise OSError(errno.ENOTTY, "Inappropriate ioctl for device")
        kind = request & 0xFFFF
        if kind == 0x5600:  # QUERYCAP
            names = told.driver.encode(), told.name.encode()
            values = 0, 0x80000000 | told.capabilities, told.capabilities
            struct.pack_into("<16s32s32sIII", buffer, 0, *names, b"", *values)
        elif kind == 0x5602:  # ENUM_FMT
            index, buffer_type = struct.unpack_from("<II", buffer)
            wanted = 9 if told.capabilities & CAPTURE_MPLANE else 1
            if index >= len(told.formats) or buffer_type != wanted or not told.capabilities & 0x1001:
                raise OSError(errno.EINVAL, "Invalid argument")
            buffer[44:48] = told.formats[index].ljust(4).encode()
        elif kind == 0x564A:  # ENUM_FRAMESIZES
            if struct.unpack_from("<I", buffer)[0]:
                raise OSError(errno.EINVAL, "Invalid argument")
            layout = (1, 1280, 720, 0, 0, 0, 0) if told.is_fixed else (3, 16, 1920, 2, 16, 1080, 2)
            struct.pack_into("<7I", buffer, 8, *layout)
        elif kind == 0x5604:  # G_FMT
            if not told.capabilities & CAPTURE:
                raise OSError(errno.EINVAL, "Invalid argument")
            struct.pack_into("<II", buffer, 8, 1280, 720)
        elif kind == 0x5605 and told.is_busy:  # S_FMT
            raise OSError(errno.EBUSY, "Device or resource busy")
        elif kind not in (0x5605, 0x5612, 0x5613):
            raise OSError(errno.ENOTTY, "Inappropriate ioctl for device")
        return 0

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let Backdrop see these devices instead of the computer's."""
        monkeypatch.setattr("fcntl.ioctl", self.ioctl)
        monkeypatch.setattr(v4l2, "DEV", self.dev)
        monkeypatch.setattr(v4l2, "driver_name", lambda path: "")
