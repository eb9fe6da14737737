"""Reading pictures and videos from files."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import av
import cv2
import numpy as np

from app.engine.core.errors import BackdropError, disk_reason
from app.engine.media.decoder import PictureDecoder
from app.engine.media.image_size import image_size
from app.engine.media.packets import Packets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from app.engine.core.types import Picture

SoundPacket: TypeAlias = "av.Packet[av.AudioStream]"

# SWS_BILINEAR | SWS_ACCURATE_RND, as numbers because PyAV 17 has no name for the second. Without it flat
# colours end up to 5 levels off.
SCALING = 0x2 | 0x40000

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
_IMAGE_HEAD_BYTES = 16 << 20  # The size of a JPEG may follow long comments, that of a TIFF its pixels.
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


def read_image(path: Path) -> Picture:
    """Decode an image file to H x W x 3 BGR. Raises BackdropError."""
    _check_file(path)
    try:
        with path.open("rb") as file:
            size = image_size(file.read(_IMAGE_HEAD_BYTES))
        if size is None:
            raise BackdropError("'{path}' is not a picture that Backdrop can read.", path=path)
        _check_size(path, *size)
        data = np.fromfile(path, np.uint8)  # not cv2.imread: on Windows it cannot open non-ASCII paths
    except OSError as error:
        raise BackdropError(
            "'{path}' cannot be read: {reason}.", path=path, reason=disk_reason(error)
        ) from error
    cv2.utils.logging.setLogLevel(0)  # OpenCV prints about broken files; the error below reports them.
    try:
        picture = cv2.imdecode(data, cv2.IMREAD_COLOR)
    except cv2.error:
        picture = None
    if picture is None:
        raise BackdropError("'{path}' is not a picture that Backdrop can read.", path=path)
    return np.asarray(picture, np.uint8)


def _check_size(path: Path | str, width_px: int, height_px: int) -> None:
    """Raise BackdropError if decoding would take too much memory."""
    if width_px * height_px > LARGEST_PX:
        raise BackdropError(
            "'{path}' is too large, {width_px} x {height_px} pixels: "
            "Backdrop takes up to {megapixels} megapixels.",
            path=path,
            width_px=width_px,
            height_px=height_px,
            megapixels=LARGEST_PX // 1000000,
        )


class VideoReader:
    """Reads the frames of a video file in order, upright and with square pixels."""

    def __init__(self, path: Path | str) -> None:
        """Open a file. Raises BackdropError if it is missing or holds no video."""
        self.path = path
        self.is_stream = isinstance(path, str)
        if isinstance(path, Path):
            _check_file(path)
        try:
            # With a protocol, so that a colon in a name of a file is not one.
            self.container = av.open(f"file:{path}" if isinstance(path, Path) else path)
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
            _check_size(path, self.stream.codec_context.width, self.stream.codec_context.height)
        except BackdropError:
            self.container.close()
            raise
        self.stream.thread_type = "AUTO"
        self.sounds = [s for s in self.container.streams.audio if s.codec_context]  # None: unknown codec.
        self._packets = Packets(self.container, self.stream, path if isinstance(path, Path) else None)
        self.end_s = 0.0
        """When the last picture read ends, in seconds from the start."""

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
        self.end_s = 0.0
        decoder = PictureDecoder(self.stream)
        for packet in self._packets.read(self.sounds if on_sound else ()):
            if packet.stream is not self.stream:
                if on_sound and packet.size:
                    on_sound(packet)
                continue
            for frame in decoder.decode(packet):
                at_s = self.end_s if frame.time is None else frame.time
                self.end_s = at_s + (float(frame.duration * self.time_base) or 1 / self.fps)
                yield at_s, self._picture(frame)
            if self.is_stream and decoder.errors > _LARGEST_ERRORS:
                break
        self._packets.damage.pictures_s += decoder.missing_s
        if self.is_stream and self.problem:
            raise self.problem

    @property
    def problem(self) -> BackdropError | None:
        """What of the file could not be read, once `frames` has ended; None if it is intact."""
        return self._packets.damage.error(self.path)

    def _picture(self, frame: av.VideoFrame) -> Picture:
        said = frame.colorspace in _MATRICES
        matrix = None if said else self.colours.matrix
        bgr = frame.to_ndarray(format="bgr24", src_colorspace=matrix, interpolation=SCALING)
        squared = square_pixels(np.asarray(bgr, np.uint8), self.stream.sample_aspect_ratio)
        return upright(squared, frame.rotation)

    def rewind(self) -> None:
        """Go back to the first frame. Raises BackdropError if the file does not allow it."""
        try:
            self.container.seek(0)
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


def square_pixels(bgr: Picture, aspect: Fraction | None) -> Picture:
    """Resize a picture with pixels `aspect` times as wide as high, as in DV and HDV, to square ones."""
    if not aspect or aspect == 1 or not 0.1 < aspect < 10:
        return bgr
    size = max(1, round(bgr.shape[1] * aspect)), bgr.shape[0]
    return np.asarray(cv2.resize(bgr, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def upright(bgr: Picture, rotation_degrees: int) -> Picture:
    """Rotate a picture by its file's metadata (counter-clockwise quarter turns), as phones write it."""
    return np.ascontiguousarray(np.rot90(bgr, round(rotation_degrees / 90) % 4))


def _check_file(path: Path) -> None:
    """Raise BackdropError unless the file exists and is not empty."""
    if path.is_dir():
        raise BackdropError("'{path}' is a folder, not a file.", path=path)
    try:
        if not path.is_file():
            if path.exists():
                raise BackdropError("'{path}' is a pipe or a device: please give a file.", path=path)
            raise BackdropError("There is no file '{path}'.", path=path)
        if path.stat().st_size == 0:
            raise BackdropError("'{path}' is empty.", path=path)
    except OSError as error:
        raise BackdropError(
            "'{path}' cannot be read: {reason}.", path=path, reason=disk_reason(error)
        ) from error
