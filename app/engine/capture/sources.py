"""The sources: camera, video file, still image, demo."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from app.engine.core.addresses import without_secrets
from app.engine.core.errors import BackdropError
from app.engine.devices.cameras import (
    NO_CAMERA,
    asked_format,
    cannot_open,
    find_camera,
    got_format,
    is_unplugged,
    open_capture,
    real_cameras,
)
from app.engine.media.demo import FPS as DEMO_FPS
from app.engine.media.demo import Demo
from app.engine.media.reader import VideoReader, read_image

if TYPE_CHECKING:
    from app.engine.core.settings import SourceSettings
    from app.engine.core.types import CaptureFormat, Picture

VIDEO_SUFFIXES = {".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".gif"}
IMAGE_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"}


class Source(ABC):
    """A source of frames, at its own rate."""

    title: str
    is_demo: bool = False
    is_live: bool = False
    """Whether missing frames mean a fault."""
    may_stand_still: bool = True
    """False if frames that are equal to the last bit mean that the source is frozen."""
    asked: CaptureFormat | None = None
    got: CaptureFormat | None = None

    @abstractmethod
    def read(self) -> Picture:
        """Wait for the next frame, H x W x 3 BGR. Raises BackdropError if there are no more."""

    def close(self) -> None:  # noqa: B027  # most sources hold nothing
        """Close the device or file."""


class Pacer:
    """Limits a generated source to its frame rate."""

    def __init__(self, fps: float) -> None:
        self._interval_s = 1.0 / fps
        self._due = time.monotonic()

    def wait(self) -> None:
        """Sleep until the next frame is due. Missed frames are not made up for."""
        now = time.monotonic()
        self._due = max(self._due, now - self._interval_s)
        time.sleep(max(0.0, self._due - now))
        self._due += self._interval_s


class CameraSource(Source):
    """A camera by id, name or index; '' is the first one."""

    is_live = True

    def __init__(self, wanted: str, settings: SourceSettings) -> None:
        self._camera = find_camera(wanted)
        self.title = self._camera.name
        self.may_stand_still = self._camera.is_virtual  # It may show a still picture.
        self.asked = asked_format(self._camera, settings)
        self._capture = open_capture(self._camera, self.asked)
        self._stamp_ms = 0.0

    def read(self) -> Picture:
        while not is_unplugged(self._camera):
            arrived, bgr = self._capture.read()
            if not arrived:
                break
            stamp_ms = self._capture.get(cv2.CAP_PROP_POS_MSEC)
            if stamp_ms and stamp_ms == self._stamp_ms:
                time.sleep(0.005)  # The last picture again.
                continue
            self._stamp_ms = stamp_ms
            if self.got is None:
                self.got = got_format(self._capture)
            return np.asarray(bgr, np.uint8)
        if is_unplugged(self._camera):
            raise BackdropError("The camera '{title}' was unplugged.", title=self.title)
        if self.got is None:
            raise cannot_open(self._camera)
        raise BackdropError(
            "The camera '{title}' gives no more pictures: is it still plugged in?", title=self.title
        )

    def close(self) -> None:
        self._capture.release()


class VideoSource(Source):
    """A video file or stream at its own rate; a file plays in a loop."""

    def __init__(self, path: str) -> None:
        self._reader = VideoReader(path if "://" in path else Path(path))
        self.is_live = "://" in path
        self.title = without_secrets(path) if self.is_live else Path(path).name
        self._pacer = Pacer(self._reader.fps)
        self._frames = self._reader.frames()

    def read(self) -> Picture:
        self._pacer.wait()
        for _ in range(2):
            for _, bgr in self._frames:
                return bgr
            self._reader.rewind()
            self._frames = self._reader.frames()
        raise BackdropError("'{path}' has no pictures in it.", path=self.title)

    def close(self) -> None:
        self._reader.close()


class ImageSource(Source):
    """A still picture."""

    def __init__(self, path: Path) -> None:
        self._picture = read_image(path)
        self.title = path.name
        self._pacer = Pacer(10.0)

    def read(self) -> Picture:
        self._pacer.wait()
        return self._picture.copy()


class DemoSource(Source):
    """The built-in demo."""

    title = "Demo"
    is_demo = True

    def __init__(self, settings: SourceSettings) -> None:
        self._demo = Demo(settings.width_px, settings.height_px)
        self._pacer = Pacer(DEMO_FPS)
        self._index = 0

    def read(self) -> Picture:
        self._pacer.wait()
        self._index += 1
        return self._demo.frame(self._index)


def open_source(settings: SourceSettings) -> Source:
    """Open the source that `settings.spec` names. Raises BackdropError if that fails.

    'auto' is the first real camera, else the demo; 'camera' is never the demo; 'camera:ID' takes an id, name
    or index; else it is 'demo', the path of a file or the URL of a stream.
    """
    cv2.utils.logging.setLogLevel(0)  # OpenCV prints about missing cameras; our errors report them.
    spec = settings.spec
    if spec in ("auto", "camera"):
        real = real_cameras()
        if not real and spec == "camera":
            raise BackdropError(NO_CAMERA)
        return CameraSource(real[0].id, settings) if real else DemoSource(settings)
    if spec == "demo":
        return DemoSource(settings)
    if spec.startswith("camera:"):
        return CameraSource(spec.removeprefix("camera:"), settings)
    if Path(spec).suffix.lower() in IMAGE_SUFFIXES:
        return ImageSource(Path(spec))
    return VideoSource(spec)
