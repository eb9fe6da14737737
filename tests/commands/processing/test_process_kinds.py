"""Odd files from phones, cameras and the web: all are processed, or named."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from PIL import Image

from tests.clips import Pixels, person, seen, write_clip
from tests.heic import write_heic

if TYPE_CHECKING:
    from tests.commands.conftest import Run


def result(name: str) -> Pixels:
    picture = cv2.imread(name)
    assert picture is not None
    return np.asarray(picture, np.uint8)


def photo(name: str, form: str) -> str:
    Image.fromarray(np.ascontiguousarray(person(0)[..., ::-1])).save(name, form)
    return name


def moving(name: str, form: str) -> str:
    frames = [Image.fromarray(np.ascontiguousarray(person(i)[..., ::-1])) for i in range(3)]
    frames[0].save(name, form, save_all=True, append_images=frames[1:], duration=[100, 200, 400])
    return name


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.jfif", "JPEG"),
        ("a", "PNG"),
        ("a.mp4", "JPEG"),
        ("A.AVIF", "AVIF"),
        ("a.jpg", "WEBP"),
        ("a.gif", "GIF"),
    ],
)
def test_picture_is_processed_whatever_its_name(run: Run, name: str, form: str) -> None:
    assert run("process", photo(name, form), "out.png")[0] == 0
    assert result("out.png").shape == (96, 160, 3)


def test_heic_becomes_jpeg_in_a_folder(run: Run) -> None:
    Path("in").mkdir()
    write_heic(Path("in/IMG_1.HEIC"), np.full((128, 256, 3), 90, np.uint8), (2, 2))
    photo("in/b.jfif", "JPEG")
    status, out, err = run("process", "in", "out")
    assert (status, err) == (0, "") and "Left out" not in out
    assert sorted(p.name for p in Path("out").iterdir()) == ["IMG_1.jpg", "b.jpg"]


@pytest.mark.parametrize(
    ("name", "form"), [("a.webp", "WEBP"), ("a.png", "PNG"), ("a.jpg", "GIF"), ("a", "AVIF")]
)
def test_moving_picture_becomes_video(run: Run, name: str, form: str) -> None:
    assert run("process", moving(name, form), "out.mp4")[0] == 0
    assert [round(at_s, 2) for at_s, _ in seen(Path("out.mp4"))] == [0, 0.1, 0.3]
    status, _, err = run("process", name, "out.jpg")
    assert status == 1 and "is a video" in err


def test_folder_of_pictures_and_videos_is_processed_and_the_rest_is_named(run: Run) -> None:
    Path("in").mkdir()
    photo("in/a.jpg", "JPEG")
    moving("in/b.webp", "WEBP")
    write_clip(Path("in/c.mp4"), 4).rename("in/film without suffix")
    write_clip(Path("in/d.mkv"), 4)
    Path("in/notes.txt").write_text("neither")
    Path("in/loop.jpg").symlink_to("loop.jpg")
    status, out, err = run("process", "in", "out")
    assert (status, err) == (0, "")
    assert "neither a picture nor a video: loop.jpg, notes.txt." in out
    assert {p.name for p in Path("out").iterdir()} == {
        "a.jpg",
        "b.mp4",
        "film without suffix.mp4",
        "d.mp4",
    }


@pytest.mark.parametrize("name", ["broken.mp4", "broken.jpg"])
def test_damaged_file_in_a_folder_is_told_and_the_others_are_processed(run: Run, name: str) -> None:
    Path("in").mkdir()
    photo("in/a.jpg", "JPEG")
    Path("in", name).write_bytes(b"<html>404</html>")
    status, out, err = run("process", "in", "out")
    assert status == 1 and name in err and out.startswith("1 of 2 files")
    assert [p.name for p in Path("out").iterdir()] == ["a.jpg"]


@pytest.mark.parametrize("name", ["clip.jpg", "clip", "clip.webp", "clip.heic"])
def test_video_is_processed_whatever_its_name(run: Run, name: str) -> None:
    write_clip(Path("good.mp4"), 4).rename(name)
    assert run("process", name, "out.mp4")[0] == 0
    assert len(seen(Path("out.mp4"))) == 4


def test_folder_tells_everything_that_it_leaves_out(run: Run) -> None:
    Path("in/more").mkdir(parents=True)
    photo("in/a", "JPEG")
    photo("in/b.txt", "PNG")
    moving("in/c.webp", "WEBP")
    write_clip(Path("in/good.mp4"), 2).rename("in/d.jpg")
    Path("in/e.jpg").write_text("dear reader")
    Path("in/f.pdf").write_text("dear reader")
    Path("in/.DS_Store").write_text("")
    status, out, err = run("process", "in", "out")
    assert "f.pdf, more." in out.split("Left out of 'in'")[1]
    assert status == 1 and err == "'in/e.jpg' is not a picture that Backdrop can read.\n"
    assert sorted(p.name for p in Path("out").iterdir()) == ["a.jpg", "b.jpg", "c.mp4", "d.mp4"]


@pytest.mark.parametrize(
    ("name", "moves"), [("b.mts", True), ("b.jpg", True), ("b", False), ("b.mp4", False)]
)
def test_background_is_told_by_its_content(run: Run, name: str, moves: bool) -> None:
    write_clip(Path("talk.mp4"), 5, lambda i: np.zeros((96, 160, 3), np.uint8))
    if moves:
        write_clip(Path("b.ts"), 30, lambda i: np.full((96, 160, 3), 40 * (i % 6), np.uint8)).rename(name)
    else:
        photo(name, "PNG")
    assert run("process", "talk.mp4", "out.mp4", "--background", name)[0] == 0
    first, *_, last = (picture for _, picture in seen(Path("out.mp4")))
    assert (np.abs(first.astype(int) - last).mean() > 3) == moves


def test_hidden_colours_never_show(run: Run) -> None:
    rgba = np.zeros((96, 160, 4), np.uint8)
    rgba[...] = (0, 0, 255, 0)
    cv2.imwrite("clear.png", rgba)
    shutil.copy("clear.png", "b.png")
    assert run("process", "clear.png", "out.png", "--effect", "none")[0] == 0
    assert result("out.png").min() == 255
    cv2.imwrite("a.png", np.zeros((96, 160, 3), np.uint8))
    assert run("process", "a.png", "behind.png", "--background", "b.png")[0] == 0
    assert result("behind.png")[2, 2].tolist() == [255, 255, 255]
