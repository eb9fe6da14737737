"""Subtitles: copied where the file can hold them, converted if they are text, else told."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import pytest
from av.subtitles.subtitle import SubtitleSet

from tests.clips import person, seen
from tests.films import copy

if TYPE_CHECKING:
    from pathlib import Path

ASS_HEADER = b"""[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, Bold, Italic, Alignment
Style: Default,Arial,16,&Hffffff,0,0,2

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""
LINES = ((0.4, "Hello wörld"), (1.2, "second line"))


def write_subtitled(path: Path, *codecs: str) -> Path:
    """A film of two seconds with LINES as subtitles, each shown for half a second."""
    with av.open(str(path), "w") as container:
        is_webm = path.suffix == ".webm"
        video: Any = container.add_stream("libvpx" if is_webm else "libx264", rate=25)
        video.width, video.height, video.pix_fmt = 160, 96, "yuv420p"
        tracks: list[Any] = [container.add_stream(codec) for codec in codecs]
        for number, track in enumerate(tracks):
            track.codec_context.subtitle_header = ASS_HEADER
            track.metadata["language"] = ("ger", "fra")[number % 2]
        for index in range(50):
            frame = av.VideoFrame.from_ndarray(person(index), format="bgr24").reformat(format="yuv420p")
            frame.pts, frame.time_base = index, Fraction(1, 25)
            container.mux(video.encode(frame))
        for at_s, text in LINES:
            for track in tracks:
                ass = f"0,0,Default,,0,0,0,,{text}".encode()
                packet = track.codec_context.encode_subtitle(SubtitleSet.create(ass, 0, 500))
                packet.pts = packet.dts = round(at_s * 1000)
                packet.duration, packet.time_base, packet.stream = 500, Fraction(1, 1000), track
                container.mux(packet)
        container.mux(video.encode(None))
    return path


def shown(path: Path, track: int = 0) -> list[tuple[float, float, str]]:
    """Time, duration and text of each subtitle."""
    texts = []
    with av.open(str(path)) as container:
        stream = container.streams.subtitles[track]
        for packet in container.demux(stream):
            for text in stream.decode(packet) if packet.size else []:
                assert isinstance(text, av.subtitles.subtitle.AssSubtitle)
                if said := text.dialogue.decode().strip():
                    at_s = float((packet.pts or 0) * packet.time_base)
                    texts.append((at_s, float((packet.duration or 0) * packet.time_base), said))
    return texts


@pytest.mark.slow_after_first
@pytest.mark.parametrize(
    ("source", "codec", "target", "expected"),
    [
        ("in.mkv", "subrip", ".mkv", "subrip"),
        ("in.mkv", "ass", ".mkv", "ass"),
        ("in.mp4", "mov_text", ".mp4", "mov_text"),
        ("in.mp4", "mov_text", ".mov", "mov_text"),
        ("in.webm", "webvtt", ".webm", "webvtt"),
        ("in.mkv", "subrip", ".mp4", "mov_text"),
        ("in.mkv", "ass", ".mov", "mov_text"),
        ("in.mp4", "mov_text", ".mkv", "subrip"),
        ("in.mkv", "subrip", ".webm", "webvtt"),
    ],
)
def test_subtitles_keep_their_text_and_times(
    tmp_path: Path, source: str, codec: str, target: str, expected: str
) -> None:
    write_subtitled(tmp_path / source, codec)
    out = tmp_path / f"out{target}"
    notes = copy(tmp_path / source, out)
    with av.open(str(out)) as container:
        stream = container.streams.subtitles[0]
        assert stream.codec_context.codec.canonical_name == expected
        assert stream.language == "ger"
    got = shown(out)
    assert [text for _, _, text in got] == [text for _, text in LINES]
    assert [at for at, _, _ in got] == pytest.approx([at for at, _ in LINES], abs=0.02)
    assert [duration for _, duration, _ in got] == pytest.approx([0.5, 0.5], abs=0.02)
    converted = f"The subtitles were converted to {expected}, because {target} cannot hold {codec}."
    assert notes == ([] if expected == codec else [converted])


def test_every_subtitle_track_is_kept(tmp_path: Path) -> None:
    write_subtitled(tmp_path / "in.mkv", "subrip", "ass")
    copy(tmp_path / "in.mkv", tmp_path / "out.mp4")
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert [stream.language for stream in container.streams.subtitles] == ["ger", "fra"]
    assert len(shown(tmp_path / "out.mp4", 1)) == 2


@pytest.mark.parametrize("target", [".mp4", ".mov", ".webm"])
def test_subtitles_made_of_pictures_are_left_out_and_told(tmp_path: Path, target: str) -> None:
    source = tmp_path / "in.mkv"
    with av.open(str(source), "w") as container:
        video: Any = container.add_stream("libx264", rate=25)
        video.width, video.height, video.pix_fmt = 160, 96, "yuv420p"
        container.add_mux_stream("hdmv_pgs_subtitle")
        for index in range(5):
            frame = av.VideoFrame.from_ndarray(person(index), format="bgr24").reformat(format="yuv420p")
            frame.pts, frame.time_base = index, Fraction(1, 25)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
    assert copy(source, tmp_path / f"out{target}") == [
        f"The subtitles were left out, because {target} cannot hold hdmv_pgs_subtitle."
    ]
    assert len(seen(tmp_path / f"out{target}")) == 5
