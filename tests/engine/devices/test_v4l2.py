"""Queries of V4L2 devices, answered by a simulated kernel."""

from __future__ import annotations

import errno
import struct
import sys
from typing import TYPE_CHECKING

import pytest

from app.engine.devices import v4l2

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="V4L2 is Linux's")

MJPG, YUYV = 0x47504A4D, 0x56595559


class Kernel:
    """Answers the ioctls of one device as linux/videodev2.h lays them out."""

    def __init__(self, driver: str, card: str, capabilities: int) -> None:
        self.driver, self.card, self.capabilities = driver, card, capabilities

    def ioctl(self, descriptor: int, request: int, buffer: bytearray, change: bool) -> int:
        assert (request >> 16) & 0x3FFF == len(buffer), "the size is part of the request's number"
        if request == 0x80685600:
            names = self.driver.encode(), self.card.encode(), b"usb-1"
            struct.pack_into("<16s32s32sIII", buffer, 0, *names, 0, 0x80000003, self.capabilities)
        elif request == 0xC0405602:
            index = struct.unpack_from("<I", buffer)[0]
            if index > 1:
                raise OSError(22, "EINVAL")
            struct.pack_into("<I", buffer, 44, (MJPG, YUYV)[index])
        elif request == 0xC02C564A:
            index, pixel_format = struct.unpack_from("<II", buffer)
            if pixel_format == MJPG and index < 2:
                struct.pack_into("<III", buffer, 8, 1, *((1280, 720), (1920, 1080))[index])
            elif pixel_format == YUYV and index == 0:
                struct.pack_into("<7I", buffer, 8, 3, 16, 700, 2, 16, 500, 2)
            else:
                raise OSError(22, "EINVAL")
        return 0


@pytest.fixture
def device(tmp_path: Path) -> str:
    path = tmp_path / "video0"
    path.touch()
    return str(path)


def test_camera_query_returns_name_and_sizes(device: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fcntl.ioctl", Kernel("uvcvideo", "Acme Cam", 0x1).ioctl)
    found = v4l2.query(device)
    assert found == v4l2.VideoDevice(device, "Acme Cam", "uvcvideo", can_capture=True, can_output=False)
    assert not found.is_loopback
    assert v4l2.pixel_formats(device) == {
        "MJPG": [(1280, 720), (1920, 1080)],
        "YUYV": [(640, 480), (640, 360), (320, 240)],
    }
    assert v4l2.stable_id(device) == device


def test_loopback_is_recognised_by_driver(device: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fcntl.ioctl", Kernel("v4l2 loopback", "Backdrop", 0x2).ioctl)
    found = v4l2.query(device)
    assert found is not None and found.is_loopback and found.can_output and not found.can_capture


def test_query_of_other_file_returns_none(device: str) -> None:
    assert v4l2.query(device) is None
    assert v4l2.query("/no/such/device") is None
    assert v4l2.pixel_formats(device) == {}


@pytest.mark.parametrize(("code", "told"), [(errno.EBUSY, "another program uses it"), (errno.EINVAL, "")])
def test_camera_in_use_is_detected_by_its_refusal(
    device: str, monkeypatch: pytest.MonkeyPatch, code: int, told: str
) -> None:
    def refuse(descriptor: int, request: int, buffer: bytearray, change: bool) -> int:
        if request == 0xC0D05605:
            raise OSError(code, "refused")
        return 0

    monkeypatch.setattr("fcntl.ioctl", refuse)
    assert v4l2.why_no_pictures(device) == told


def test_missing_or_forbidden_camera_is_reported(device: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert v4l2.why_no_pictures("/no/such/device") == "it is not plugged in any more"

    def forbid(path: str, flags: int) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("os.open", forbid)
    assert "sudo usermod -aG video" in v4l2.why_no_pictures(device)
