"""Where the parts of a file begin and end, by its own headers: enough to see whether all of it is there."""

from __future__ import annotations

import struct
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_EBML, _SEGMENT = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67"
# Matroska's elements that may follow the last block: Cluster, Cues, Tags, SeekHead, Chapters, Attachments.
_AFTER_BLOCKS = (
    b"\x1f\x43\xb6\x75",
    b"\x1c\x53\xbb\x6b",
    b"\x12\x54\xc3\x67",
    b"\x11\x4d\x9b\x74",
    b"\x10\x43\xa7\x70",
    b"\x19\x41\xa4\x69",
)
_SEARCHED_BYTES = 64
_ASF = b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"
_ASF_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
_ASF_HEAD_BYTES = 1 << 16
_FLV_TAG_BYTES = 11  # Without its data.


class Box(NamedTuple):
    """A box at the top level of an MP4 or MOV file, in bytes of the file."""

    kind: bytes
    start: int
    end: int


def mp4_boxes(file: BinaryIO) -> Iterator[Box]:
    """The boxes at the top level; the last one may end after the end of the file."""
    length = file.seek(0, 2)
    at = 0
    while at + 8 <= length:
        file.seek(at)
        size, kind = struct.unpack(">I4s", file.read(8))
        if size == 1:
            size = int.from_bytes(file.read(8), "big")
        elif size == 0:
            size = length - at
        if size < 8:
            return
        yield Box(kind, at, at + size)
        at += size


def is_mp4_without_index(path: Path) -> bool:
    """Whether a file is an MP4 whose index, which is written last, is missing."""
    kinds: list[bytes] = []
    with suppress(OSError), path.open("rb") as file:
        kinds = [box.kind for box in mp4_boxes(file)]
    return bool(kinds) and kinds[0] in (b"ftyp", b"wide", b"mdat") and b"moov" not in kinds


def stated_size(path: Path) -> int | None:
    """The size in bytes that a file should have by its headers; None if they do not say. Raises OSError."""
    with path.open("rb") as file:
        head = file.read(12)
        if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free"):
            return max((box.end for box in mp4_boxes(file)), default=None)
        if head[:4] == b"RIFF":
            return 8 + int.from_bytes(head[4:8], "little")
        if head[:4] == _EBML:
            file.seek(4)
            size, _ = _ebml_size(file)
            file.seek(size or 0, 1)
            if file.read(4) != _SEGMENT:
                return None
            size, is_known = _ebml_size(file)
            return file.tell() + size if is_known else None
        if head[:8] == _ASF:
            _, found, properties = file.read(_ASF_HEAD_BYTES).partition(_ASF_PROPERTIES)
            return int.from_bytes(properties[24:32], "little") if found else None
    return None


def ends_inside_flv_tag(path: Path) -> bool:
    """Whether the last tag of an FLV file is cut: each is followed by its size. Raises OSError."""
    with path.open("rb") as file:
        end = file.seek(-4, 2)
        size = int.from_bytes(file.read(4), "big")
        if not _FLV_TAG_BYTES <= size <= end:
            return True
        file.seek(end - size + 1)
        return int.from_bytes(file.read(3), "big") != size - _FLV_TAG_BYTES


def is_end_of_blocks(path: Path, at: int) -> bool:
    """Whether a Matroska file has no more blocks from this byte on, by its next element. Raises OSError."""
    with path.open("rb") as file:
        file.seek(at)
        following = file.read(_SEARCHED_BYTES)
    return not following or any(kind in following for kind in _AFTER_BLOCKS)


def _ebml_size(file: BinaryIO) -> tuple[int, bool]:
    """The size of an EBML element, and whether it is known: all ones mean that it is not."""
    first = file.read(1)[0]
    length = 9 - first.bit_length()
    value = int.from_bytes(bytes([first & (0xFF >> length)]) + file.read(length - 1), "big")
    return value, value != (1 << 7 * length) - 1
