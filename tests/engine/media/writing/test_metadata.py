"""What a video says of itself is kept, but for what could show the room or tell where it was taken."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import av
import cv2
import numpy as np
import pytest

from app.engine.media.video.reader import VideoReader
from app.engine.media.writing.video_writer import VideoWriter
from tests.films import Tone, copy, write_film

if TYPE_CHECKING:
    from pathlib import Path

TAKEN = "2019-07-04T12:30:00.000000Z"
TAGS = {"title": "A talk", "creation_time": TAKEN, "artist": "Ada", "comment": "in the garden"}
PLACE = "+48.8577+002.2950/"


def tags_of(path: Path) -> dict[str, str]:
    with av.open(str(path)) as container:
        return {key.lower(): value for key, value in container.metadata.items()}


@pytest.mark.slow_after_first
@pytest.mark.parametrize("target", [".mp4", ".mkv", ".mov", ".webm"])
@pytest.mark.parametrize("source", ["in.mp4", "in.mkv", "in.mov"])
def test_title_dates_and_author_are_kept(tmp_path: Path, source: str, target: str) -> None:
    write_film(tmp_path / source, seconds=0.4, tags=TAGS)
    assert copy(tmp_path / source, tmp_path / f"out{target}") == []
    tags = tags_of(tmp_path / f"out{target}")
    assert {key: tags[key] for key in TAGS} == TAGS


def test_date_with_time_zone_of_a_phone_becomes_time_of_creation(tmp_path: Path) -> None:
    said = {"com.apple.quicktime.creationdate": "2019-07-04T14:30:00+0200"}
    source = tmp_path / "in.mkv"
    write_film(source, seconds=0.4, tags=said)
    with VideoReader(source) as reader:
        reader.container.metadata.clear()
        reader.container.metadata.update(said)
        with VideoWriter(tmp_path / "out.mp4", "composite", Fraction(25), source=reader.container) as writer:
            for time_s, bgr in reader.frames():
                writer.write(time_s, bgr)
    assert tags_of(tmp_path / "out.mp4")["creation_time"] == TAKEN


@pytest.mark.slow_after_first
@pytest.mark.parametrize("target", [".mp4", ".mkv", ".mov"])
@pytest.mark.parametrize("source", ["in.mp4", "in.mkv", "in.mov"])
def test_place_is_kept_only_if_wanted(tmp_path: Path, source: str, target: str) -> None:
    write_film(tmp_path / source, seconds=0.4, tags={"location": PLACE})
    assert any("location" in key for key in tags_of(tmp_path / source))
    notes = copy(tmp_path / source, tmp_path / f"without{target}")
    assert notes == ["The place was left out: --keep-location keeps it."]
    assert b"48.8577" not in (tmp_path / f"without{target}").read_bytes()
    assert copy(tmp_path / source, tmp_path / f"with{target}", keeps_location=True) == []
    assert tags_of(tmp_path / f"with{target}")["location"] == PLACE


def test_camera_and_programs_are_left_out(tmp_path: Path) -> None:
    write_film(tmp_path / "in.mkv", seconds=0.4, tags={"make": "Acme", "model": "X1", "serial": "12345"})
    copy(tmp_path / "in.mkv", tmp_path / "out.mkv")
    assert not {"make", "model", "serial"} & tags_of(tmp_path / "out.mkv").keys()


@pytest.mark.slow_after_first
@pytest.mark.parametrize("target", [".mp4", ".mkv", ".mov", ".webm"])
@pytest.mark.parametrize("source", ["in.mp4", "in.mkv"])
def test_chapters_are_kept(tmp_path: Path, source: str, target: str) -> None:
    base = Fraction(1, 1000)
    ends = [(0, 400, "Start"), (400, 1000, "Ende")]
    chapters = [
        {"id": n, "start": start, "end": end, "time_base": base, "metadata": {"title": title}}
        for n, (start, end, title) in enumerate(ends, start=1)
    ]
    write_film(tmp_path / source, Tone("aac"), seconds=1.0, chapters=chapters)
    notes = copy(tmp_path / source, tmp_path / f"out{target}")
    assert not [note for note in notes if "chapters" in note]
    with av.open(str(tmp_path / f"out{target}")) as container:
        kept = container.chapters()
    assert [chapter["metadata"].get("title") for chapter in kept] == ["Start", "Ende"]
    starts = [float(chapter["start"] * (chapter["time_base"] or 1)) for chapter in kept]
    assert starts == pytest.approx([0.0, 0.4], abs=0.03)


@pytest.mark.parametrize("target", [".mp4", ".mkv", ".mov"])
@pytest.mark.parametrize(("source", "kind"), [("in.mp4", "jpeg"), ("in.mkv", "jpeg"), ("in.mkv", "png")])
def test_cover_picture_is_neither_the_film_nor_in_the_result(
    tmp_path: Path, source: str, kind: str, target: str
) -> None:
    room = np.full((96, 160, 3), (200, 40, 20), np.uint8)
    cover = cv2.imencode(f".{kind}", room)[1].tobytes()
    if source == "in.mkv":
        write_film(tmp_path / "plain.mkv", seconds=0.4)
        with av.open(str(tmp_path / "plain.mkv")) as plain, av.open(str(tmp_path / source), "w") as container:
            container.add_attachment(f"cover.{kind}", f"image/{kind}", cover)
            stream = container.add_stream_from_template(plain.streams.video[0])
            for packet in plain.demux(video=0):
                if packet.size:
                    packet.stream = stream
                    container.mux(packet)
    else:
        write_film(tmp_path / source, seconds=0.4, cover=cover)
    assert cover in (tmp_path / source).read_bytes()
    notes = copy(tmp_path / source, tmp_path / f"out{target}")
    assert notes == ["The cover picture was left out, because it may show the room."]
    assert cover[100:] not in (tmp_path / f"out{target}").read_bytes()
    with av.open(str(tmp_path / f"out{target}")) as container:
        assert [stream.type for stream in container.streams] == ["video"]
        assert len(list(container.decode(video=0))) == 10


@pytest.mark.parametrize("target", [".mp4", ".mov", ".webm"])
def test_tags_that_the_file_cannot_hold_are_told(tmp_path: Path, target: str) -> None:
    write_film(tmp_path / "in.mkv", seconds=0.4, tags={"performer": "Ada", "title": "A talk"})
    notes = copy(tmp_path / "in.mkv", tmp_path / f"out{target}")
    held = "performer" in tags_of(tmp_path / f"out{target}")
    assert notes == ([] if held else [f"{target} cannot hold these of its tags: performer."])
