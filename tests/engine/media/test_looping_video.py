"""A video as background: its rate, decoding on another thread, broken files."""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import app.engine.media.looping_video as player
from app.engine.core.errors import BackdropError
from app.engine.core.settings import EffectSettings, Settings
from app.engine.core.types import Frame, Picture
from app.engine.engine import Engine
from app.engine.media.looping_video import LoopingVideo
from app.engine.media.video.reader import VideoReader
from app.engine.networks.segmenter import Segmenter
from app.engine.pipeline.effects import build_effect
from tests.clips import Pixels, write_clip
from tests.engine.rig import RoomCamera, next_where, running

if TYPE_CHECKING:
    from collections.abc import Callable

RATE = 25
STEP = 8


def shade(index: int) -> Pixels:
    """The grey level that encodes a picture's number."""
    return np.full((48, 64, 3), 20 + STEP * index, np.uint8)


def number(picture: Picture) -> int:
    return round((float(picture.mean()) - 20) / STEP)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "clip.mp4", 20, shade, rate=RATE)


def test_background_video_follows_frame_times_and_loops(clip: Path) -> None:
    looped = LoopingVideo(clip)
    looped.picture(0, 48, 64, waits=True)
    numbers = [number(looped.picture(index / RATE + 0.001, 48, 64, waits=True)) for index in range(50)]
    assert numbers == [index % 20 for index in range(50)]
    slow = LoopingVideo(clip)
    slow.picture(7, 48, 64, waits=True)
    numbers = [number(slow.picture(7.001 + index / 10, 48, 64, waits=True)) for index in range(8)]
    assert numbers == [0, 2, 5, 7, 10, 12, 15, 17], "ten per second show every second or third picture"


def test_looping_video_survives_clock_restart(clip: Path) -> None:
    looped = LoopingVideo(clip)
    looped.picture(0, 48, 64, waits=True)
    assert number(looped.picture(5 / RATE + 0.001, 48, 64, waits=True)) == 5
    assert number(looped.picture(0, 48, 64, waits=True)) == 5
    assert number(looped.picture(2 / RATE + 0.001, 48, 64, waits=True)) == 7


def until(condition: Callable[[], object], timeout_s: float = 20.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_looping_video_decodes_ahead_and_never_blocks(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looped = LoopingVideo(clip)
    hold = threading.Event()
    decode = VideoReader.picture

    def held(reader: VideoReader, frame: object) -> Picture:
        hold.wait(20)
        return decode(reader, frame)  # type: ignore[arg-type]

    monkeypatch.setattr(VideoReader, "picture", held)
    for at_s in (0.0, 0.01, 0.02):
        assert number(looped.picture(at_s, 48, 64)) == 0, "the first picture is shown without waiting"
    hold.set()
    until(lambda: len(looped._ahead) == player._PICTURES_AHEAD)
    assert number(looped.picture(0.041, 48, 64)) == 1
    assert number(looped.picture(0.121, 48, 64)) == 3


def test_looping_video_on_slow_machine_does_not_catch_up(clip: Path) -> None:
    looped = LoopingVideo(clip)
    looped.picture(0.0, 48, 64)
    until(lambda: len(looped._ahead) == player._PICTURES_AHEAD)
    assert number(looped.picture(100.0, 48, 64)) == 3, "the last decoded picture"
    until(lambda: len(looped._ahead) == player._PICTURES_AHEAD)
    assert number(looped.picture(100.0 + 1.001 / RATE, 48, 64)) == 4


@pytest.mark.slow
def test_looping_video_pauses_without_requests(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player, "_IDLE_S", 0.05)
    until(lambda: not _threads())  # threads of earlier tests
    looped = LoopingVideo(clip)
    assert not _threads(), "nothing is decoded before the first request"
    for _ in range(2):
        looped.picture(time.monotonic(), 48, 64)
        until(lambda: not _threads())
    assert len(looped._ahead) == player._PICTURES_AHEAD


def _threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "backdrop-player"]


@pytest.mark.skipif(sys.platform != "linux", reason="it reads /proc")
def test_unused_looping_video_closes_its_file(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player, "_IDLE_S", 0.05)
    gc.disable()
    try:
        looped: LoopingVideo | None = LoopingVideo(clip)
        assert looped is not None
        looped.picture(0.0, 48, 64)
        assert _is_open(clip)
        looped = None
        until(lambda: not _is_open(clip))
    finally:
        gc.enable()


def _is_open(path: Path) -> bool:
    links = []
    for link in Path("/proc/self/fd").iterdir():
        try:
            links.append(os.readlink(link))  # noqa: PTH115  # a descriptor may go meanwhile
        except OSError:
            continue
    return str(path) in links


def test_looping_video_pictures_fill_frame_and_are_read_only(clip: Path) -> None:
    for waits in (False, True):
        looped = LoopingVideo(clip)
        for at_s, size in enumerate([(96, 160), (90, 40), (90, 40), (48, 64)]):
            picture = looped.picture(float(at_s), *size, waits=waits)
            assert picture.shape == (*size, 3) and picture.dtype == np.uint8
            assert not picture.flags.writeable


def test_a_large_video_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player, "_LARGEST_PX", 1000)
    with pytest.raises(BackdropError, match="is too large for a background, 64 x 48 pixels: Backdrop takes"):
        LoopingVideo(write_clip(tmp_path / "clip.mp4", 1, shade))


@pytest.mark.parametrize(
    ("content", "told"), [(b"", "is empty"), (b"no video", "is not a video that Backdrop can read")]
)
def test_invalid_background_video_is_reported(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    with pytest.raises(BackdropError, match=told):
        LoopingVideo(path)


def broken(path: Path) -> Path:
    """A clip without its second half, like an incomplete download."""
    whole = write_clip(path, 50, lambda index: np.roll(noise, index, axis=1), rate=RATE).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    return path


noise = np.repeat(np.random.default_rng(0).integers(0, 256, (48, 64, 1), np.uint8), 3, axis=2)


def test_broken_background_video_plays_its_intact_part(tmp_path: Path) -> None:
    looped = LoopingVideo(broken(tmp_path / "clip.mkv"))
    assert looped.problem is None
    pictures = [looped.picture(index / RATE + 0.001, 48, 64, waits=True) for index in range(60)]
    first = pictures[0]
    again = [index for index, picture in enumerate(pictures) if index and np.array_equal(picture, first)]
    assert again and 5 < again[0] < 45, "it restarts before its nominal end"
    assert "clip.mkv' is" in str(looped.problem)


@pytest.mark.slow
def test_video_without_rewind_keeps_last_picture(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stuck(reader: VideoReader) -> None:
        raise BackdropError("It cannot be played again.")

    monkeypatch.setattr(VideoReader, "rewind", stuck)
    for waits in (False, True):
        looped = LoopingVideo(clip)
        began = time.monotonic()
        until(lambda: looped.picture(time.monotonic() - began, 48, 64, waits) is not None and looped.problem)  # noqa: B023
        assert number(looped.picture(1000.0, 48, 64, waits)) == 19
        assert number(looped.picture(2000.0, 48, 64, waits)) == 19, "the last picture"


def test_background_video_moves_with_frame_times(clip: Path) -> None:
    effect = build_effect(EffectSettings("video", {"file": str(clip)}), waits=True)
    bgr, alpha = np.zeros((48, 64, 3), np.uint8), np.zeros((48, 64), np.float32)
    effect.background(Frame(0, 0.0, bgr), alpha)
    numbers = []
    for index in range(4):
        background = effect.background(Frame(index, index * 3 / RATE + 0.001, bgr), alpha)
        assert background is not None
        numbers.append(number(background))
    assert numbers == [0, 3, 6, 9] and effect.problem is None


def test_background_video_moves_in_engine(tiny: Path, clip: Path) -> None:
    engine = Engine(
        Settings(effect=EffectSettings("video", {"file": str(clip)})),
        open_source=lambda settings: RoomCamera(),
        load_segmenter=lambda settings: Segmenter(tiny),
    )
    behind = set()

    def has_moved(picture: Picture) -> bool:
        behind.add(number(picture[20:40, 10:40]))
        return len(behind) > 5

    with running(engine):
        live = next_where(engine, lambda c: not c.is_placeholder and has_moved(c.picture))
        assert (live.picture[40, 140] == (0, 0, 255)).all(), "the person"
        assert not engine.stats.message
