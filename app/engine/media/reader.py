"""Reading videos."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, cast

import av

from app.engine.core.errors import BackdropError, disk_reason
from app.engine.media.deinterlacer import Deinterlacer
from app.engine.media.files import check_file, check_size
from app.engine.media.frame_converter import FrameConverter
from app.engine.media.tone_map import needs_tone_map

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from app.engine.core.types import Picture

SoundPacket: TypeAlias = "av.Packet[av.AudioStream]"

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
_ANSWER_S = 10.0
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


def fetch_snapshot(url: str) -> bytes:
    """The picture file behind an address. Raises BackdropError if it cannot be fetched."""
    try:
        with av.open(url, timeout=_ANSWER_S) as container:
            return b"".join(bytes(packet) for packet in container.demux(video=0))
    except (av.FFmpegError, OSError, IndexError) as error:
        raise BackdropError("'{path}' is not a picture that Backdrop can read.", path=url) from error


class VideoReader:
    """Reads the frames of a video file in order, upright and with square pixels."""

    def __init__(self, path: Path | str) -> None:
        """Open a file. Raises BackdropError if it is missing or holds no video."""
        self.path = path
        if isinstance(path, Path):
            check_file(path)
        try:
            self.container = av.open(str(path))
        except PermissionError as error:
            raise BackdropError(
                "'{path}' cannot be read: {reason}.", path=path, reason=disk_reason(error)
            ) from error
        except (av.FFmpegError, OSError) as error:
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
        self.stream = streams[0]
        try:
            check_size(path, *self.size, LARGEST_PX)
        except BackdropError:
            self.container.close()
            raise
        self.stream.thread_type = "AUTO"
        self.sounds = [s for s in self.container.streams.audio if s.codec_context]  # None: unknown codec.
        self._decoder = _with_alpha(self.stream) or self.stream.codec_context
        self._deinterlacer = Deinterlacer()
        is_file = isinstance(path, Path)
        self._converter = FrameConverter(self.stream.sample_aspect_ratio, self.colours.matrix, is_file)
        # Broadcast recordings start at any time; a start slightly before 0 is the run-in of a decoder.
        self._start_s = max(0.0, (self.container.start_time or 0) / av.time_base)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, as encoded."""
        return self.stream.codec_context.width, self.stream.codec_context.height

    def use_one_core(self) -> None:
        """Decode on one core, from before the first frame on."""
        self._decoder.thread_count = 1

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
        Raises BackdropError if the file is broken in the middle or ends too early.
        """
        for item in self._read():
            if isinstance(item, tuple):
                yield item
            elif on_sound:
                on_sound(item)

    def _read(self) -> Iterator[tuple[float, Picture] | SoundPacket]:
        """Frames with their times, and sound packets, in file order. Raises as `frames` does."""
        index, end_s = 0, 0.0
        try:
            for packet in self.container.demux():
                if packet.pts is not None:
                    end_s = max(end_s, float((packet.pts + (packet.duration or 0)) * packet.time_base))
                if packet.stream is self.stream:
                    for frame in self._whole_frames(cast("av.Packet[av.VideoStream]", packet)):
                        at_s = frame.time - self._start_s if frame.time is not None else index / self.fps
                        yield at_s, self._picture(frame)
                        index += 1
                elif packet.stream in self.sounds and packet.dts is not None:
                    yield self._from_start(cast("SoundPacket", packet))
        except av.FFmpegError as error:
            raise BackdropError(
                "'{path}' is broken in the middle: {reason}.", path=self.path, reason=disk_reason(error)
            ) from error
        self._check_complete(end_s)

    def _picture(self, frame: av.VideoFrame) -> Picture:
        return self._converter.picture(frame, frame.colorspace in _MATRICES)

    def _whole_frames(self, packet: av.Packet[av.VideoStream]) -> Iterator[av.VideoFrame]:
        """The decoded frames of a packet, deinterlaced."""
        for frame in self._decoder.decode(packet):
            yield from self._deinterlacer.apply(frame)
        if packet.size == 0:  # The last one, which flushes the decoder.
            yield from self._deinterlacer.finish()

    def _from_start(self, packet: SoundPacket) -> SoundPacket:
        shift = round(self._start_s / packet.time_base)
        packet.pts = None if packet.pts is None else packet.pts - shift
        packet.dts = None if packet.dts is None else packet.dts - shift
        return packet

    def _check_complete(self, end_s: float) -> None:
        """Raise BackdropError if the file ended long before its stated duration.

        end_s is on the file's clock: Matroska's duration counts from 0, wherever the recording starts.
        """
        expected_s = (self.container.duration or 0) / av.time_base
        if end_s + max(1.0, expected_s / 20) < expected_s:
            raise BackdropError(
                "'{path}' is not complete: it ends after {end_s} of {expected_s} seconds.",
                path=self.path,
                end_s=f"{end_s:.1f}",
                expected_s=f"{expected_s:.1f}",
            )

    def rewind(self) -> None:
        """Go back to the first frame. Raises BackdropError if the file does not allow it."""
        self._deinterlacer.reset()
        try:
            self.container.seek(0)
            self._decoder.flush_buffers()
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


def _with_alpha(stream: av.VideoStream) -> av.VideoCodecContext | None:
    """The decoder for transparent VP8 and VP9, as libav's own leaves alpha out; None for others."""
    name = {"vp8": "libvpx", "vp9": "libvpx-vp9"}.get(stream.codec_context.name)
    if stream.metadata.get("alpha_mode") != "1" or name not in av.codecs_available:
        return None
    decoder = av.CodecContext.create(name, "r")
    assert isinstance(decoder, av.VideoCodecContext)
    return decoder
