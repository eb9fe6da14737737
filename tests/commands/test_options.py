"""Options with numbers: a value that makes no sense is one sentence and status 2, before anything starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.__main__ import parser_for

if TYPE_CHECKING:
    from tests.commands.conftest import Run

ABOVE_0 = "a number above 0"
SIZE = "WIDTHxHEIGHT, from 64x64 to 7680x4320"
WRONG = {
    "run --seconds": (ABOVE_0, ["0", "-0.5", "inf", "NaN", "1e999", "", "ten", "1_0", "٣", " 5", "0x10"]),
    "run --fps": ("a number from 1 to 240", ["0", "0.5", "240.1", "-30", "nan", "inf", "30fps"]),
    "run --size": (
        SIZE,
        ["big", "1x1", "1280", "1280x", "63x64", "7681x4320", "1e3x720", "9x9x9"],
    ),
    "run --pixel-format": ("auto, MJPG or YUYV", ["RGB", "mjpg", ""]),
    "run --strength": ("a number from 0 to 1", ["1.01", "-0.1", "nan", "much", "inf"]),
    "process a.png b.png --strength": ("a number from 0 to 1", ["2", "-1", "nan", "50%"]),
    "run --page": ("a whole number from 1 to 10000", ["0", "-1", "1.5", "two", "10001"]),
    "bench --frames": ("a whole number from 1 to 100000", ["0", "-5", "1.5", "1e3", "100001", "nan"]),
    "bench --threads": ("a whole number from 1 to 16", ["0", "17", "-1", "two", "9" * 30]),
    "bench --size": (SIZE, ["640", "0x0", "99999x99999"]),
    "soak --minutes": (ABOVE_0, ["0", "-1", "nan", "Infinity"]),
    "soak --frames": ("a whole number from 1 to 1000000000000", ["0", "-1", "1.0"]),
    "soak --size": (SIZE, ["16x16", "640*480"]),
    "--strength": ("a number from 0 to 1", ["7", "-7", "nan"]),
}
CASES = [(words, value, what) for words, (what, values) in WRONG.items() for value in values]


@pytest.mark.parametrize(("words", "value", "what"), CASES, ids=[f"{w} {v}" for w, v, _ in CASES])
def test_number_out_of_range_is_refused(run: Run, words: str, value: str, what: str) -> None:
    command = " ".join(["backdrop", *words.split()[:1]]) if not words.startswith("-") else "backdrop"
    status, out, err = run(*words.split(), value)
    assert (status, out) == (2, "")
    assert err == f"{words.split()[-1]} must be {what}, not '{value}'. See {command} --help.\n"


@pytest.mark.parametrize(
    ("argv", "name", "value"),
    [
        ("run --seconds .5", "seconds", 0.5),
        ("run --seconds 1e3", "seconds", 1000.0),
        ("run --fps 29.97", "fps", 29.97),
        ("run --size 64x64", "size", (64, 64)),
        ("run --size 7680x4320", "size", (7680, 4320)),
        ("run --strength 0", "strength", 0.0),
        ("run --strength 1", "strength", 1.0),
        ("bench --frames +7", "frames", 7),
        ("bench --size 640x360 1280x720", "size", [(640, 360), (1280, 720)]),
        ("soak --minutes 0.1", "minutes", 0.1),
    ],
)
def test_number_at_its_limit_is_accepted(argv: str, name: str, value: object) -> None:
    assert getattr(parser_for(argv.split()).parse_args(argv.split()), name) == value


def test_strength_of_0_contradicts_an_output_without_background(run: Run) -> None:
    status, _, err = run("process", "a.png", "out.png", "--output", "alpha", "--strength", "0")
    assert status == 1 and err.startswith("--output alpha has no background")
