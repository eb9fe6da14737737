"""Record composites to a video file."""

from __future__ import annotations

import struct
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av

from app.engine.core.errors import BackdropError, disk_reason
from app.engine.media.video_writer import VIDEO_FORMATS, VideoWriter
from app.engine.output.sinks import Sink, SinkEndedError, over_black

if TYPE_CHECKING:
    from app.engine.core.types import Composite

_RATE = Fraction(30)
_TIME_BASE = Fraction(1, 90_000)


class Recorder(Sink):
    """A video file that is playable at any time, up to a second before its last frame or a crash."""

    slots = 32  # A second of frames, for a busy disk.

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        self.title = self._path.name
        self._writer: VideoWriter | None = None
        self._began_at: float | None = None

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
        self._began_at = None

    def send(self, composite: Composite) -> None:
        if self._writer is None:
            raise BackdropError("The recording '{title}' is not open.", title=self.title)
        if self._began_at is None:
            self._began_at = composite.captured_at
        picture = composite.picture
        if picture.shape[2] == 4:  # Without alpha the room would show.
            picture = over_black(picture)
        try:
            self._writer.write(max(0.0, composite.captured_at - self._began_at), picture)
        except (OSError, av.FFmpegError) as error:
            with suppress(BackdropError):  # A full disk also refuses the end of the file.
                self.close()
            raise self._ended(error) from error

    def close(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            try:
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
    with suppress(OSError, struct.error), path.open("r+b") as file:
        length, at, whole = path.stat().st_size, 0, 0
        while at + 8 <= length:
            file.seek(at)
            size, kind = struct.unpack(">I4s", file.read(8))
            if size < 8 or at + size > length:
                break
            at += size
            if kind in (b"moov", b"mdat"):
                whole = at
        file.truncate(whole)
