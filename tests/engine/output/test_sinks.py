"""The virtual camera, and the thread that keeps a slow sink from delaying the pipeline."""

from __future__ import annotations

import errno
import os
import struct
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from app.engine.core.errors import BackdropError
from app.engine.core.types import Composite
from app.engine.devices import v4l2
from app.engine.output.sink_thread import SinkThread
from app.engine.output.sinks import (
    Sink,
    VirtualCamera,
    fitted,
    fitted_with_alpha,
    how_to_get_one,
    over_black,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.engine.core.types import Picture

linux = pytest.mark.skipif(sys.platform != "linux", reason="V4L2 is Linux's")


@pytest.fixture
def loopback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file in place of a loopback device, and a simulated kernel that accepts every size."""
    path = tmp_path / "video10"
    path.touch()

    asked: list[int] = []

    def agree(descriptor: int, request: int, buffer: bytearray, change: bool) -> int:
        if request == 0x4020565A:
            raise OSError(22, "EINVAL")  # it offers no events
        if request in (0x80685600, 0x40045612):
            asked.append(request)
            return 0
        assert asked, "v4l2loopback accepts a format only after its capabilities were queried"
        assert request == 0xC0D05605 and len(buffer) == 208
        kind, width, height, pixel_format, _, line_bytes, bytes_in_all = struct.unpack_from("<I4x6I", buffer)
        assert (kind, pixel_format) == (2, v4l2.YUYV)
        assert (line_bytes, bytes_in_all) == (2 * width, 2 * width * height)
        return 0

    monkeypatch.setattr("fcntl.ioctl", agree)
    return path


@linux
@pytest.mark.parametrize("size", [(48, 64), (49, 65)])
def test_virtual_camera_receives_complete_frames_in_right_colours(
    loopback: Path, size: tuple[int, int]
) -> None:
    camera = VirtualCamera(str(loopback))
    bgr = np.zeros((*size, 3), np.uint8)
    bgr[:] = (30, 60, 200)
    camera.open(*size)
    camera.send(Composite(0, 0.0, bgr))
    camera.send(Composite(1, 0.0, np.full((100, 20, 3), 90, np.uint8)))
    camera.send(Composite(2, 0.0, np.full((*size, 4), 0, np.uint8)))
    camera.close()
    camera.close()
    written = np.frombuffer(loopback.read_bytes(), np.uint8).reshape(3, 48, 64, 2)
    back = [cv2.cvtColor(picture, cv2.COLOR_YUV2BGR_YUY2) for picture in written]
    assert np.abs(back[0].astype(int) - (30, 60, 200)).max() <= 3
    assert np.abs(back[1][:, 28:36].astype(int) - 90).max() <= 3, "a narrow picture is in the middle"
    assert back[1][:, :26].max() <= 3 and back[1][:, 38:].max() <= 3, "between bars"
    assert back[2].max() <= 3, "transparent is black"


@linux
def test_unusable_virtual_camera_is_reported(
    tmp_path: Path, loopback: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BackdropError, match="The virtual camera '/dev/none' cannot be used: No such file"):
        VirtualCamera("/dev/none").open(48, 64)
    monkeypatch.setattr(v4l2, "list_devices", list)
    monkeypatch.setattr("platform.freedesktop_os_release", lambda: {"ID": "debian"})
    with pytest.raises(BackdropError, match="No virtual camera was found: run sudo apt install"):
        VirtualCamera().open(48, 64)

    def insist(descriptor: int, request: int, buffer: bytearray, change: bool) -> int:
        if request == 0x80685600:
            return 0
        struct.pack_into("<II", buffer, 8, 640, 480)
        return 0

    monkeypatch.setattr("fcntl.ioctl", insist)
    descriptors = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(BackdropError, match="it insists on another format, 640x480"):
        VirtualCamera(str(loopback)).open(48, 64)
    assert len(list(Path("/proc/self/fd").iterdir())) == descriptors, "no file stays open"


@linux
def test_loopback_of_finished_writer_is_reset(loopback: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[int] = []

    def stuck(descriptor: int, request: int, buffer: bytearray, change: bool) -> int:
        done.append(request)
        if request == 0xC0D05605 and 0x40045612 not in done:
            raise OSError(errno.EINVAL, "Invalid argument")
        return 0

    monkeypatch.setattr("fcntl.ioctl", stuck)
    os.close(v4l2.open_output(str(loopback), 64, 48))
    assert done[-1] == 0x40045612, "the device is reset at the end too"


@linux
def test_auto_virtual_camera_takes_first_usable(loopback: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    devices = [
        v4l2.VideoDevice("/dev/none", "Taken", "v4l2 loopback", False, True),
        v4l2.VideoDevice("/dev/video0", "A real camera", "uvcvideo", True, False),
        v4l2.VideoDevice(str(loopback), "Free", "v4l2 loopback", False, True),
    ]
    monkeypatch.setattr(v4l2, "list_devices", lambda: devices)
    camera = VirtualCamera()
    camera.open(48, 64)
    camera.close()
    assert camera.title == str(loopback)


@pytest.mark.parametrize(("platform", "program"), [("win32", "UnityCapture"), ("darwin", "OBS 30")])
def test_advice_off_linux_needs_no_further_python_package(platform: str, program: str) -> None:
    advice = how_to_get_one(platform)
    assert program in advice
    assert "OBS" in advice
    assert "pip" not in advice


def rectangle(height_px: int, width_px: int, channels: int = 3) -> Picture:
    """Grey with a white edge of a tenth of the size, so that cropping shows."""
    picture = np.full((height_px, width_px, channels), 255, np.uint8)
    y, x = height_px // 10, width_px // 10
    picture[y:-y, x:-x, :3] = 100
    return picture


@pytest.mark.parametrize(
    ("shape", "content"),
    [
        ((320, 180), (slice(0, 180), slice(110, 210))),  # turned
        ((240, 320), (slice(0, 180), slice(40, 280))),  # a 4:3 camera
        ((200, 800), (slice(50, 130), slice(0, 320))),  # a wide file
    ],
)
@pytest.mark.parametrize("channels", [3, 4])
def test_picture_of_another_shape_gets_bars_and_is_whole(
    shape: tuple[int, int], content: tuple[slice, slice], channels: int
) -> None:
    got = fitted(rectangle(*shape, channels), 320, 180)
    assert got.shape == (180, 320, 3)
    lit = np.argwhere(got.max(axis=2) > 50)
    (top, left), (bottom, right) = lit.min(axis=0), lit.max(axis=0) + 1
    assert np.abs(np.subtract((top, bottom), (content[0].start, content[0].stop))).max() <= 1
    assert np.abs(np.subtract((left, right), (content[1].start, content[1].stop))).max() <= 1
    inside = got[content]
    for edge in (inside[2:4], inside[-4:-2], inside[:, 2:4], inside[:, -4:-2]):
        assert edge.min() > 200, "no edge is cropped"


@pytest.mark.parametrize("size", [(854, 480), (640, 360), (1366, 768), (320, 180)])
def test_picture_of_about_the_same_shape_gets_no_bars(size: tuple[int, int]) -> None:
    got = fitted(np.full((720, 1280, 3), 200, np.uint8), *size)
    assert got.shape == (size[1], size[0], 3) and (got == 200).all()


def test_bars_of_a_transparent_picture_are_transparent() -> None:
    got = fitted_with_alpha(np.full((100, 100, 4), 255, np.uint8), 200, 100)
    assert (got[:, :49] == 0).all() and (got[:, 51:149] == 255).all()


def test_over_black_multiplies_by_alpha() -> None:
    bgra = np.zeros((2, 2, 4), np.uint8)
    bgra[..., :3] = 200
    bgra[..., 3] = [[0, 128], [255, 64]]
    assert np.array_equal(over_black(bgra)[..., 0], [[0, 100], [200, 50]])


class Recorder(Sink):
    """Records its pictures; may be slow or broken."""

    title = "recorder"

    def __init__(self) -> None:
        self.sent: list[int] = []
        self.opened = self.closed = 0
        self.broken = threading.Event()
        self.hold = threading.Event()
        self.hold.set()

    def open(self, height_px: int, width_px: int) -> None:
        self.opened += 1
        if self.broken.is_set():
            raise BackdropError("The device is gone.")

    def send(self, composite: Composite) -> None:
        self.hold.wait(20)
        if self.broken.is_set():
            raise BackdropError("The device is gone.")
        self.sent.append(int(composite.picture[0, 0, 0]))

    def close(self) -> None:
        self.closed += 1


def composite(shade: int) -> Composite:
    return Composite(shade, 0.0, np.full((2, 2, 3), shade, np.uint8))


def wait_for(condition: Callable[[], object], timeout_s: float = 20.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "timeout"
        time.sleep(0.005)


def test_slow_sink_gets_newest_and_blocks_nothing() -> None:
    sink = Recorder()
    sink.hold.clear()
    thread = SinkThread(sink, lambda error: None)
    thread.start()
    thread.put(composite(1))
    wait_for(lambda: sink.opened)
    for shade in range(2, 200):
        thread.put(composite(shade))  # returns at once although the sink hangs
    sink.hold.set()
    wait_for(lambda: sink.sent[-1:] == [199])
    assert len(sink.sent) <= 3
    thread.stop(5)
    assert sink.closed and not thread._thread.is_alive()


def test_failing_sink_is_reported_closed_and_reopened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.engine.output.sink_thread._RETRY_S", 0.05)
    sink = Recorder()
    errors: list[Exception | None] = []
    thread = SinkThread(sink, errors.append)
    thread.start()
    sink.broken.set()
    thread.put(composite(1))
    wait_for(lambda: errors)
    assert str(errors[0]) == "The device is gone." and sink.closed
    sink.broken.clear()

    def is_sent() -> bool:
        thread.put(composite(2))
        return bool(sink.sent)

    wait_for(is_sent)
    wait_for(lambda: errors[-1] is None)
    thread.stop(5)
    assert sink.opened >= 2


class Slow(Sink):
    """Slow, but drops no picture."""

    title, slots = "slow", 8

    def __init__(self) -> None:
        self.sent: list[int] = []

    def open(self, height_px: int, width_px: int) -> None: ...

    def send(self, composite: Composite) -> None:
        time.sleep(0.02)
        self.sent.append(composite.index)

    def close(self) -> None: ...


def test_queued_composites_are_sent_before_stop() -> None:
    sink = Slow()
    thread = SinkThread(sink, lambda error: None)
    thread.start()
    for index in range(6):
        thread.put(Composite(index, float(index), np.zeros((4, 4, 3), np.uint8)))
        while not thread.is_open:
            time.sleep(0.001)
    thread.stop(20.0)
    assert sink.sent == [0, 1, 2, 3, 4, 5] and thread.drops == 0 and not thread.is_open
