"""What `process` keeps of files besides their pictures and sound, and what it tells."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import av
import numpy as np
import pytest
from PIL import Image
from PIL.ExifTags import IFD, Base

from tests.clips import person
from tests.films import Tone, write_film

if TYPE_CHECKING:
    from tests.commands.conftest import Run

TAKEN = "2021:02:03 04:05:06"
PLACE_NOTE = "The place was left out: --keep-location keeps it."


def write_photo(path: Path, orientation: int = 1, with_place: bool = False) -> bytes:
    """A photo with all that cameras write. Returns its thumbnail, a JPEG that shows the room."""
    room = io.BytesIO()
    Image.fromarray(np.full((60, 80, 3), (20, 40, 200), np.uint8)).save(room, "JPEG")
    thumbnail = room.getvalue()
    exif = Image.Exif()
    exif[Base.DateTime] = TAKEN
    exif[Base.Orientation] = orientation
    exif[Base.Make], exif[Base.Model] = "Acme", "X1"
    exif[Base.Artist] = "Ada"
    details: Any = exif.get_ifd(IFD.Exif)
    details[Base.DateTimeOriginal] = TAKEN
    details[Base.OffsetTimeOriginal] = "+01:00"
    details[Base.MakerNote] = b"Acme\0" + thumbnail
    details[Base.BodySerialNumber] = "12345"
    if with_place:
        place: Any = exif.get_ifd(IFD.GPSInfo)
        place[1], place[2] = "N", (48.0, 51.0, 27.5)
    Image.fromarray(person(0)[..., ::-1]).save(path, exif=exif.tobytes())
    if path.suffix == ".jpg":
        _add_thumbnail(path, thumbnail)
    return thumbnail


def _add_thumbnail(path: Path, thumbnail: bytes) -> None:
    """Append a second directory with a thumbnail to the EXIF data of a JPEG."""
    data = path.read_bytes()
    at = data.index(b"Exif\0\0")
    length = int.from_bytes(data[at - 2 : at], "big")
    body = bytearray(data[at + 6 : at - 2 + length])
    order: Literal["little", "big"] = "little" if body[:2] == b"II" else "big"
    first = int.from_bytes(body[4:8], order)
    count = int.from_bytes(body[first : first + 2], order)
    link = first + 2 + 12 * count
    start = len(body)
    body[link : link + 4] = start.to_bytes(4, order)
    entries = [(0x0103, 3, 6), (0x0201, 4, start + 2 + 36 + 4), (0x0202, 4, len(thumbnail))]
    body += len(entries).to_bytes(2, order)
    for tag, kind, value in entries:
        value_bytes = value.to_bytes(2, order) + b"\0\0" if kind == 3 else value.to_bytes(4, order)
        body += tag.to_bytes(2, order) + kind.to_bytes(2, order) + (1).to_bytes(4, order) + value_bytes
    body += bytes(4) + thumbnail
    segment = b"Exif\0\0" + bytes(body)
    rest = data[at - 2 + length :]
    path.write_bytes(data[: at - 2] + (len(segment) + 2).to_bytes(2, "big") + segment + rest)


@pytest.mark.parametrize("source", ["in.jpg", "in.png", "in.webp", "in.tiff"])
@pytest.mark.parametrize("target", ["out.jpg", "out.png", "out.webp", "out.tiff"])
def test_photo_keeps_date_and_author_and_nothing_of_the_room(run: Run, source: str, target: str) -> None:
    thumbnail = write_photo(Path(source))
    assert thumbnail in Path(source).read_bytes() or source == "in.tiff"  # Pillow writes none in TIFF.
    status, out, err = run("process", source, target, "--background", "#00b140")
    assert (status, err) == (0, "") and out.count("\n") == 1
    with Image.open(target) as image:
        exif = image.getexif()
        assert exif[Base.DateTime] == TAKEN and exif[Base.Artist] == "Ada"
        details = exif.get_ifd(IFD.Exif)
        assert details[Base.DateTimeOriginal] == TAKEN and details[Base.OffsetTimeOriginal] == "+01:00"
        assert not {Base.Make, Base.Model} & exif.keys()
        assert not {Base.MakerNote, Base.BodySerialNumber} & details.keys()
        assert not exif.get_ifd(IFD.IFD1)
        assert image.size == (160, 96)
    data = Path(target).read_bytes()
    assert thumbnail not in data and b"Acme" not in data


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_orientation_is_applied_once(run: Run, orientation: int) -> None:
    write_photo(Path("in.jpg"), orientation)
    assert run("process", "in.jpg", "out.jpg", "--effect", "none")[0] == 0
    with Image.open("out.jpg") as image:
        assert image.getexif().get(Base.Orientation, 1) == 1
        assert image.size == ((160, 96) if orientation == 3 else (96, 160))


@pytest.mark.parametrize("target", ["out.jpg", "out.png", "out.webp", "out.tiff"])
def test_place_of_photo_is_kept_only_if_wanted(run: Run, target: str) -> None:
    write_photo(Path("in.jpg"), with_place=True)
    status, out, _ = run("process", "in.jpg", target)
    assert status == 0 and out.splitlines()[-1] == f"'{target}': {PLACE_NOTE}"
    with Image.open(target) as image:
        assert not image.getexif().get_ifd(IFD.GPSInfo)
    status, out, _ = run("process", "in.jpg", target, "--keep-location")
    assert status == 0 and PLACE_NOTE not in out
    with Image.open(target) as image:
        place = image.getexif().get_ifd(IFD.GPSInfo)
        assert place[1] == "N" and tuple(map(float, place[2])) == (48.0, 51.0, 27.5)


def test_picture_format_without_exif_data_is_told(run: Run) -> None:
    write_photo(Path("in.jpg"))
    status, out, err = run("process", "in.jpg", "out.bmp")
    assert (status, err) == (0, "")
    assert out.splitlines()[-1] == "'out.bmp': .bmp cannot hold its date."


@pytest.mark.parametrize("cut", [30, 60, 120])
def test_damaged_exif_data_are_left_out(run: Run, cut: int) -> None:
    write_photo(Path("in.jpg"))
    data = bytearray(Path("in.jpg").read_bytes())
    at = data.index(b"Exif\0\0") + cut
    data[at : at + 40] = b"\xff" * 40
    Path("in.jpg").write_bytes(data)
    assert run("process", "in.jpg", "out.jpg")[0] == 0
    assert Path("out.jpg").is_file()


@pytest.mark.parametrize("options", [["--output", "foreground"], ["--output", "alpha"]])
def test_cut_out_photo_keeps_its_date(run: Run, options: list[str]) -> None:
    write_photo(Path("in.jpg"))
    assert run("process", "in.jpg", "out.png", *options)[0] == 0
    with Image.open("out.png") as image:
        assert image.getexif()[Base.DateTime] == TAKEN


def test_same_note_of_many_files_is_one_line(run: Run) -> None:
    for name in ("a", "b", "c"):
        write_photo(Path(f"{name}.jpg"), with_place=True)
    status, out, _ = run("process", "a.jpg", "b.jpg", "c.jpg", "out/")
    assert status == 0
    assert [line for line in out.splitlines() if PLACE_NOTE in line] == [
        f"'{Path('out/a.jpg')}' and 2 others: {PLACE_NOTE}"
    ]


def test_what_became_of_a_video_is_told_in_one_line(run: Run) -> None:
    write_film(Path("in.mkv"), Tone("pcm_s16le"), Tone("aac", is_empty=True), seconds=0.4)
    status, out, err = run("process", "in.mkv", "out.mp4")
    assert (status, err) == (0, "")
    assert out.splitlines()[1:] == [
        "'out.mp4': Sound track 1 was encoded as aac, because .mp4 cannot hold pcm_s16le. "
        "Sound track 2 is empty and was left out."
    ]


def test_alpha_video_keeps_date_and_has_no_sound(run: Run) -> None:
    write_film(Path("in.mp4"), Tone("aac"), seconds=0.4, tags={"creation_time": "2019-07-04T12:30:00Z"})
    assert run("process", "in.mp4", "out.mkv", "--output", "alpha")[0] == 0
    with av.open("out.mkv") as container:
        assert [stream.type for stream in container.streams] == ["video"]
        assert container.metadata["creation_time"].startswith("2019-07-04T12:30:00")
