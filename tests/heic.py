"""HEIC pictures as phones write them, whole or in tiles, made by hand around HEVC frames of PyAV."""

from __future__ import annotations

import struct
from fractions import Fraction
from typing import TYPE_CHECKING

import av

if TYPE_CHECKING:
    from pathlib import Path

    from tests.clips import Pixels


def write_heic(path: Path, picture: Pixels, tiles: tuple[int, int] = (1, 1), turns: int = 0) -> Path:
    """Write a picture (BGR). tiles: rows and columns. turns: quarter turns counter-clockwise when shown."""
    rows, columns = tiles
    height, width = picture.shape[0] // rows, picture.shape[1] // columns
    parts = [
        picture[y * height : (y + 1) * height, x * width : (x + 1) * width]
        for y in range(rows)
        for x in range(columns)
    ]
    coded = [_hevc(part) for part in parts]
    config = coded[0][0]
    joined = len(parts) > 1
    ids = list(range(1, len(parts) + 1))
    whole = len(parts) + 1 if joined else 1
    data = [sample for _, sample in coded]
    if joined:
        data.append(struct.pack(">BBBBHH", 0, 0, rows - 1, columns - 1, picture.shape[1], picture.shape[0]))
    properties = [
        _box(b"hvcC", config),
        _full(b"ispe", struct.pack(">II", width, height)),
        _full(b"ispe", struct.pack(">II", picture.shape[1], picture.shape[0])),
        _box(b"irot", bytes([turns])),
    ]
    uses = {i: [0x81, 2] for i in ids}
    if joined:
        uses[whole] = [3]
    if turns:
        uses[whole] = [*uses[whole], 0x84]
    entries = b"".join(
        _full(b"infe", struct.pack(">HH4sB", i, 0, b"grid" if joined and i == whole else b"hvc1", 0), 2)
        for i in uses
    )
    shown = b"".join(struct.pack(f">HB{len(p)}B", i, len(p), *p) for i, p in uses.items())
    refers = b""
    if joined:
        refers = _full(b"iref", _box(b"dimg", struct.pack(f">HH{len(ids)}H", whole, len(ids), *ids)))
    start = _box(b"ftyp", b"heic\0\0\0\0mif1heic")

    def meta(at: int) -> bytes:
        places = b""
        for i, item in zip(uses, data, strict=True):
            places += struct.pack(">HHHII", i, 0, 1, at, len(item))
            at += len(item)
        return _full(
            b"meta",
            _full(b"hdlr", b"\0\0\0\0pict" + bytes(13))
            + _full(b"pitm", struct.pack(">H", whole))
            + _full(b"iinf", struct.pack(">H", len(uses)) + entries)
            + refers
            + _box(
                b"iprp",
                _box(b"ipco", b"".join(properties)) + _full(b"ipma", struct.pack(">I", len(uses)) + shown),
            )
            + _full(b"iloc", b"\x44\0" + struct.pack(">H", len(uses)) + places),
        )

    before = len(start) + len(meta(0)) + 8
    path.write_bytes(start + meta(before) + _box(b"mdat", b"".join(data)))
    return path


def _hevc(picture: Pixels) -> tuple[bytes, bytes]:
    """The decoder's configuration (hvcC) and the coded frame, with lengths before its parts."""
    encoder = av.CodecContext.create("libx265", "w")
    encoder.height, encoder.width = picture.shape[:2]
    encoder.pix_fmt = "yuv420p"
    encoder.framerate = Fraction(25)
    encoder.options = {"x265-params": "log-level=none:info=0:keyint=1:qp=8:colormatrix=smpte170m"}
    frame = av.VideoFrame.from_ndarray(picture, format="bgr24").reformat(format="yuv420p", dst_colorspace=5)
    stream = b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])
    units = [unit.rstrip(b"\0") for unit in stream.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1") if unit]
    kinds: dict[int, list[bytes]] = {}
    for unit in units:
        kinds.setdefault(unit[0] >> 1 & 63, []).append(unit)
    arrays = b"".join(
        struct.pack(">BHH", 0x80 | kind, 1, len(kinds[kind][0])) + kinds[kind][0] for kind in (32, 33, 34)
    )
    # Main profile, level 3, 4:2:0, 8 bits, four bytes of length.
    head = bytes(
        [1, 1, 0x60, 0, 0, 0, 0x90, 0, 0, 0, 0, 0, 90, 0xF0, 0, 0xFC, 0xFD, 0xF8, 0xF8, 0, 0, 0x0F, 3]
    )
    frames = [unit for kind, found in kinds.items() if kind < 32 for unit in found]
    return head + arrays, b"".join(struct.pack(">I", len(unit)) + unit for unit in frames)


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def _full(kind: bytes, content: bytes, version: int = 0) -> bytes:
    return _box(kind, struct.pack(">I", version << 24) + content)
