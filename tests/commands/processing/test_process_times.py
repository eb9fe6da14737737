"""The times of videos through `process`: right length, right order, sound in step to 20 ms."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
import pytest
from av.codec.context import Flags

from tests.clips import person, seen
from tests.flashes import assert_in_step, flash_clip, length_s, trimmed

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


@pytest.mark.slow_after_first
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
    assert (
        shades == sorted(shades) or max(abs(a - b) for a, b in zip(shades, sorted(shades), strict=True)) <= 3
    )


def test_wrap_of_33_bit_clock_is_continuous(run: Run) -> None:
    wrap_s = 2**33 / 90_000
    source = flash_clip(Path("in.ts"), 3, offset_s=wrap_s - 1.4)
    assert_in_step(processed(run, str(source)), [0.52, 1.52, 2.52])


def test_gap_in_reception_stays_and_is_reported(run: Run) -> None:
    parts = [flash_clip(Path("a.ts"), 2, [0.52]), flash_clip(Path("b.ts"), 2, [0.52], offset_s=5)]
    status, _, err = run("process", joined("in.ts", *parts), "out.mp4", "--effect", "none")
    assert status == 0 and err.startswith("'in.ts' is damaged: of 6.9 seconds, 2.9")
    assert_in_step(Path("out.mp4"), [0.52, 5.52])
    assert length_s(Path("out.mp4")) == pytest.approx(7, abs=0.1)


# Trimmed files


@pytest.mark.slow_after_first
@pytest.mark.parametrize("target", ["out.mp4", "out.mov", "out.mkv", "out.webm"])
@pytest.mark.parametrize("from_s", [1.0, 1.2, 1.33])
def test_trimmed_file_does_not_show_what_is_cut_off(run: Run, target: str, from_s: float) -> None:
    whole = flash_clip(Path("whole.mp4"), 4, [0.52, 1.52, 2.52, 3.52], options={"g": "50"})
    source = trimmed(whole, Path("in.mp4"), from_s)
    out = processed(run, str(source), target)
    assert_in_step(out, [1.52 - from_s, 2.52 - from_s, 3.52 - from_s])
    assert length_s(out) == pytest.approx(4 - from_s, abs=0.06)


def test_shortened_first_picture_is_shown_for_its_rest(run: Run) -> None:
    times_s = [0, 2, *(4 + i / 25 for i in range(50))]
    whole = flash_clip(Path("whole.mp4"), 6, [4.52, 5.52], times_s=times_s)
    source = trimmed(whole, Path("in.mp4"), 3.3)  # The second picture is shown for another 0.7 s.
    out = processed(run, str(source))
    assert_in_step(out, [1.22, 2.22], within_s=0.02)
    assert [round(at, 2) for at, _ in seen(out)[:3]] == [0, 0.7, 0.74]


# Varying rates, and pictures that are shown for long


@pytest.mark.slow_after_first
@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".webm"])
@pytest.mark.parametrize(
    "times_s",
    [
        [0, 0.04, 0.5, 0.52, 0.56, 1.1, 1.52, 1.6, 2.52, 2.56, 2.9],
        [*(i / 5 for i in range(5)), *(1 + i / 50 for i in range(100))],
        [i / 25 + 0.011 * (i % 3) for i in range(75)],
    ],
    ids=["irregular", "faster", "jittering"],
)
def test_varying_rate_keeps_each_time(run: Run, suffix: str, times_s: list[float]) -> None:
    codec, sound = ("libvpx", "libopus") if suffix == ".webm" else ("libx264", "aac")
    source = flash_clip(Path(f"in{suffix}"), times_s=times_s, codec=codec, sound=sound)
    out = processed(run, str(source))
    shown = [at for at, _ in seen(out)]
    assert [at - shown[0] for at in shown] == pytest.approx([t - times_s[0] for t in times_s], abs=0.003)


@pytest.mark.parametrize("target", ["out.mp4", "out.mkv", "out.webm"])
@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".mov"])
def test_long_last_picture_keeps_its_time(run: Run, suffix: str, target: str) -> None:
    source = Path(f"in{suffix}")
    with av.open(str(source), "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.codec_context.time_base = 160, 96, Fraction(1, 1000)
        stream.codec_context.flags |= Flags.frame_duration
        for at_ms, shown_ms in ((0, 40), (40, 40), (80, 3000)):
            frame = av.VideoFrame.from_ndarray(person(0), format="bgr24").reformat(format="yuv420p")
            frame.pts, frame.duration, frame.time_base = at_ms, shown_ms, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert length_s(processed(run, str(source), target)) == pytest.approx(3.08, abs=0.01)


# Sound and pictures of different length


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts"])
def test_pictures_that_begin_after_sound_stay_in_step(run: Run, suffix: str) -> None:
    source = flash_clip(Path(f"in{suffix}"), 4, [2.52, 3.52], pictures_from_s=2)
    out = processed(run, str(source))
    assert_in_step(out, [2.52, 3.52])
    assert seen(out)[0][0] == pytest.approx(2, abs=0.05)


@pytest.mark.slow_after_first
@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts"])
def test_sound_that_begins_after_pictures_stays_in_step(run: Run, suffix: str) -> None:
    source = flash_clip(Path(f"in{suffix}"), 4, [2.52, 3.52], sound_from_s=1.9)
    assert_in_step(processed(run, str(source)), [2.52, 3.52])


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts"])
def test_sound_after_the_last_picture_is_kept(run: Run, suffix: str) -> None:
    source = flash_clip(Path(f"in{suffix}"), 2, [0.52, 1.52], sound_seconds=4)
    out = processed(run, str(source))
    assert_in_step(out, [0.52, 1.52])
    assert length_s(out, "audio") == pytest.approx(4, abs=0.1)
