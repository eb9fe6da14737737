"""The supervisor of a source: faults are detected in time, reported, and followed by retries."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from cv2_enumerate_cameras.camera_info import CameraInfo

import app.engine.capture.supervisor as capture
from app.engine.capture.camera_source import CameraSource
from app.engine.capture.source import Source
from app.engine.capture.sources import open_source
from app.engine.capture.supervisor import CaptureSupervisor
from app.engine.core.errors import BackdropError
from app.engine.core.settings import SourceSettings
from app.engine.devices.cameras import CameraDevice, asked_format, list_cameras

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.engine.core.types import Frame, Picture

NOISE = np.random.default_rng(0)


class Camera(Source):
    """Gives noise; once `gone` is set, it shows its `fault`: raise, hang or freeze."""

    title = "Acme Cam"
    is_live = True
    may_stand_still = False

    def __init__(self, fault: str = "", gone: threading.Event | None = None) -> None:
        self.fault = fault
        self.gone = gone or threading.Event()
        self.closed = False
        self.hold = threading.Event()

    def read(self) -> Picture:
        time.sleep(0.005)
        if self.gone.is_set():
            if self.fault == "raise":
                raise BackdropError("The camera 'Acme Cam' was unplugged.")
            if self.fault == "hang":
                self.hold.wait(30)
            if self.fault == "freeze":
                return np.full((64, 64, 3), 9, np.uint8)
        return NOISE.integers(0, 256, (64, 64, 3), np.uint8)

    def close(self) -> None:
        self.closed = True


class Watched:
    """A supervisor with its frames and its reports."""

    def __init__(self, open_source: Callable[[SourceSettings], Source], **also: Callable[[], bool]) -> None:
        self.frames: list[Frame] = []
        self.said = [""]
        self.capture = CaptureSupervisor(
            SourceSettings(), open_source, self.frames.append, self.report_error, **also
        )

    def report_error(self, error: Exception | None) -> None:
        text = str(error) if error else ""
        if self.said[-1] != text:
            self.said.append(text)

    def wait(self, condition: Callable[[], object], timeout_s: float = 30.0) -> float:
        """Seconds until the condition held."""
        began = time.monotonic()
        while not condition():
            assert time.monotonic() - began < timeout_s, f"timeout; reported: {self.said}"
            time.sleep(0.005)
        return time.monotonic() - began


@contextmanager
def watching(
    open_source: Callable[[SourceSettings], Source], **also: Callable[[], bool]
) -> Iterator[Watched]:
    watched = Watched(open_source, **also)
    watched.capture.thread.start()
    try:
        yield watched
    finally:
        watched.capture.stop()
        watched.capture.thread.join(3)
        assert not watched.capture.thread.is_alive(), "the thread ends in time although the source hangs"


@pytest.mark.slow_after_first
@pytest.mark.parametrize("fault", ["raise", "hang"])
def test_stalled_camera_is_reported_within_a_second_and_returns(fault: str) -> None:
    opened: list[Camera] = []

    def open_source(settings: SourceSettings) -> Source:
        opened.append(Camera(fault if not opened else ""))
        return opened[-1]

    with watching(open_source) as watched:
        watched.wait(lambda: len(watched.frames) > 5)
        opened[0].gone.set()
        assert watched.wait(lambda: len(watched.said) == 2) < 8, "OpenCV itself takes 10 s"
        assert watched.said[1] in (
            "The camera 'Acme Cam' was unplugged.",
            "The camera 'Acme Cam' has stopped giving pictures.",
        )
        time.sleep(0.5)
        if fault == "hang":
            assert len(opened) == 1, "a hanging source is not opened a second time"
            opened[0].hold.set()
        watched.wait(lambda: watched.said[-1] == "")
        assert opened[0].closed and len(opened) == 2
        assert watched.frames[-1].scene > watched.frames[0].scene
        assert [f.index for f in watched.frames] == list(range(len(watched.frames)))


@pytest.mark.slow
def test_frozen_camera_is_reported_and_returns_once_it_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture, "_FROZEN_S", 0.3)
    monkeypatch.setattr(capture, "_STALLED_S", 0.3)
    frozen = threading.Event()
    with watching(lambda settings: Camera("freeze", frozen)) as watched:
        watched.wait(lambda: len(watched.frames) > 5)
        frozen.set()
        watched.wait(lambda: "same picture again and again" in watched.said[-1])
        count = len(watched.frames)
        time.sleep(0.8)
        assert len(watched.frames) == count, "a reopened camera with the same picture is still frozen"
        frozen.clear()
        watched.wait(lambda: len(watched.frames) > count + 5 and watched.said[-1] == "")


@pytest.mark.slow
def test_hanging_open_is_reported_and_can_be_abandoned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture, "_OPENING_S", 0.2)
    hold = threading.Event()
    openings = 0

    def open_source(settings: SourceSettings) -> Source:
        nonlocal openings
        if settings.spec == "demo":
            return Camera()
        openings += 1
        hold.wait(30)
        return Camera()

    with watching(open_source) as watched:
        watched.wait(
            lambda: watched.said[1:] == ["The camera does not answer: unplug it and plug it in again."]
        )
        time.sleep(0.5)
        assert openings == 1
        watched.capture.update(SourceSettings(spec="demo"))
        watched.wait(lambda: watched.frames and watched.said[-1] == "")
    hold.set()


@pytest.mark.slow
def test_retry_interval_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture, "_RETRY_FIRST_S", 0.1)
    monkeypatch.setattr(capture, "_RETRY_LONGEST_S", 0.4)
    tried: list[float] = []

    def refuse(settings: SourceSettings) -> Source:
        tried.append(time.monotonic())
        raise BackdropError("The camera 'Acme Cam' cannot be opened: another program uses it.")

    with watching(refuse) as watched:
        watched.wait(lambda: len(tried) >= 5)
        gaps = np.diff(tried)
        assert gaps[0] >= 0.19 and (gaps[1:] >= 0.39).all() and gaps.max() < 2
        assert watched.said[1:] == ["The camera 'Acme Cam' cannot be opened: another program uses it."]


class Demo(Camera):
    title, is_demo, is_live, may_stand_still = "Demo", True, False, True


@pytest.mark.slow
def test_demo_is_replaced_by_camera_but_never_replaces_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture, "_CAMERA_POLL_S", 0.05)
    plugged, unplugged = threading.Event(), threading.Event()
    asked: list[str] = []

    def open_source(settings: SourceSettings) -> Source:
        asked.append(settings.spec)
        if plugged.is_set() and not unplugged.is_set():
            return Camera("raise", unplugged)
        if settings.spec == "auto":
            return Demo()
        raise BackdropError("No camera was found.")

    with watching(open_source, is_camera_there=plugged.is_set) as watched:
        watched.wait(lambda: watched.frames and watched.capture.source and watched.capture.source.is_demo)
        plugged.set()
        watched.wait(lambda: watched.capture.source and not watched.capture.source.is_demo)
        time.sleep(0.3)
        unplugged.set()
        watched.wait(lambda: watched.said[-1] == "No camera was found.")
        unplugged.clear()
        watched.wait(lambda: watched.said[-1] == "")
    assert asked.count("auto") == 2 and set(asked[2:]) == {"camera"}


def test_source_is_closed_while_not_needed() -> None:
    wanted = threading.Event()
    opened: list[Camera] = []

    def open_source(settings: SourceSettings) -> Source:
        opened.append(Camera())
        return opened[-1]

    with watching(open_source, is_wanted=wanted.is_set) as watched:
        watched.wait(lambda: watched.capture.is_camera_released)
        assert not opened
        for count in (1, 2):
            wanted.set()
            watched.frames.clear()
            assert watched.wait(lambda: watched.frames) < 4, "opened on demand"
            wanted.clear()
            watched.wait(lambda: watched.capture.is_camera_released and opened[-1].closed)
            assert len(opened) == count


def test_capture_goes_on_after_error_in_close() -> None:
    class Clumsy(Camera):
        def close(self) -> None:
            raise OSError("closing failed")

    gone = threading.Event()
    with watching(lambda settings: Clumsy("raise", gone)) as watched:
        watched.wait(lambda: watched.frames)
        gone.set()
        watched.wait(lambda: watched.said[-1] == "closing failed")
        gone.clear()
        watched.wait(lambda: watched.said[-1] == "")


@pytest.mark.parametrize(
    ("settings", "offered", "wanted"),
    [
        (SourceSettings(), ["YUYV", "MJPG"], "MJPG"),
        (SourceSettings(), ["YUYV"], "YUYV"),
        (SourceSettings(), ["NV12"], ""),
        (SourceSettings(), [], "MJPG"),
        (SourceSettings(width_px=640, height_px=480), ["YUYV", "MJPG"], ""),
        (SourceSettings(pixel_format="YUYV"), ["YUYV", "MJPG"], "YUYV"),
    ],
)
def test_large_format_is_requested_as_mjpg(settings: SourceSettings, offered: list[str], wanted: str) -> None:
    camera = CameraDevice("a", "Acme Cam", 0, 0, pixel_formats=offered)
    assert asked_format(camera, settings).pixel_format == wanted


class Driver:
    """OpenCV's capture; records the requested properties and always gives 640x480."""

    def __init__(self, index: int, backend: int) -> None:
        self.sets: list[tuple[int, float]] = []
        self.stamps = iter([1.0, 1.0, 1.0, 2.0])
        self.pictures = 0
        self.now = 0.0

    def isOpened(self) -> bool:  # noqa: N802
        return True

    def set(self, key: int, value: float) -> bool:
        self.sets.append((key, value))
        return True

    def get(self, key: int) -> float:
        return {
            cv2.CAP_PROP_FRAME_WIDTH: 640.0,
            cv2.CAP_PROP_FRAME_HEIGHT: 480.0,
            cv2.CAP_PROP_FPS: 15.0,
            cv2.CAP_PROP_FOURCC: float(cv2.VideoWriter.fourcc(*"YUYV")),
            cv2.CAP_PROP_POS_MSEC: self.now,
        }[key]

    def read(self) -> tuple[bool, Picture | None]:
        self.now = next(self.stamps, 0.0)
        self.pictures += 1
        return (True, np.full((480, 640, 3), self.pictures, np.uint8)) if self.now else (False, None)

    def release(self) -> None: ...


def test_camera_format_is_set_in_required_order(monkeypatch: pytest.MonkeyPatch) -> None:
    camera = CameraDevice("a", "Acme Cam", 0, 0, pixel_formats=["YUYV", "MJPG"])
    monkeypatch.setattr("app.engine.devices.cameras.list_cameras", lambda: [camera])
    monkeypatch.setattr("app.engine.capture.camera_source.is_unplugged", lambda camera: False)
    monkeypatch.setattr(cv2, "VideoCapture", Driver)
    source = open_source(SourceSettings(fps=60))
    assert isinstance(source, CameraSource) and isinstance(source._capture, Driver)
    keys = [key for key, _ in source._capture.sets]
    assert keys.index(cv2.CAP_PROP_FOURCC) < keys.index(cv2.CAP_PROP_FRAME_WIDTH)
    assert source.got is None
    assert source.read()[0, 0, 0] == 1
    assert str(source.asked) == "1280x720 MJPG at 60 frames per second"
    assert str(source.got) == "640x480 YUYV at 15 frames per second"
    assert source.read()[0, 0, 0] == 4, "a picture that is read twice counts once"
    with pytest.raises(BackdropError, match="gives no more pictures"):
        source.read()


def test_camera_without_device_file_is_unplugged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    camera = CameraDevice("a", "Acme Cam", 97, 0)
    monkeypatch.setattr("app.engine.devices.cameras.list_cameras", lambda: [camera])
    monkeypatch.setattr("app.engine.capture.camera_source.is_unplugged", lambda camera: True)
    monkeypatch.setattr(cv2, "VideoCapture", Driver)
    with pytest.raises(BackdropError, match="The camera 'Acme Cam' was unplugged"):
        CameraSource("", SourceSettings()).read()


def test_windows_cameras_use_better_backend_first(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {
        cv2.CAP_MSMF: [CameraInfo(0, "Acme Cam", "usb0", None, None, cv2.CAP_MSMF)] * 2,
        cv2.CAP_DSHOW: [
            CameraInfo(0, "Acme Cam", "usb0", None, None, cv2.CAP_DSHOW),
            CameraInfo(1, "OBS Virtual Camera", "", None, None, cv2.CAP_DSHOW),
        ],
    }
    monkeypatch.setattr("app.engine.devices.cameras.sys.platform", "win32")
    monkeypatch.setattr("app.engine.devices.cameras.enumerate_cameras", told.__getitem__)
    assert [(c.name, c.backend, c.id) for c in list_cameras()] == [
        ("Acme Cam", cv2.CAP_MSMF, "usb0"),
        ("Acme Cam", cv2.CAP_MSMF, "usb0"),
        ("OBS Virtual Camera", cv2.CAP_DSHOW, "OBS Virtual Camera"),
    ]
