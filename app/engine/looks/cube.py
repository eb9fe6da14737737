"""Tables of colours from .cube files: reading and looking up.

Source: Adobe, "Cube LUT Specification", version 1.0 (2013).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from app.engine.core.errors import BackdropError, Message, disk_reason

if TYPE_CHECKING:
    from pathlib import Path

Colours = npt.NDArray[np.float64]

_SIZES = 17, 65
_MOST_BYTES = 32 << 20  # A table of 65 with 25 digits a value has 20 MB.
_LARGEST_VALUE = 16.0  # Tables for film have values above 1, but none so high.
_IGNORED = ("TITLE", "LUT_3D_INPUT_RANGE", "LUT_IN_VIDEO_RANGE", "LUT_OUT_VIDEO_RANGE")


@dataclass(frozen=True, slots=True)
class CubeTable:
    """A table of colours.

    grid: size x size x size x 3, by blue, green and red of the old colour; BGR of the new, 0..1.
    strength: 0..1, the share of the new colour. low, high: BGR of the first and the last old colour.
    """

    grid: npt.NDArray[np.float32]
    strength: float = 1.0
    low: tuple[float, float, float] = (0.0, 0.0, 0.0)
    high: tuple[float, float, float] = (1.0, 1.0, 1.0)

    def colours(self, bgr: Colours) -> Colours:
        """The new colours, N x 3, for N x 3 old ones, 0..1; between the entries of the table trilinear."""
        most = len(self.grid) - 1
        low, high = np.array(self.low), np.array(self.high)
        place = np.clip((bgr - low) / (high - low), 0.0, 1.0) * most
        before = np.minimum(place.astype(np.int64), most - 1)
        part = place - before
        found = np.zeros_like(place)
        for corner in np.ndindex(2, 2, 2):
            weight = np.prod(np.where(corner, part, 1.0 - part), axis=1)
            blue, green, red = (before + corner).T
            found += weight[:, None] * self.grid[blue, green, red]
        return np.asarray((1.0 - self.strength) * bgr + self.strength * found)

    def greys(self, levels: Colours) -> Colours:
        """The mean of the channels of the new colour for each grey, 0..1, of any shape."""
        grey = np.repeat(levels.reshape(-1, 1), 3, axis=1)
        return np.asarray(self.colours(grey).mean(axis=1).reshape(levels.shape))


def read_cube(path: Path, strength: float = 1.0) -> CubeTable:
    """Read a three-dimensional table of 17 to 65 entries a side. Raises BackdropError for any other file."""
    try:
        if not path.is_file():
            reason = Message("it is a folder") if path.is_dir() else Message("there is no such file")
            raise _unreadable(path, reason)
        if path.stat().st_size > _MOST_BYTES:
            raise _wrong(path, Message("it is too large"))
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise _unreadable(path, disk_reason(error)) from error
    except ValueError as error:  # A zero byte in the name.
        raise _unreadable(path, Message("there is no such file")) from error
    return _parsed(path, text, strength)


def _parsed(path: Path, text: str, strength: float) -> CubeTable:
    size: int | None = None
    low, high = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
    rows: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        keyword, arguments = words[0], words[1:]
        if keyword[0].isdigit() or keyword[0] in "+-.":
            if len(words) != 3:
                raise _wrong_line(path, number)
            rows += words
        elif keyword == "LUT_3D_SIZE":
            size = _size(path, arguments)
        elif keyword == "LUT_1D_SIZE":
            raise _wrong(path, Message("its table has one dimension instead of three"))
        elif keyword in ("DOMAIN_MIN", "DOMAIN_MAX"):
            domain = _colour(path, number, arguments)
            low, high = (domain, high) if keyword == "DOMAIN_MIN" else (low, domain)
        elif keyword not in _IGNORED:
            raise _wrong_line(path, number)
    if size is None:
        raise _wrong(path, Message("LUT_3D_SIZE is missing"))
    if not all(a < b for a, b in zip(low, high, strict=True)):
        raise _wrong(path, Message("DOMAIN_MIN is not below DOMAIN_MAX"))
    if len(rows) != 3 * size**3:
        raise _wrong(
            path,
            Message("it has {count} colours instead of {wanted}", count=len(rows) // 3, wanted=size**3),
        )
    try:
        values = np.array(rows, np.float32)
    except ValueError:
        raise _wrong(path, Message("one of its values is not a number")) from None
    if not bool((np.abs(values) <= _LARGEST_VALUE).all()):  # False for nan too.
        raise _wrong(path, Message("one of its values is out of range"))
    grid = np.clip(values.reshape(size, size, size, 3)[..., ::-1], 0.0, 1.0)
    return CubeTable(np.ascontiguousarray(grid), strength, low, high)


def _size(path: Path, arguments: list[str]) -> int:
    smallest, largest = _SIZES
    size = int(arguments[0]) if len(arguments) == 1 and arguments[0].isdecimal() else 0
    if not smallest <= size <= largest:
        raise _wrong(path, Message("LUT_3D_SIZE must be from {low} to {high}", low=smallest, high=largest))
    return size


def _colour(path: Path, number: int, arguments: list[str]) -> tuple[float, float, float]:
    """Red, green and blue of a line as blue, green and red."""
    try:
        red, green, blue = (float(argument) for argument in arguments)
    except ValueError:
        raise _wrong_line(path, number) from None
    if not all(math.isfinite(value) for value in (red, green, blue)):
        raise _wrong_line(path, number)
    return blue, green, red


def _unreadable(path: Path, reason: Message) -> BackdropError:
    return BackdropError("The colour table '{path}' cannot be read: {reason}.", path=path, reason=reason)


def _wrong(path: Path, reason: Message) -> BackdropError:
    return BackdropError("The colour table '{path}' cannot be used: {reason}.", path=path, reason=reason)


def _wrong_line(path: Path, number: int) -> BackdropError:
    return _wrong(path, Message("line {number} is not understood", number=number))
