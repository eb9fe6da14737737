"""Damage the bytes of a file at random."""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

_TYPE_NAME = re.compile(rb"[A-Za-z][A-Za-z0-9 ]{3}")  # As of the parts of MP4, PNG, RIFF and the like.
_NUMBER = re.compile(rb"-?\d+(\.\d+)?")
_NUMBERS = (
    0,
    1,
    2,
    0x7F,
    0x80,
    0xFF,
    0x100,
    0x7FFF,
    0x8000,
    0xFFFF,
    0x10000,
    0x7FFFFFFF,
    0x80000000,
    0xFFFFFFFF,
)
_FORMATS = (">B", ">H", "<H", ">I", "<I", ">Q", "<Q")
_TEXTS = (
    *(
        b"-1",
        b"0",
        b"1e999",
        b"-0.0",
        b"9" * 5000,
        b"99999999999999999999",
        b"0.1e-400",
        b"NaN",
        b"null",
        b"true",
    ),
    *(
        b"[" * 20_000,
        b'{"a":' * 20_000,
        b'"',
        b"\\ud800",
        b"\\u0000",
        b"\0",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\n",
    ),
    *(b'"' + b"x" * 70_000 + b'"', b"[]", b"{}", b"../../..", b"%s{0}{name}", b"\xc3\x28"),
)
_LARGEST_STRETCH = 4096
_LARGEST_BYTES = 4 << 20


def mutated(data: bytes, others: Sequence[bytes], chance: random.Random, is_text: bool = False) -> bytes:
    """The data, damaged in one to six ways. others: files of the same kind, whose parts may be inserted."""
    kinds: list[Callable[[bytearray, random.Random], None]] = [
        *_OF_BYTES,
        *(_OF_TEXTS * 2 if is_text else []),
    ]
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        if chance.random() < 0.05:
            _insert_part(changed, chance.choice(others), chance)
        else:
            chance.choice(kinds)(changed, chance)
    return bytes(changed[:_LARGEST_BYTES])


def _flip_bits(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 1, 2, 8, 64)) if data else 0):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _flip_bits_of_head(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 2, 4)) if data else 0):
        data[chance.randrange(min(len(data), 512))] ^= 1 << chance.randrange(8)


def _set_bytes(data: bytearray, chance: random.Random) -> None:
    start, end = _stretch(data, chance)
    data[start:end] = chance.randbytes(end - start)


def _fill(data: bytearray, chance: random.Random) -> None:
    start, end = _stretch(data, chance)
    data[start:end] = bytes([chance.choice((0, 0, 0xFF))]) * (end - start)


def _cut_end(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data) + 1) :]


def _remove(data: bytearray, chance: random.Random) -> None:
    start, end = _stretch(data, chance)
    del data[start:end]


def _repeat(data: bytearray, chance: random.Random) -> None:
    start, end = _stretch(data, chance)
    data[end:end] = data[start:end] * chance.choice((1, 1, 2, 20))


def _set_number(data: bytearray, chance: random.Random) -> None:
    _write_number(data, chance.randrange(len(data) + 1), chance)


def _set_length(data: bytearray, chance: random.Random) -> None:
    """Change a number before or after four letters: there MP4, PNG and RIFF have a length."""
    places = [found.start() for found in _TYPE_NAME.finditer(data)]
    if places:
        place = chance.choice(places)
        _write_number(data, max(0, place + chance.choice((-4, -4, 4, 8))), chance)


def _write_number(data: bytearray, at: int, chance: random.Random) -> None:
    form = chance.choice(_FORMATS)
    size = struct.calcsize(form)
    largest = (1 << 8 * size) - 1
    value = chance.choice(
        (*_NUMBERS, largest, largest >> 1, len(data), len(data) - at, chance.randrange(1 << 32))
    )
    data[at : at + size] = struct.pack(form, max(0, value) & largest)


def _set_text(data: bytearray, chance: random.Random) -> None:
    start, end = _stretch(data, chance, 16)
    data[start : chance.choice((start, end))] = chance.choice(_TEXTS)


def _set_number_in_text(data: bytearray, chance: random.Random) -> None:
    places = [found.span() for found in _NUMBER.finditer(data)]
    if places:
        start, end = chance.choice(places)
        data[start:end] = chance.choice((*_TEXTS, str(chance.randrange(-(1 << 40), 1 << 40)).encode()))


def _insert_part(data: bytearray, other: bytes, chance: random.Random) -> None:
    start, end = _stretch(other, chance)
    at = chance.randrange(len(data) + 1)
    data[at:at] = other[start:end]


def _stretch(
    data: bytes | bytearray, chance: random.Random, largest: int = _LARGEST_STRETCH
) -> tuple[int, int]:
    start = chance.randrange(len(data) + 1)
    return start, min(len(data), start + chance.choice((1, 2, 4, 8, 32, chance.randrange(1, largest + 1))))


_OF_BYTES = [
    *(_flip_bits, _flip_bits_of_head, _set_bytes, _fill, _cut_end, _remove, _repeat),
    *(_set_number, _set_number, _set_length, _set_length),
]
_OF_TEXTS = [_set_text, _set_number_in_text]
