"""Sources that are no camera: video, still image, snapshot, demo; and the choice of the source."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import cv2

from app.engine.capture.camera_source import CameraSource
from app.engine.capture.pacing import Pacer, PlaybackClock
from app.engine.capture.source import Source
from app.engine.capture.source_sound import SourceSound
from app.engine.core.addresses import without_secrets
from app.engine.core.errors import BackdropError
from app.engine.devices.cameras import NO_CAMERA, names_device, real_cameras
from app.engine.media.demo import FPS as DEMO_FPS
from app.engine.media.demo import Demo
from app.engine.media.file_kinds import is_picture
from app.engine.media.moving_picture import Clip, open_clip
from app.engine.media.pictures.picture_reader import decode_image, read_image
from app.engine.media.video.reader import VideoReader

if TYPE_CHECKING:
    from app.engine.core.settings import SourceSettings
    from app.engine.core.types import Picture
    from app.engine.media.video.reader import SoundPacket

_STILL_S = (
    0.2  # A picture that lasts longer is given again: 0.75 s without one may be a fault for the engine.
)


class VideoSource(Source):
    """A video file or stream that plays by its own times; a file plays in a loop."""

    def __init__(self, path: str) -> None:
        self._reader: Clip = VideoReader(path) if "://" in path else open_clip(Path(path))
        self.is_live = "://" in path
        self.title = without_secrets(path) if self.is_live else Path(path).name
        self._loop_start_s = 0.0
        self._clock = PlaybackClock()
        if self._reader.sounds:
            self.sound = SourceSound()
        self._frames = self._reader.frames(self._on_sound if self.sound else None)
        self._next: tuple[float, Picture] | None = None
        self._shown: Picture | None = None

    def read(self) -> Picture:
        at_s, bgr = self._next or self._decoded()
        wait_s = self._clock.wait_s(at_s)
        if wait_s > _STILL_S and self._shown is not None and not self.is_live:
            self._next = at_s, bgr
            time.sleep(_STILL_S)
            return self._shown.copy()
        time.sleep(wait_s)
        self._next, self._shown = None, bgr
        return bgr.copy()

    def _decoded(self) -> tuple[float, Picture]:
        """The next picture with its time in seconds; the first follows the last."""
        for _ in range(2):
            for at_s, bgr in self._frames:
                return self._loop_start_s + at_s, bgr
            self._loop_start_s += self._reader.end_s
            self._reader.rewind()
            if self.sound:
                self.sound.rewind()
            self._frames = self._reader.frames(self._on_sound if self.sound else None)
        raise self._reader.problem or BackdropError("'{path}' has no pictures in it.", path=self.title)

    def _on_sound(self, packet: SoundPacket) -> None:
        began_at = self._clock.began_at
        if self.sound:
            self.sound.take(packet, None if began_at is None else began_at + self._loop_start_s)

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


class SnapshotSource(Source):
    """A picture by HTTP, as many cameras offer it; fetched again for each frame."""

    def __init__(self, url: str) -> None:
        """Fetch the first picture. Raises BackdropError if there is none."""
        self.title, self._url = without_secrets(url), url
        self._pacer = Pacer(5.0)
        self._fetched: Picture | None = self._fetch()

    def read(self) -> Picture:
        self._pacer.wait()
        fetched, self._fetched = self._fetched, None
        return self._fetch() if fetched is None else fetched

    def _fetch(self) -> Picture:
        # Imported here: HTTP takes 50 ms to load, and few have such a camera.
        from app.engine.media.pictures.snapshot import fetch_snapshot

        return decode_image(fetch_snapshot(self._url), self._url)


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

    'auto' is the first camera that gives pictures, else the demo; 'camera' is never the demo; 'camera:ID'
    takes an id, name, number or device file, which also work by themselves if they are numbers or device
    files; else it is 'demo', the path of a file or the URL of a stream.
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
    if names_device(spec):
        return CameraSource(spec, settings)
    if "://" in spec:
        return _stream(spec)
    return ImageSource(Path(spec)) if is_picture(Path(spec)) else VideoSource(spec)


def _stream(url: str) -> Source:
    try:
        return VideoSource(url)
    except BackdropError:
        if not url.lower().startswith(("http://", "https://")):
            raise
        try:
            return SnapshotSource(url)
        except BackdropError:
            pass
        raise
