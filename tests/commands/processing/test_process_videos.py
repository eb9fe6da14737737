"""`process` with videos."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import av
import cv2
import numpy as np
import pytest

from tests.clips import SOUND_RATE_HZ, Pixels, heard_from_s, seen, write_clip
from tests.commands.processing.test_process_pictures import GREEN_BGR, INSIDE, OUTSIDE, near
from tests.frames import read_bgr

if TYPE_CHECKING:
    from tests.commands.conftest import Run


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".mov", ".webm"])
def test_video_keeps_times_and_sound(run: Run, suffix: str) -> None:
    write_clip(Path("in.mp4"), 25, sounds=["aac"], sound_from_s=0.5)
    status, out, err = run("process", "in.mp4", f"out{suffix}", "--background", "#00b140")
    assert (status, err) == (0, "")
    assert out.startswith(f"'out{suffix}': 25 pictures in ")
    frames = seen(Path(f"out{suffix}"))
    start_s = frames[0][0]  # not 0 if the container cannot store AAC's priming samples
    assert start_s <= 1024 / SOUND_RATE_HZ
    assert [at - start_s for at, _ in frames] == pytest.approx([i / 25 for i in range(25)], abs=2e-3)
    for _, picture in (frames[0], frames[-1]):
        assert near(picture, INSIDE, (0, 0, 255)) and near(picture, OUTSIDE, GREEN_BGR)
    assert heard_from_s(Path(f"out{suffix}")) - start_s == pytest.approx(0.5, abs=0.02)
    assert sorted(p.name for p in Path().iterdir()) == ["in.mp4", f"out{suffix}"]


def test_silent_video_stays_silent(run: Run) -> None:
    write_clip(Path("in.mp4"), 5)
    assert run("process", "in.mp4", "out.mp4")[0] == 0
    with av.open("out.mp4") as container:
        assert [s.type for s in container.streams] == ["video"]


def test_alpha_of_a_video_is_lossless_grey(run: Run) -> None:
    write_clip(Path("in.mp4"), 5, sounds=["aac"])
    assert run("process", "in.mp4", "out.mkv", "--output", "alpha")[0] == 0
    with av.open("out.mkv") as container:
        assert [s.codec_context.name for s in container.streams] == ["ffv1"]
        alphas = [frame.to_ndarray() for frame in container.decode(video=0)]
    assert len(alphas) == 5
    assert alphas[0].shape == (96, 160)
    assert alphas[-1][INSIDE] == 255 and alphas[-1][OUTSIDE] == 0


@pytest.mark.parametrize("options", [["--output", "foreground"], ["--effect", "transparent"]])
@pytest.mark.parametrize("suffix", [".webm", ".mov"])
def test_foreground_of_video_has_alpha(run: Run, suffix: str, options: list[str]) -> None:
    write_clip(Path("in.mp4"), 3, sounds=["aac"])
    assert run("process", "in.mp4", f"out{suffix}", *options)[0] == 0
    with av.open(f"out{suffix}") as container:
        stream = container.streams.video[0]
        assert len(container.streams.audio) == 1
        decoder = av.CodecContext.create("libvpx-vp9", "r") if suffix == ".webm" else stream.codec_context
        frames = [frame for packet in container.demux(stream) for frame in decoder.decode(packet)]
    cut_out = frames[-1].to_ndarray(format="bgra")
    assert near(cut_out, INSIDE, (0, 0, 255, 255)) and cut_out[OUTSIDE][3] <= 2


@pytest.mark.parametrize("out", ["new", "new/", "there"])
def test_video_into_folder_writes_numbered_pictures(run: Run, out: str) -> None:
    write_clip(Path("in.mp4"), 4)
    Path("there").mkdir()
    assert run("process", "in.mp4", out, "--background", "#00b140")[0] == 0
    files = sorted(Path(out).iterdir())
    assert [p.name for p in files] == ["000001.png", "000002.png", "000003.png", "000004.png"]
    assert near(read_bgr(files[3]), OUTSIDE, GREEN_BGR, by=0)
    assert {p.name for p in Path().iterdir()} == {"in.mp4", "there", out.rstrip("/")}


def test_several_videos_stay_videos(run: Run) -> None:
    write_clip(Path("a.mp4"), 3, sounds=["aac"])
    write_clip(Path("b.mkv"), 3)
    cv2.imwrite("c.png", np.zeros((64, 64, 3), np.uint8))
    status, out, _ = run("process", "a.mp4", "b.mkv", "c.png", "out")
    assert status == 0
    assert out.startswith("3 files in 'out': 7 pictures in ")
    assert sorted(p.name for p in Path("out").iterdir()) == ["a.mp4", "b.mp4", "c.png"]


def test_older_result_is_replaced(run: Run) -> None:
    write_clip(Path("in.mp4"), 3)
    Path("out.mp4").write_text("older")
    assert run("process", "in.mp4", "out.mp4")[0] == 0
    assert len(seen(Path("out.mp4"))) == 3


def test_background_video_keeps_time_with_input(run: Run) -> None:
    def shade(index: int) -> Pixels:
        return np.full((96, 160, 3), (40 + 10 * index, 90, 60), np.uint8)

    write_clip(Path("in.mp4"), 12, rate=10)
    write_clip(Path("behind.mkv"), 10, shade, rate=20)
    for option in ([], ["--effect", "video"]):
        status, _, err = run("process", "in.mp4", "out.mp4", "--background", "behind.mkv", *option)
        assert (status, err) == (0, "")
        pictures = [picture for _, picture in seen(Path("out.mp4"))]
        blues = [int(picture[OUTSIDE][0]) for picture in pictures]
        assert len(blues) == 12 and all(near(picture, INSIDE, (0, 0, 255)) for picture in pictures)
        wanted = [40 + 10 * (2 * index % 10) for index in range(12)]
        assert np.abs(np.subtract(blues, wanted)).max() <= 12
