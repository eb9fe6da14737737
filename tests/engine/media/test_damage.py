"""Damaged files: what can be decoded is kept, and the reader says how much is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from app.engine.media.reader import VideoReader
from tests.clips import Pixels, write_clip

if TYPE_CHECKING:
    from pathlib import Path


def noise(index: int) -> Pixels:
    return np.random.default_rng(index).integers(0, 255, (96, 160, 3), np.uint8)


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
