"""`process` with pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from tests.clips import person

if TYPE_CHECKING:
    from tests.commands.conftest import Run

GREEN_BGR = (64, 177, 0)
INSIDE, OUTSIDE = (60, 80), (10, 10)  # row and column: a place in the person and one in the room


def write_jpeg(path: Path, exif_orientation: int | None = None) -> Path:
    data = cv2.imencode(".jpg", person(0), [cv2.IMWRITE_JPEG_QUALITY, 100])[1].tobytes()
    if exif_orientation:
        tag = b"\x01\x12\x00\x03\x00\x00\x00\x01" + exif_orientation.to_bytes(2, "big") + b"\x00\x00"
        body = b"Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01" + tag + b"\x00\x00\x00\x00"
        data = data[:2] + b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body + data[2:]
    path.write_bytes(data)
    return path


def read(path: Path) -> np.ndarray:
    picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert picture is not None
    return picture


def near(picture: np.ndarray, at: tuple[int, int], bgr: tuple[int, ...], by: int = 12) -> bool:
    return bool(np.abs(picture[at].astype(int) - bgr).max() <= by)


def test_jpeg_gets_green_background(run: Run) -> None:
    write_jpeg(Path("in.jpg"))
    status, out, err = run("process", "in.jpg", "out.png", "--background", "#00b140")
    assert (status, err) == (0, "")
    assert out.startswith("'out.png': 1 picture in ")
    picture = read(Path("out.png"))
    assert picture.shape == (96, 160, 3)
    assert near(picture, INSIDE, (0, 0, 255))
    assert near(picture, OUTSIDE, GREEN_BGR, by=0)
    assert sorted(p.name for p in Path().iterdir()) == ["in.jpg", "out.png"]


def test_background_colour_without_number_sign_is_accepted(run: Run) -> None:
    write_jpeg(Path("in.jpg"))
    assert run("process", "in.jpg", "out.png", "--background", "00B140")[0] == 0
    assert near(read(Path("out.png")), OUTSIDE, GREEN_BGR, by=0)


def test_background_picture_fills_frame(run: Run) -> None:
    write_jpeg(Path("in.jpg"))
    cv2.imwrite("wall.png", np.full((40, 40, 3), (10, 220, 30), np.uint8))
    assert run("process", "in.jpg", "out.jpg", "--background", "wall.png")[0] == 0
    picture = read(Path("out.jpg"))
    assert picture.shape == (96, 160, 3)
    assert near(picture, OUTSIDE, (10, 220, 30)) and near(picture, (95, 159), (10, 220, 30))
    assert near(picture, INSIDE, (0, 0, 255))


def test_default_effect_is_blur_with_strength(run: Run) -> None:
    write_jpeg(Path("in.jpg"))
    for name, options in (("usual", []), ("weak", ["--strength", "0"]), ("strong", ["--strength", "1"])):
        assert run("process", "in.jpg", f"{name}.png", *options)[0] == 0
    stripes = {
        name: float(read(Path(f"{name}.png"))[4, :40, 0].std()) for name in ("usual", "weak", "strong")
    }
    assert stripes["strong"] <= stripes["usual"] < stripes["weak"] < person(0)[4, :40, 0].std()


def test_effect_none_keeps_picture_unchanged(run: Run) -> None:
    cv2.imwrite("in.png", person(0))
    assert run("process", "in.png", "out.png", "--effect", "none")[0] == 0
    assert np.array_equal(read(Path("out.png")), person(0))


def test_alpha_is_a_grey_png(run: Run) -> None:
    cv2.imwrite("in.png", person(0))
    assert run("process", "in.png", "out.png", "--output", "alpha")[0] == 0
    alpha = read(Path("out.png"))
    assert alpha.shape == (96, 160) and alpha.dtype == np.uint8
    assert alpha[INSIDE] == 255 and alpha[OUTSIDE] == 0


@pytest.mark.parametrize("options", [["--output", "foreground"], ["--effect", "transparent"]])
def test_foreground_is_rgba_png_without_room_pixels(run: Run, options: list[str]) -> None:
    cv2.imwrite("in.png", person(0))
    assert run("process", "in.png", "out.png", *options)[0] == 0
    cut_out = read(Path("out.png"))
    assert cut_out.shape == (96, 160, 4)
    assert near(cut_out, INSIDE, (0, 0, 255, 255)) and cut_out[OUTSIDE][3] == 0
    assert not cut_out[cut_out[..., 3] == 0].any()  # no blue of the room under alpha 0
    assert cut_out[..., 0].max() < 128  # and little of it in the soft edge


def test_options_between_names_are_accepted(run: Run) -> None:
    for name in ("a.png", "b.png"):
        cv2.imwrite(name, person(0))
    assert run("process", "a.png", "b.png", "--effect", "blur", "out/")[0] == 0
    assert run("--effect", "colour", "process", "a.png", "green.png")[0] == 0
    assert near(read(Path("green.png")), OUTSIDE, GREEN_BGR, by=0)
    assert sorted(p.name for p in Path("out").iterdir()) == ["a.png", "b.png"]


def test_rotation_metadata_is_kept(run: Run) -> None:
    write_jpeg(Path("in.jpg"), exif_orientation=6)  # to be rotated clockwise
    assert run("process", "in.jpg", "out.png", "--effect", "none")[0] == 0
    picture = read(Path("out.png"))
    assert picture.shape == (160, 96, 3)
    assert near(picture, (80, 30), (0, 0, 255))
    assert picture[80, 90, 2] < 60  # the top is on the right


@pytest.mark.parametrize("kind", ["grey", "sixteen bits", "transparent"])
def test_png_with_palette_or_grey_is_read(run: Run, kind: str) -> None:
    picture: npt.NDArray[Any] = person(0)
    if kind == "grey":
        picture = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    elif kind == "sixteen bits":
        picture = picture.astype(np.uint16) * 257
    else:
        picture = np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])
    cv2.imwrite("in.png", picture)
    assert run("process", "in.png", "out.png", "--effect", "none")[0] == 0
    expected = person(0) if kind != "grey" else cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)
    assert np.array_equal(read(Path("out.png")), expected)


def test_non_ascii_names_are_accepted(run: Run) -> None:
    write_jpeg(Path("schön 人.jpg"))
    assert run("process", "schön 人.jpg", "größer.webp")[0] == 0
    assert Path("größer.webp").is_file()


def test_folder_input_writes_folder(run: Run) -> None:
    Path("in").mkdir()
    for name in ("b.png", "a.jpg", "c.bmp"):
        cv2.imwrite(f"in/{name}", person(0))
    Path("in/notes.txt").write_text("not a picture")
    Path("in/.hidden.png").write_text("not a picture")
    status, out, err = run("process", "in", "out")
    assert (status, err) == (0, "")
    assert out.startswith("3 files in 'out': 3 pictures in ")
    assert "Left out of 'in', because it is neither a picture nor a video: notes.txt." in out
    assert sorted(p.name for p in Path("out").iterdir()) == ["a.jpg", "b.png", "c.bmp"]


def test_alpha_of_a_folder_is_all_png(run: Run) -> None:
    Path("in").mkdir()
    cv2.imwrite("in/a.jpg", person(0))
    assert run("process", "in/", "out/", "--output", "alpha")[0] == 0
    assert [p.name for p in Path("out").iterdir()] == ["a.png"]


def test_each_picture_is_processed_as_new_scene(run: Run) -> None:
    """The temporal filter would show the first picture's person in the second."""
    Path("in").mkdir()
    faint = person(0)
    faint[..., 2] = np.where(faint[..., 2] > 0, 180, 90)
    cv2.imwrite("in/1.png", person(0))
    cv2.imwrite("in/2.png", faint)
    assert run("process", "in", "together", "--output", "alpha")[0] == 0
    assert run("process", "in/2.png", "alone.png", "--output", "alpha")[0] == 0
    assert np.array_equal(read(Path("together/2.png")), read(Path("alone.png")))


def test_several_inputs_go_to_folder_and_bad_ones_are_reported(run: Run) -> None:
    cv2.imwrite("good.png", person(0))
    Path("broken.png").write_bytes(Path("good.png").read_bytes()[:60])
    Path("elsewhere").mkdir()
    cv2.imwrite("elsewhere/good.png", person(1))
    status, out, err = run("process", "good.png", "broken.png", "gone.png", "elsewhere", "out")
    assert status == 1
    assert sorted(err.splitlines()) == [
        "'broken.png' is not a picture that Backdrop can read.",
        "'elsewhere/good.png' would replace the result of 'good.png', 'out/good.png'.",
        "There is no file 'gone.png'.",
    ]
    assert out.startswith("1 of 4 files in 'out': 1 picture in ")
    assert [p.name for p in Path("out").iterdir()] == ["good.png"]


def test_no_result_replaces_another_input(run: Run) -> None:
    for name in ("x/a.png", "y/a.png"):
        Path(name).parent.mkdir()
        cv2.imwrite(name, person(0))
    before = Path("x/a.png").read_bytes()
    status, out, err = run("process", "y/a.png", "x/a.png", "x", "--effect", "colour")
    assert (status, out) == (1, "")
    assert err.splitlines() == [
        "The result of 'y/a.png' would replace another input, 'x/a.png'.",
        "'x/a.png' would be replaced by its own result: please give OUT another name.",
    ]
    assert Path("x/a.png").read_bytes() == before
