"""Damaged files: what can be decoded is kept, and the reader says how much is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from app.engine.core.errors import BackdropError
from app.engine.media.video.reader import VideoReader
from tests.clips import Pixels, write_clip
from tests.flashes import flash_clip

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def noise(index: int) -> Pixels:
    return np.random.default_rng(index).integers(0, 255, (96, 160, 3), np.uint8)


@pytest.mark.slow_after_first
@pytest.mark.parametrize(("suffix", "share"), [(".mp4", 0.5), (".mkv", 0.5), (".mp4", 0.8)])
def test_truncated_video_gives_its_beginning(tmp_path: Path, suffix: str, share: float) -> None:
    whole = write_clip(tmp_path / f"whole{suffix}", 100, noise)
    if suffix == ".mp4":  # with its index in front, so that the half of it opens
        front = tmp_path / "front.mp4"
        with av.open(str(whole)) as source, av.open(str(front), "w", options={"movflags": "faststart"}) as to:
            stream = to.add_stream_from_template(source.streams.video[0], opaque=True)
            for packet in source.demux(video=0):
                if packet.dts is not None:
                    packet.stream = stream
                    to.mux(packet)
        whole = front
    data = whole.read_bytes()
    cut = tmp_path / f"cut{suffix}"
    cut.write_bytes(data[: round(len(data) * share)])
    with VideoReader(cut) as reader:
        frames = sum(1 for _ in reader.frames())
        assert abs(frames - 100 * share) <= 6
        assert "is not complete: it ends after " in str(reader.problem)


def test_zeroed_middle_of_video_is_left_out(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "in.mp4", 60, noise)
    data = bytearray(path.read_bytes())
    data[len(data) // 3 : len(data) // 2] = b"\x00" * (len(data) // 2 - len(data) // 3)
    path.write_bytes(data)
    with VideoReader(path) as reader:
        frames = sum(1 for _ in reader.frames())
        assert 45 <= frames < 60
        assert "is damaged: of 2.4 seconds, 0." in str(reader.problem)


def damaged(path: Path, kind: str, numbers: Sequence[int], fill: bytes) -> Path:
    """Overwrite the packets with these numbers, all but their first 8 bytes."""
    with av.open(str(path)) as container:
        streams = [s for s in container.streams if s.type == kind]
        places = [(p.pos or 0, p.size) for p in container.demux(streams) if p.size]
    data = bytearray(path.read_bytes())
    for at, size in (places[number] for number in numbers):
        assert size > 12
        data[at + 8 : at + size] = (fill * size)[: size - 8]
    path.write_bytes(data)
    return path


@pytest.mark.slow_after_first
@pytest.mark.parametrize("suffix", [".mp4", ".mov"])
@pytest.mark.parametrize("number", [20, 58, 59], ids=["middle", "near the end", "last"])
def test_one_damaged_packet_costs_one_frame(tmp_path: Path, suffix: str, number: int) -> None:
    source = write_clip(tmp_path / f"in{suffix}", 60, noise)
    with VideoReader(damaged(source, "video", [number], b"\0")) as reader:
        assert sum(1 for _ in reader.frames()) >= 59
        assert "is damaged: of 2.4 seconds, 0.04 s of the pictures and 0.00 s" in str(reader.problem)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".mov"])
def test_damaged_sound_is_left_out_and_pictures_stay(tmp_path: Path, suffix: str) -> None:
    source = flash_clip(tmp_path / f"in{suffix}", 3)
    damaged(source, "audio", range(25, 29), b"\x5a\xc3\x11")
    sounds = 0
    with VideoReader(source) as reader:

        def count(packet: object) -> None:
            nonlocal sounds
            sounds += 1

        assert sum(1 for _ in reader.frames(count)) == 75
        assert "0.00 s of the pictures and 0." in str(reader.problem)
    assert 135 <= sounds < 141


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_mp4_without_index_is_named(tmp_path: Path, share: float) -> None:
    source = write_clip(tmp_path / "in.mp4", 30, noise)
    source.write_bytes(source.read_bytes()[: round(source.stat().st_size * share)])
    with pytest.raises(BackdropError, match=r"in.mp4' is incomplete: the index at its end is missing"):
        VideoReader(source)


@pytest.mark.slow_after_first
@pytest.mark.parametrize("suffix", [".mov", ".ts", ".mp4"])
@pytest.mark.parametrize("fill", [b"\0", b"\x93\x01\xfe\x47"])
def test_lost_stretch_is_measured(tmp_path: Path, suffix: str, fill: bytes) -> None:
    source = write_clip(tmp_path / f"in{suffix}", 100, noise)
    data = bytearray(source.read_bytes())
    low, high = len(data) * 4 // 10, len(data) // 2
    data[low:high] = (fill * (high - low))[: high - low]
    source.write_bytes(data)
    with VideoReader(source) as reader:
        times = [at for at, _ in reader.frames()]
        assert 80 <= len(times) < 100 and times[-1] > 3.8
        assert "is damaged: of 4.0 seconds" in str(reader.problem)
