"""Types of options for argparse, with their allowed range; a wrong value ends the command with status 2."""

from __future__ import annotations

import argparse
import math
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_LARGEST_PX = 7680, 4320
_SMALLEST_PX = 64


def number(low: float, high: float) -> Callable[[str], float]:
    """The type of a number from `low` to `high`."""

    def read(text: str) -> float:
        value = _float(text)
        if not low <= value <= high:
            raise _must_be(f"a number from {low:g} to {high:g}", text)
        return value

    return read


def whole(low: int, high: int) -> Callable[[str], int]:
    """The type of a whole number from `low` to `high`."""

    def read(text: str) -> int:
        value = int(text) if re.fullmatch(r"[+-]?[0-9]{1,18}", text) else None
        if value is None or not low <= value <= high:
            raise _must_be(f"a whole number from {low} to {high}", text)
        return value

    return read


def positive(text: str) -> float:
    """The type of a number above 0, such as a time; neither infinite nor nan."""
    value = _float(text)
    if not (value > 0 and math.isfinite(value)):
        raise _must_be("a number above 0", text)
    return value


def one_of(*choices: str) -> Callable[[str], str]:
    """The type of one of these words."""

    def read(text: str) -> str:
        if text not in choices:
            raise _must_be(f"{', '.join(choices[:-1])} or {choices[-1]}", text)
        return text

    return read


def frame_size(text: str) -> tuple[int, int]:
    """The type of WIDTHxHEIGHT: width and height in pixels."""
    found = re.fullmatch(r"([0-9]{1,5})x([0-9]{1,5})", text)
    width, height = (int(found[1]), int(found[2])) if found else (0, 0)
    if not (_SMALLEST_PX <= width <= _LARGEST_PX[0] and _SMALLEST_PX <= height <= _LARGEST_PX[1]):
        most = "x".join(map(str, _LARGEST_PX))
        raise _must_be(f"WIDTHxHEIGHT, from {_SMALLEST_PX}x{_SMALLEST_PX} to {most}", text)
    return width, height


def _float(text: str) -> float:
    """The number; nan for any other text, because nan lies in no range."""
    # float() also takes 1_000, digits of other scripts and white space.
    plain = re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?", text, re.IGNORECASE)
    return float(text) if plain else math.nan


def _must_be(what: str, text: str) -> argparse.ArgumentTypeError:
    return argparse.ArgumentTypeError(f"must be {what}, not '{text}'")
