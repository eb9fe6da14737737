"""Record composites to a video file."""

from __future__ import annotations

import os
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av

from app.engine.core.errors import BackdropError, disk_reason
from app.engine.core.image_ops import contain
from app.engine.media.file_layout import mp4_boxes
from app.engine.media.video_writer import VIDEO_FORMATS, VideoWriter
from app.engine.output.sinks import Sink, SinkEndedError, over_black

if TYPE_CHECKING:
    from app.engine.core.types import Composite, Picture

_RATE = Fraction(30)
_OPENING_S = 5.0  # Longest wait for the first picture of a source, whose size the recording gets.
_TIME_BASE = Fraction(1, 90_000)


class Recorder(Sink):
    """A video file that is playable at any time, up to a second before its last frame or a crash."""

    slots = 32  # A second of frames, for a busy disk.

    def __init__(self, path: str) -> None:
        self.title = Path(path).name
        self._path = Path(os.path.realpath(path))  # The file that a link names.
        self._writer: VideoWriter | None = None
        self._began_at: float | None = None
        self._first: Composite | None = None
        """The placeholder at the start, until the size of the pictures is known."""
        self._has_size = False

    def open(self, height_px: int, width_px: int) -> None:
        formats = VIDEO_FORMATS["composite"]
        if self._path.suffix.lower() not in formats:
            raise SinkEndedError(
                "A recording's name must end in {choices}, not '{title}'.",
                choices=", ".join(formats),
                title=self.title,
            )
        try:
            self._path.touch(mode=0o600, exist_ok=False)
            self._writer = VideoWriter(self._path, "composite", _RATE, _TIME_BASE, is_live=True)
        except FileExistsError:
            raise SinkEndedError(
                "There is a file '{path}' already: give the recording another name.", path=self._path
            ) from None
        except (OSError, av.FFmpegError) as error:
            raise SinkEndedError(
                "'{path}' cannot be written: {reason}.", path=self._path, reason=disk_reason(error)
            ) from error
        self._began_at, self._first, self._has_size = None, None, False

    def send(self, composite: Composite) -> None:
        if self._writer is None:
            raise BackdropError("The recording '{title}' is not open.", title=self.title)
        if self._began_at is None:
            self._began_at = composite.captured_at
        if not self._has_size:
            if composite.private and composite.captured_at - self._began_at < _OPENING_S:
                self._first = self._first or composite
                return
            if self._first is not None:
                size = composite.picture.shape[1::-1]
                self._write(self._writer, 0.0, contain(self._first.picture, *size))
            self._has_size, self._first = True, None
        self._write(self._writer, composite.captured_at - self._began_at, composite.picture)

    def _write(self, writer: VideoWriter, at_s: float, picture: Picture) -> None:
        if picture.shape[2] == 4:  # Without alpha the room would show.
            picture = over_black(picture)
        try:
            writer.write(max(0.0, at_s), picture)
        except (OSError, av.FFmpegError) as error:
            with suppress(BackdropError):  # A full disk also refuses the end of the file.
                self.close()
            raise self._ended(error) from error

    def close(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            try:
                if self._first is not None:
                    writer.write(0.0, self._first.picture)
                writer.close()
            except (OSError, av.FFmpegError) as error:
                raise self._ended(error) from error

    def _ended(self, error: OSError | av.FFmpegError) -> SinkEndedError:
        _drop_torn_end(self._path)
        return SinkEndedError(
            "The recording has ended: {reason}. What there is of it is in '{path}'.",
            reason=disk_reason(error),
            path=self._path,
        )


def _drop_torn_end(path: Path) -> None:
    """Truncate an MP4 after its last complete fragment: some players refuse an incomplete one."""
    if path.suffix.lower() not in {".mp4", ".mov"}:
        return
    with suppress(OSError), path.open("r+b") as file:
        length, whole = path.stat().st_size, 0
        for box in mp4_boxes(file):
            if box.end <= length and box.kind in (b"moov", b"mdat"):
                whole = box.end
        file.truncate(whole)
