"""Reading pictures and videos from files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import av
import cv2
import numpy as np

from app.engine.errors import BackdropError
from app.engine.types import Picture


def read_image(path: Path) -> Picture:
    """Decode an image file to H x W x 3 BGR. Raises BackdropError, naming the file and what is wrong."""
    if not path.is_file():
        raise BackdropError(f"There is no file '{path}'.")
    try:
        data = np.fromfile(path, np.uint8)  # not cv2.imread: on Windows it cannot open non-ASCII paths
    except OSError as error:
        raise BackdropError(f"'{path}' cannot be read: {error.strerror}.") from error
    if data.size == 0:
        raise BackdropError(f"'{path}' is empty.")
    try:
        picture = cv2.imdecode(data, cv2.IMREAD_COLOR)
    except cv2.error:
        picture = None
    if picture is None:
        raise BackdropError(f"'{path}' is not a picture that Backdrop can read.")
    return np.asarray(picture, np.uint8)


class VideoReader:
    """The pictures of a video file, upright, in order."""

    def __init__(self, path: Path | str) -> None:
        """Open a file. Raises BackdropError where there is none, or no video in it."""
        self.path = path
        if isinstance(path, Path) and not path.is_file():
            raise BackdropError(f"There is no file '{path}'.")
        try:
            self.container = av.open(str(path))
        except (av.FFmpegError, OSError) as error:
            raise BackdropError(f"'{path}' is not a video that Backdrop can read.") from error
        if not self.container.streams.video:
            self.container.close()
            raise BackdropError(f"'{path}' has no pictures in it.")
        self.stream = self.container.streams.video[0]
        self.stream.thread_type = "AUTO"

    @property
    def fps(self) -> float:
        """Frames per second, on average; 25 where the file does not tell."""
        return float(self.stream.average_rate or self.stream.guessed_rate or 25)

    @property
    def frame_count(self) -> int | None:
        """How many pictures there are about; None where the file does not tell."""
        if self.stream.frames:
            return int(self.stream.frames)
        if self.container.duration:
            return round(self.container.duration / av.time_base * self.fps)
        return None

    def frames(self) -> Iterator[tuple[float, Picture]]:
        """Time in seconds from the start, and H x W x 3 BGR, from where the last reading ended.

        Raises BackdropError where the file is broken in the middle.
        """
        try:
            for index, frame in enumerate(self.container.decode(self.stream)):
                bgr = np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
                yield frame.time if frame.time is not None else index / self.fps, upright(bgr, frame.rotation)
        except av.FFmpegError as error:
            raise BackdropError(f"'{self.path}' is broken in the middle: {error.strerror}.") from error

    def rewind(self) -> None:
        """Start again from the first picture."""
        self.container.seek(0)

    def close(self) -> None:
        """Let go of the file."""
        self.container.close()

    def __enter__(self) -> VideoReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def upright(bgr: Picture, rotation_degrees: int) -> Picture:
    """Turn a picture as its file asks (counter-clockwise, quarter turns), as phones write upright videos."""
    return np.ascontiguousarray(np.rot90(bgr, round(rotation_degrees / 90) % 4))
