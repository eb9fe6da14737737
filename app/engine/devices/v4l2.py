"""V4L2 queries (linux/videodev2.h) with the standard library alone."""

from __future__ import annotations

import errno
import os
import struct
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.engine.core.errors import Message, disk_reason

if sys.platform == "linux":
    import fcntl

_VIDIOC_QUERYCAP = 0x80685600
_VIDIOC_ENUM_FMT = 0xC0405602
_VIDIOC_ENUM_FRAMESIZES = 0xC02C564A
_VIDIOC_G_FMT = 0xC0D05604
_VIDIOC_S_FMT = 0xC0D05605
_VIDIOC_STREAMON = 0x40045612
_CAPABILITY_BYTES = 104
_CAP_VIDEO_CAPTURE = 0x1
_CAP_VIDEO_OUTPUT = 0x2
_CAP_VIDEO_CAPTURE_MPLANE = 0x1000
_CAP_NO_CAMERA = 0x4000 | 0x8000 | 0x20000000  # converters (M2M), and sensors without their pipeline (IO_MC)
_CAP_DEVICE_CAPS = 0x80000000
_TYPE_VIDEO_CAPTURE = 1
_TYPE_VIDEO_CAPTURE_MPLANE = 9
_TYPE_VIDEO_OUTPUT = 2
_FIELD_NONE = 1
_COLORSPACE_SMPTE170M = 1
YUYV = 0x56595559
DEV = Path("/dev")
_FRAMESIZE_DISCRETE = 1
_COMMON_SIZES = [(3840, 2160), (1920, 1080), (1280, 720), (640, 480), (640, 360), (320, 240)]


PERMISSION_COMMAND = "sudo usermod -aG video $USER"
"""The shell command that gives permission to read cameras."""
HOW_TO_GET_PERMISSION = Message("run {command} and sign in again", command=PERMISSION_COMMAND)
_BUSY = Message("another program uses it")


@dataclass(frozen=True, slots=True)
class VideoDevice:
    """One /dev/video* node."""

    path: str
    name: str
    driver: str
    can_capture: bool
    can_output: bool

    @property
    def is_loopback(self) -> bool:
        """Whether it is a virtual camera made by v4l2loopback."""
        return self.driver == "v4l2 loopback"


def list_devices() -> list[VideoDevice]:
    """All video devices that answer queries, in the order of their numbers; empty if not on Linux."""
    return [device for path in _nodes() if (device := query(path)) is not None]


def unreadable_devices() -> list[str]:
    """Video devices that this user has no permission to open."""
    return [path for path in _nodes() if not os.access(path, os.R_OK | os.W_OK)]


def node(number: int | str) -> str:
    """The device file with a number."""
    return str(DEV / f"video{number}")


def _nodes() -> list[str]:
    """The device files in the order of their numbers: 2 before 10."""
    numbers = [int(path.name[5:]) for path in DEV.glob("video*") if path.name[5:].isdigit()]
    return [node(number) for number in sorted(numbers)]


def query(path: str) -> VideoDevice | None:
    """Query a device; None if it is not a video device or cannot be opened."""
    answer = bytearray(_CAPABILITY_BYTES)
    if not _query(path, _VIDIOC_QUERYCAP, answer):
        return None
    driver, card = (_text(answer[0:16]), _text(answer[16:48]))
    capabilities, device_capabilities = struct.unpack_from("<II", answer, 84)
    own = device_capabilities if capabilities & _CAP_DEVICE_CAPS else capabilities
    takes = own & (_CAP_VIDEO_CAPTURE | _CAP_VIDEO_CAPTURE_MPLANE) and not own & _CAP_NO_CAMERA
    return VideoDevice(path, card, driver, bool(takes), bool(own & _CAP_VIDEO_OUTPUT))


def driver_name(path: str) -> str:
    """The name that the driver gave a device file; '' if the system does not tell."""
    try:
        told = Path("/sys/class/video4linux", Path(path).name, "name").read_text(errors="replace")
    except OSError:
        return ""
    return told.strip()


def pixel_formats(path: str) -> dict[str, list[tuple[int, int]]]:
    """The formats of a camera: four-letter code to sizes (width, height in pixels)."""
    offered: dict[str, list[tuple[int, int]]] = {}
    for kind in (_TYPE_VIDEO_CAPTURE, _TYPE_VIDEO_CAPTURE_MPLANE):
        for format_index in range(128):
            described = bytearray(64)
            struct.pack_into("<II", described, 0, format_index, kind)
            if not _query(path, _VIDIOC_ENUM_FMT, described):
                break
            (pixel_format,) = struct.unpack_from("<I", described, 44)
            offered[_letters(pixel_format)] = _sizes_in(path, pixel_format)
        if offered:
            break
    return offered


def has_fixed_format(path: str) -> bool:
    """Whether a device gives pictures of one size only, as a loopback does while a program writes to it."""
    current, described, size = bytearray(208), bytearray(64), bytearray(44)
    struct.pack_into("<I", current, 0, _TYPE_VIDEO_CAPTURE)
    struct.pack_into("<II", described, 0, 0, _TYPE_VIDEO_CAPTURE)
    if not _query(path, _VIDIOC_G_FMT, current) or not _query(path, _VIDIOC_ENUM_FMT, described):
        return False
    struct.pack_into("<II", size, 0, 0, struct.unpack_from("<I", described, 44)[0])
    has_width = bool(struct.unpack_from("<I", current, 8)[0])
    return (
        has_width
        and _query(path, _VIDIOC_ENUM_FRAMESIZES, size)
        and bool(struct.unpack_from("<I", size, 8)[0] == _FRAMESIZE_DISCRETE)
    )


def _sizes_in(path: str, pixel_format: int) -> list[tuple[int, int]]:
    sizes: list[tuple[int, int]] = []
    for size_index in range(64):
        size = bytearray(44)
        struct.pack_into("<II", size, 0, size_index, pixel_format)
        if not _query(path, _VIDIOC_ENUM_FRAMESIZES, size):
            break
        kind, *numbers = struct.unpack_from("<7I", size, 8)
        if kind != _FRAMESIZE_DISCRETE:
            low_w, high_w, _, low_h, high_h, _ = numbers
            return [(w, h) for w, h in _COMMON_SIZES if low_w <= w <= high_w and low_h <= h <= high_h]
        sizes.append((numbers[0], numbers[1]))
    return sizes


def why_no_pictures(path: str) -> Message:
    """Why a camera gives no pictures, as the end of a sentence; '' if no reason is found."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    except FileNotFoundError:
        return Message("it is not plugged in any more")
    except PermissionError:
        return Message("you do not have permission to read it: {advice}", advice=HOW_TO_GET_PERMISSION)
    except OSError as error:
        return _BUSY if error.errno == errno.EBUSY else disk_reason(error)
    try:
        # While another program streams, the driver refuses every format, even the current one.
        current = bytearray(208)
        struct.pack_into("<I", current, 0, _TYPE_VIDEO_CAPTURE)
        fcntl.ioctl(descriptor, _VIDIOC_G_FMT, current, True)
        fcntl.ioctl(descriptor, _VIDIOC_S_FMT, current, True)
    except OSError as error:
        return _BUSY if error.errno == errno.EBUSY else Message("")
    finally:
        os.close(descriptor)
    return Message("")


def open_output(path: str, width_px: int, height_px: int) -> int:
    """Open an output device for YUYV pictures of this size (two bytes per pixel); return its descriptor.

    Raises OSError with a reason if the device cannot be opened or refuses the format.
    """
    try:
        return _open_output(path, width_px, height_px)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
    # v4l2loopback 0.12 counts a program that wrote without streaming as a writer even after its end.
    # A writer that starts streaming and closes the device resets this.
    descriptor = os.open(path, os.O_RDWR)
    _start_streaming(descriptor)
    os.close(descriptor)
    return _open_output(path, width_px, height_px)


def _open_output(path: str, width_px: int, height_px: int) -> int:
    descriptor = os.open(path, os.O_RDWR)
    try:
        # v4l2loopback with exclusive_caps allows writing again only after a query.
        fcntl.ioctl(descriptor, _VIDIOC_QUERYCAP, bytearray(_CAPABILITY_BYTES), True)
        wanted = bytearray(208)
        struct.pack_into("<I", wanted, 0, _TYPE_VIDEO_OUTPUT)
        layout = (YUYV, _FIELD_NONE, width_px * 2, width_px * height_px * 2, _COLORSPACE_SMPTE170M)
        struct.pack_into("<7I", wanted, 8, width_px, height_px, *layout)
        fcntl.ioctl(descriptor, _VIDIOC_S_FMT, wanted, True)
        got = struct.unpack_from("<3I", wanted, 8)
        if got != (width_px, height_px, YUYV):
            raise OSError(
                0, f"it insists on another format, {got[0]}x{got[1]}; another program may be using it"
            )
    except OSError:
        os.close(descriptor)
        raise
    _start_streaming(descriptor)
    return descriptor


def _start_streaming(descriptor: int) -> None:
    """Start streaming. Newer drivers do not need it and refuse."""
    with suppress(OSError):
        fcntl.ioctl(descriptor, _VIDIOC_STREAMON, bytearray(struct.pack("<I", _TYPE_VIDEO_OUTPUT)), True)


def stable_id(path: str) -> str:
    """udev's stable name for a device, independent of the order of plugging; else its path."""
    for link in sorted((DEV / "v4l" / "by-id").glob("*")):
        if os.path.realpath(link) == path:
            return link.name
    return path


def _query(path: str, request: int, buffer: bytearray) -> bool:
    """Send a query and fill the buffer with the answer; return False if it fails."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.ioctl(descriptor, request, buffer, True)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


def _letters(pixel_format: int) -> str:
    return pixel_format.to_bytes(4, "little").decode("ascii", "replace").strip()


def _text(field: bytearray) -> str:
    return bytes(field).split(b"\0", 1)[0].decode("utf-8", "replace")
