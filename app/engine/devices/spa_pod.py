"""SPA PODs, the binary values that PipeWire takes as parameters (spa/pod/pod.h).

A POD is a size in bytes, a type and a body, padded to 8 bytes. SPA's own builder exists only as C headers.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_ID, _INT, _RECTANGLE, _FRACTION, _OBJECT, _CHOICE = 3, 4, 10, 11, 15, 19
_CHOICE_RANGE, _CHOICE_ENUM, _CHOICE_FLAGS = 1, 3, 4

_OBJECT_FORMAT, _OBJECT_BUFFERS, _OBJECT_META = 0x40003, 0x40004, 0x40005
PARAM_ENUM_FORMAT, PARAM_FORMAT, PARAM_BUFFERS, PARAM_META = 3, 4, 5, 6
_MEDIA_TYPE, _MEDIA_SUBTYPE, _VIDEO_FORMAT, _VIDEO_SIZE, _VIDEO_RATE = 1, 2, 0x20001, 0x20003, 0x20004
_VIDEO, _RAW = 2, 1
_BUFFER_COUNT, _BUFFER_BLOCKS, _BUFFER_SIZE, _BUFFER_STRIDE, _BUFFER_DATA_TYPE = 1, 2, 3, 4, 6
_DATA_POINTER, _DATA_FILE = 1 << 1, 1 << 2
_META_TYPE, _META_SIZE = 1, 2
META_HEADER, META_HEADER_BYTES = 1, 32


class PixelFormat(IntEnum):
    """The pixel formats of ours, by SPA's numbers (spa/param/video/raw.h)."""

    I420 = 2
    YUY2 = 4
    BGRX = 8
    RGBA = 11
    BGRA = 12
    NV12 = 23


_PLANAR = {PixelFormat.I420, PixelFormat.NV12}


@dataclass(frozen=True, slots=True)
class VideoFormat:
    """A raw video format of an even size, with its frame rate (0 if it varies)."""

    pixel_format: PixelFormat
    width_px: int
    height_px: int
    fps: float = 0.0

    @property
    def row_bytes(self) -> int:
        """The length of a row of the first plane."""
        if self.pixel_format in _PLANAR:
            return self.width_px
        return self.width_px * (2 if self.pixel_format == PixelFormat.YUY2 else 4)

    @property
    def picture_bytes(self) -> int:
        """The length of all planes together."""
        rows = self.height_px * 3 // 2 if self.pixel_format in _PLANAR else self.height_px
        return self.row_bytes * rows


def offered_format(offer: VideoFormat, rates_fps: Sequence[int]) -> bytes:
    """An EnumFormat object: this pixel format and size, at one of the rates; the offer's own is the default.

    The rates are listed, because Firefox and Chromium take 1 frame per second from a range.
    """
    rates = b"".join(struct.pack("<2I", fps, 1) for fps in (round(offer.fps), *rates_fps))
    return _object(
        _OBJECT_FORMAT,
        PARAM_ENUM_FORMAT,
        (_MEDIA_TYPE, _id(_VIDEO)),
        (_MEDIA_SUBTYPE, _id(_RAW)),
        (_VIDEO_FORMAT, _id(offer.pixel_format)),
        (_VIDEO_SIZE, _pod(_RECTANGLE, struct.pack("<2I", offer.width_px, offer.height_px))),
        (_VIDEO_RATE, _choice(_CHOICE_ENUM, _FRACTION, 8, rates)),
    )


def wanted_buffers(size_bytes: int, stride_bytes: int) -> bytes:
    """A Buffers object. The count is a range, because GStreamer refuses fewer than 8."""
    return _object(
        _OBJECT_BUFFERS,
        PARAM_BUFFERS,
        (_BUFFER_COUNT, _choice(_CHOICE_RANGE, _INT, 4, struct.pack("<3i", 8, 2, 32))),
        (_BUFFER_BLOCKS, _int(1)),
        (_BUFFER_SIZE, _int(size_bytes)),
        (_BUFFER_STRIDE, _int(stride_bytes)),
        (_BUFFER_DATA_TYPE, _choice(_CHOICE_FLAGS, _INT, 4, struct.pack("<i", _DATA_POINTER | _DATA_FILE))),
    )


def wanted_header() -> bytes:
    """A Meta object that asks for a header, which holds the time stamp, in each buffer."""
    return _object(
        _OBJECT_META, PARAM_META, (_META_TYPE, _id(META_HEADER)), (_META_SIZE, _int(META_HEADER_BYTES))
    )


def parsed_format(pod: bytes) -> VideoFormat | None:
    """The format in a Format object; None if it is none of ours or cut off."""
    try:
        values = {key: _first_value(value) for key, value in _properties(pod)}
        pixel_format = PixelFormat(struct.unpack_from("<I", values[_VIDEO_FORMAT])[0])
        width_px, height_px = struct.unpack_from("<2I", values[_VIDEO_SIZE])
        numerator, denominator = struct.unpack_from("<2I", values.get(_VIDEO_RATE, bytes(8)))
    except (KeyError, ValueError, struct.error):
        return None
    return VideoFormat(pixel_format, width_px, height_px, numerator / denominator if denominator else 0.0)


def _properties(pod: bytes) -> list[tuple[int, bytes]]:
    size, kind = struct.unpack_from("<2I", pod)
    if kind != _OBJECT:
        return []
    found, at, end = [], 16, 8 + size
    while at + 16 <= end:
        key, _, length = struct.unpack_from("<3I", pod, at)
        found.append((key, pod[at + 8 : at + 16 + length]))
        at += 16 + length + -length % 8
    return found


def _first_value(pod: bytes) -> bytes:
    """The body of a POD; for a choice the body of its first value."""
    _, kind = struct.unpack_from("<2I", pod)
    return pod[24:] if kind == _CHOICE else pod[8:]


def _pod(kind: int, body: bytes) -> bytes:
    return struct.pack("<2I", len(body), kind) + body + bytes(-len(body) % 8)


def _id(value: int) -> bytes:
    return _pod(_ID, struct.pack("<I", value))


def _int(value: int) -> bytes:
    return _pod(_INT, struct.pack("<i", value))


def _choice(kind: int, value_type: int, value_bytes: int, values: bytes) -> bytes:
    return _pod(_CHOICE, struct.pack("<4I", kind, 0, value_bytes, value_type) + values)


def _object(kind: int, param: int, *properties: tuple[int, bytes]) -> bytes:
    body = b"".join(struct.pack("<2I", key, 0) + value for key, value in properties)
    return _pod(_OBJECT, struct.pack("<2I", kind, param) + body)
