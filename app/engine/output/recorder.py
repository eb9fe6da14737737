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
from app.engine.media.video.file_layout import mp4_boxes
from app.engine.media.writing.video_formats import VIDEO_FORMATS
from app.engine.media.writing.video_writer import VideoWriter
from app.engine.output.microphone_track import MicrophoneTrack
from app.engine.output.sinks import Sink, SinkEndedError, over_black

if TYPE_CHECKING:
    from app.engine.core.types import Composite, Picture
    from app.engine.devices.microphones import Microphone

_RATE = Fraction(30)
_OPENING_S = 5.0  # Longest wait for the first picture of a source, whose size the recording gets.
_MP4 = {".mp4", ".mov"}
_HEAD_BYTES = 4096
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
        self.microphone: Microphone | None = None
        """What is to be heard; it is opened with the file and not before."""
        self._sound: MicrophoneTrack | None = None

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
            microphone = self.microphone if self.microphone and self.microphone.is_there() else None
            with_sound = microphone is not None
            self._writer = VideoWriter(
                self._path, "composite", _RATE, _TIME_BASE, is_live=True, with_microphone=with_sound
            )
        except FileExistsError:
            raise SinkEndedError(
                "There is a file '{path}' already: give the recording another name.", path=self._path
            ) from None
        except (OSError, av.FFmpegError) as error:
            raise SinkEndedError(
                "'{path}' cannot be written: {reason}.", path=self._path, reason=disk_reason(error)
            ) from error
        self._began_at, self._first, self._has_size = None, None, False
        if microphone is not None:
            self._sound = MicrophoneTrack(microphone)
            self._sound.start()

    def hear(self, microphone: Microphone) -> None:
        self.microphone = self.microphone or microphone

    def sound_level(self) -> float | None:
        sound = self._sound
        return sound.level if sound else None

    def problem(self) -> BackdropError | None:
        return self._sound.problem if self._sound else None

    def send(self, composite: Composite) -> None:
        if self._writer is None:
            raise BackdropError("The recording '{title}' is not open.", title=self.title)
        if self._began_at is None:
            self._began_at = composite.captured_at
        if not self._has_size:
            if composite.is_placeholder and composite.captured_at - self._began_at < _OPENING_S:
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
            if self._sound is not None:
                self._write_sound(writer, self._sound, at_s)
        except (OSError, av.FFmpegError) as error:
            with suppress(BackdropError):  # A full disk also refuses the end of the file.
                self.close()
            raise self._ended(error) from error

    def _write_sound(
        self, writer: VideoWriter, sound: MicrophoneTrack, at_s: float, is_last: bool = False
    ) -> None:
        if writer.microphone and self._began_at is not None and self._has_size:
            sound.write_until(writer.microphone, self._began_at, at_s, is_last)

    def close(self) -> None:
        writer, self._writer = self._writer, None
        sound, self._sound = self._sound, None
        if sound is not None:
            sound.stop()
        if writer is not None:
            try:
                if self._first is not None:
                    writer.write(0.0, self._first.picture)
                if sound is not None:
                    self._write_sound(writer, sound, sound.time_s, is_last=True)
                writer.close()
                _blank_first_index(self._path)
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
    if path.suffix.lower() not in _MP4:
        return
    with suppress(OSError), path.open("r+b") as file:
        length, whole = path.stat().st_size, 0
        for box in mp4_boxes(file):
            if box.end <= length and box.kind in (b"moov", b"mdat"):
                whole = box.end
        file.truncate(whole)


def _blank_first_index(path: Path) -> None:
    """Zero the fragments' empty index, now inside the picture data: some programs search for one."""
    if path.suffix.lower() not in _MP4:
        return
    with path.open("r+b") as file:
        boxes = {box.kind: box for box in mp4_boxes(file)}
        if not {b"mdat", b"moov"} <= boxes.keys():
            return
        file.seek(boxes[b"mdat"].start)
        head = file.read(_HEAD_BYTES)
        at = head.find(b"moov")
        size = int.from_bytes(head[at - 4 : at], "big")
        if at > 4 and size + at <= len(head):
            file.seek(boxes[b"mdat"].start + at - 4)
            file.write(bytes(size))
