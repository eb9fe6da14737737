"""The times of videos through `process`: right length, right order, sound in step to 20 ms."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.clips import seen
from tests.flashes import assert_in_step, flash_clip, length_s

if TYPE_CHECKING:
    from tests.commands.conftest import Run


def processed(run: Run, source: str, target: str = "out.mp4", warning: str = "") -> Path:
    """Run `process` without an effect."""
    status, _, err = run("process", source, target, "--effect", "none")
    assert (status, err) == (0, warning)
    return Path(target)


def joined(name: str, *parts: Path) -> str:
    """Files joined byte by byte, as `cat` does."""
    Path(name).write_bytes(b"".join(part.read_bytes() for part in parts))
    return name


# Joined transport streams


@pytest.mark.parametrize("target", ["out.mp4", "out.mkv", "out.webm"])
@pytest.mark.parametrize("offsets_s", [(0, 0, 0), (100, 0, 500), (0, 5000, 9), (20, 20.5, 21.5)])
def test_clock_that_restarts_keeps_length_and_sync(run: Run, target: str, offsets_s: tuple[float]) -> None:
    parts = [
        flash_clip(Path(f"{i}.ts"), 2, [0.52, 1.52], offset_s=at, grey=40 + 40 * i)
        for i, at in enumerate(offsets_s)
    ]
    out = processed(run, joined("in.ts", *parts), target)
    assert_in_step(out, [0.52, 1.52, 2.52, 3.52, 4.52, 5.52], within_s=0.25)
    assert length_s(out) == pytest.approx(6, abs=0.25)
    shades = [int(picture.mean()) for _, picture in seen(out) if picture.mean() < 180]
    assert shades == sorted(shades) or max(abs(a - b) for a, b in zip(shades, sorted(shades), strict=True)) <= 3


def test_wrap_of_33_bit_clock_is_continuous(run: Run) -> None:
    wrap_s = 2**33 / 90_000
    source = flash_clip(Path("in.ts"), 3, offset_s=wrap_s - 1.4)
    assert_in_step(processed(run, str(source)), [0.52, 1.52, 2.52])


def test_gap_in_reception_stays(run: Run) -> None:
    parts = [flash_clip(Path("a.ts"), 2, [0.52]), flash_clip(Path("b.ts"), 2, [0.52], offset_s=5)]
    out = processed(run, joined("in.ts", *parts))
    assert_in_step(out, [0.52, 5.52])
    assert length_s(out) == pytest.approx(7, abs=0.1)
