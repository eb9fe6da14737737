"""Damaged files: what can be decoded is kept, and the reader says how much is missing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from app.engine.core.errors import BackdropError
from app.engine.media.video.mpeg_packets import ends_inside_packet
from app.engine.media.video.reader import VideoReader
from tests.clips import Pixels, write_clip
from tests.films import Tone, write_film
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


@pytest.mark.slow_after_first
@pytest.mark.parametrize(
    ("suffix", "codec"),
    [(".ts", "aac"), (".m2ts", "aac"), (".mpg", "mp2"), (".flv", "mp3"), (".wmv", "wmav2"), (".avi", "mp3")],
)
def test_truncated_video_is_told_in_every_format(tmp_path: Path, suffix: str, codec: str) -> None:
    whole = write_film(tmp_path / f"whole{suffix}", Tone(codec, to_s=4.0), seconds=4.0)
    cut = tmp_path / f"cut{suffix}"
    with VideoReader(whole) as reader:
        assert sum(1 for _ in reader.frames(lambda packet: None)) == 100 and reader.problem is None
    for share in (0.98, 0.61, 0.4):
        length = round(whole.stat().st_size * share) // 188 * 188 - 50
        cut.write_bytes(whole.read_bytes()[:length])
        with VideoReader(cut) as reader:
            assert list(reader.frames(lambda packet: None))
            assert "is not complete" in str(reader.problem)


def test_damaged_avi_names_stated_length(tmp_path: Path) -> None:
    whole = write_film(tmp_path / "whole.avi", Tone("mp3", to_s=4.0), seconds=4.0).read_bytes()
    half, middle = len(whole) // 2, len(whole) // 8
    path = tmp_path / "damaged.avi"
    for data in (whole[:half], whole[:half] + bytes(middle) + whole[half + middle :]):
        path.write_bytes(data)
        with VideoReader(path) as reader:
            assert list(reader.frames(lambda packet: None))
            assert "of 4.0 seconds" in str(reader.problem)


@pytest.mark.parametrize(("suffix", "codec"), [(".wmv", "wmav2"), (".mpg", "mp2")])
def test_damage_that_is_skipped_silently_is_measured(tmp_path: Path, suffix: str, codec: str) -> None:
    path = write_film(tmp_path / f"in{suffix}", Tone(codec, to_s=8.0), seconds=8.0)
    data = path.read_bytes()
    low, high = len(data) * 40 // 100, len(data) * 47 // 100
    path.write_bytes(data[:low] + bytes(high - low) + data[high:])
    with VideoReader(path) as reader:
        missing_s = 8.0 - sum(1 for _ in reader.frames(lambda packet: None)) / 25
        told = re.search(r"of 8\.\d seconds, ([\d.]+) s of the pictures", str(reader.problem))
        assert told and missing_s >= 0.3 and abs(float(told[1]) - missing_s) <= 0.1


def test_bytes_lost_in_middle_are_not_told_as_missing_end(tmp_path: Path) -> None:
    data = write_film(tmp_path / "in.mkv", Tone("aac", to_s=12.0), seconds=12.0).read_bytes()
    path = tmp_path / "lost.mkv"
    path.write_bytes(data[: len(data) * 40 // 100] + data[len(data) * 41 // 100 :])
    with VideoReader(path) as reader:
        assert list(reader.frames(lambda packet: None))
        assert "is damaged: of 12.0 seconds, 0." in str(reader.problem)


@pytest.mark.parametrize(("spacing", "before", "after"), [(188, 0, 0), (192, 4, 0), (204, 0, 16)])
def test_transport_stream_is_whole_at_packet_ends_alone(
    tmp_path: Path, spacing: int, before: int, after: int
) -> None:
    path = tmp_path / "in.ts"
    packets = np.random.default_rng(0).integers(0, 255, (300, spacing), np.uint8)
    packets[:, before] = 0x47
    data = b"\x5a" * 77 + packets.tobytes()  # A recording may begin inside a packet.
    for missing in range(spacing + 1):
        path.write_bytes(data[: len(data) - missing])
        assert ends_inside_packet(path) == (missing not in (0, spacing))


@pytest.mark.parametrize("is_mpeg_1", [False, True])
def test_program_stream_is_whole_at_packet_ends_alone(tmp_path: Path, is_mpeg_1: bool) -> None:
    path = tmp_path / "in.mpg"
    pack = b"\0\0\1\xba" + (b"\x21" + b"\x11" * 7 if is_mpeg_1 else b"\x44" + b"\x11" * 8 + b"\xfa\xff\xff")
    # The pictures in a packet have start codes of their own.
    packet = b"\0\0\1\xe0\x01\x00" + (b"\0\0\1\xb3" + b"\x77" * 28) * 8
    data = (pack + packet + packet) * 40
    for missing in range(len(packet) + 1):
        path.write_bytes(data[: len(data) - missing])
        assert ends_inside_packet(path) == (missing not in (0, len(packet)))
    path.write_bytes(data + b"\0\0\1\xb9")
    assert not ends_inside_packet(path)


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
