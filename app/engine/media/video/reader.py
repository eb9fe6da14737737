"""Reading videos."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import av

from app.engine.core.errors import BackdropError, disk_reason
from app.engine.media.pictures.files import check_file, check_size
from app.engine.media.video.codec_name import codec_name
from app.engine.media.video.damage import Damage
from app.engine.media.video.decoder import PictureDecoder, codec_of
from app.engine.media.video.file_layout import is_mp4_without_index
from app.engine.media.video.frame_converter import FrameConverter
from app.engine.media.video.packets import Packets
from app.engine.media.video.tone_map import needs_tone_map

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from app.engine.core.types import Picture

SoundPacket: TypeAlias = "av.Packet[av.AudioStream]"

_LARGEST_ERRORS = 250  # Packets of a stream in a row that cannot be decoded.
_NOT_VIDEO = {"tty", "image2"}  # libav's demuxers that make "videos" of text and pictures.
_BT709, _BT601, _UNKNOWN = 1, 6, 2  # ISO/IEC 23091-2, as libav numbers them
_MATRICES = {
    1: 1,
    4: 4,
    5: 6,
    6: 6,
    7: 7,
    9: 9,
    10: 9,
}  # The supported values, and the nearest ones to others.
LARGEST_PX = 50_000_000
_HD_FROM = 1280, 577  # Untagged pictures at least this large are read as BT.709, as players do.


@dataclass(frozen=True, slots=True)
class ColourSpace:
    """The colour space of a video: matrix, primaries and transfer by ISO/IEC 23091-2 number."""

    matrix: int
    primaries: int
    transfer: int

    @staticmethod
    def usual(width_px: int, height_px: int) -> ColourSpace:
        """The default for untagged video: BT.709 for HD, BT.601 for smaller pictures."""
        code = _BT709 if width_px >= _HD_FROM[0] or height_px >= _HD_FROM[1] else _BT601
        return ColourSpace(code, code, code)


class VideoReader:
    """Reads the frames of a video file in order, upright and with square pixels."""

    def __init__(self, path: Path | str) -> None:
        """Open a file. Raises BackdropError if it is missing or holds no video."""
        self.path = path
        self.is_stream = isinstance(path, str)
        if isinstance(path, Path):
            check_file(path)
        try:
            # With a protocol, so that a colon in a name of a file is not one.
            # Titles and other texts may have any encoding.
            self.container = av.open(
                f"file:{path}" if isinstance(path, Path) else path, metadata_errors="replace"
            )
        except PermissionError as error:
            raise BackdropError(
                "'{path}' cannot be read: {reason}.", path=path, reason=disk_reason(error)
            ) from error
        except (av.FFmpegError, OSError) as error:
            if isinstance(path, Path) and is_mp4_without_index(path):
                raise BackdropError(
                    "'{path}' is incomplete: the index at its end is missing. It was "
                    "not closed, or not copied in full.",
                    path=path,
                ) from error
            raise BackdropError("'{path}' is not a video that Backdrop can read.", path=path) from error
        kind = self.container.format.name
        if kind in _NOT_VIDEO or kind.endswith("_pipe"):
            self.container.close()
            raise BackdropError("'{path}' is not a video that Backdrop can read.", path=path)
        cover_art = av.stream.Disposition.attached_pic
        streams = [s for s in self.container.streams.video if not s.disposition & cover_art]
        if not streams:
            self.container.close()
            raise BackdropError("'{path}' has no moving pictures in it.", path=path)
        decodable = [s for s in streams if s.codec_context]
        if not decodable:
            name = codec_name(self.container, streams[0].index)
            self.container.close()
            raise unknown_codec(path, name)
        self.stream = decodable[0]
        try:
            check_size(path, *self.size, LARGEST_PX)
        except BackdropError:
            self.container.close()
            raise
        self.stream.thread_type = "AUTO"
        self.sounds = [s for s in self.container.streams.audio if s.codec_context]  # None: unknown codec.
        self._codec = codec_of(self.stream)
        aspect = self.stream.sample_aspect_ratio
        self._converter = FrameConverter(aspect, self.colours.matrix, keeps_size=not self.is_stream)
        self._idle = [self._converter]
        self._packets = Packets(self.container, self.stream, path if isinstance(path, Path) else None)
        self._damage = Damage()
        self.end_s = 0.0
        """When the last picture read ends, in seconds from the start."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, as encoded."""
        return self.stream.codec_context.width, self.stream.codec_context.height

    def use_one_core(self) -> None:
        """Decode on one core, from before the first frame on."""
        self._codec.thread_count = 1

    @property
    def fps(self) -> float:
        """Average frames per second; 25 if unknown."""
        return float(self.rate)

    @property
    def rate(self) -> Fraction:
        """Average frames per second as an exact fraction; 25 if unknown."""
        return Fraction(self.stream.average_rate or self.stream.guessed_rate or 25)

    @property
    def time_base(self) -> Fraction:
        """The unit of the frame times in the file, in seconds."""
        return Fraction(self.stream.time_base or Fraction(1, 90000))

    @property
    def frame_count(self) -> int | None:
        """The approximate number of frames; None if unknown."""
        if self.stream.frames:
            return int(self.stream.frames)
        if self.container.duration:
            return round(self.container.duration / av.time_base * self.fps)
        return None

    @property
    def colours(self) -> ColourSpace:
        """The colour space of the file; missing values get the defaults of players."""
        context = self.stream.codec_context
        usual = ColourSpace.usual(context.width, context.height)
        said = (context.color_primaries, context.color_trc)
        if needs_tone_map(*said):
            return ColourSpace(_BT709, _BT709, _BT709)
        primaries, transfer = (code if code not in (0, _UNKNOWN) else 0 for code in said)
        matrix = _MATRICES.get(context.colorspace, usual.matrix)
        return ColourSpace(matrix, primaries or usual.primaries, transfer or usual.transfer)

    def frames(
        self, on_sound: Callable[[SoundPacket], None] | None = None
    ) -> Iterator[tuple[float, Picture]]:
        """Times in seconds from the start and frames, H x W x 3 BGR, from the present position on.

        `on_sound` gets the packets of `sounds`, with times from the same start.
        What is damaged is left out; `problem` then says how much. Raises BackdropError if a stream has broken
        off.
        """
        for at_s, frame in self.decoded(on_sound):
            yield at_s, self.picture(frame)

    def decoded(
        self, on_sound: Callable[[SoundPacket], None] | None = None
    ) -> Iterator[tuple[float, av.VideoFrame]]:
        """The same as `frames`, before `picture` converts them."""
        self.end_s = 0.0
        damage = self._damage = Damage()
        anywhere = self.is_stream or self._packets.may_begin_anywhere
        decoder = PictureDecoder(self.stream, self._codec, anywhere, damage)
        for packet in self._packets.read(damage, self.sounds if on_sound else ()):
            if packet.stream is not self.stream:
                if on_sound and packet.size:
                    on_sound(packet)
                continue
            for frame in decoder.decode(packet):
                at_s = self.end_s if frame.time is None else frame.time
                self.end_s = at_s + (float(frame.duration * self.time_base) or 1 / self.fps)
                yield max(0.0, at_s), frame
            if self.is_stream and decoder.errors > _LARGEST_ERRORS:
                break
        self.end_s = self._packets.true_end_s(self.end_s, damage)
        if self.is_stream and self.problem:
            raise self.problem

    @property
    def problem(self) -> BackdropError | None:
        """What of the file could not be read, once `frames` has ended; None if it is intact."""
        return self._damage.error(self.path)

    def picture(self, frame: av.VideoFrame) -> Picture:
        """A frame of `decoded` as H x W x 3 BGR. After the first, several threads may call it at a time."""
        has_matrix = frame.colorspace in _MATRICES
        try:
            converter = self._idle.pop()
        except IndexError:
            converter = self._converter.sibling()
        made = converter.picture(frame, has_matrix)
        self._idle.append(converter)
        return made

    def rewind(self) -> None:
        """Go back to the first frame. Raises BackdropError if the file does not allow it."""
        try:
            self.container.seek(0)
            self._codec.flush_buffers()
        except (av.FFmpegError, OSError) as error:
            raise BackdropError("'{path}' cannot be played again from its start.", path=self.path) from error

    def close(self) -> None:
        """Close the file."""
        self.container.close()

    def __enter__(self) -> VideoReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def unknown_codec(path: Path | str, name: str) -> BackdropError:
    """The error of a video without a decoder; the codec's name may be ''."""
    if name:
        return BackdropError(
            "'{path}' is a video in the codec '{codec}', which Backdrop cannot decode.", path=path, codec=name
        )
    return BackdropError("'{path}' is a video in a codec that Backdrop cannot decode.", path=path)
