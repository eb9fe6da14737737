"""`process` and `run` with what a presenter uses: slides, the place of the person, a name tag and a logo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from app.__main__ import parser_for
from app.commands.run import combined_settings
from app.engine.core.settings import EffectSettings, PresenterSettings, Settings
from tests.clips import person, write_clip
from tests.commands.processing.test_process_pictures import INSIDE, OUTSIDE, near, read
from tests.pdfs import BLUE, GREEN, RED, write_pdf

if TYPE_CHECKING:
    from tests.commands.conftest import Run


@pytest.fixture(autouse=True)
def photo(at_home: Path) -> None:
    cv2.imwrite("me.png", person(0))
    write_pdf(Path("talk.pdf"), (BLUE, GREEN, RED))


@pytest.mark.parametrize(
    ("options", "colour"),
    [([], (255, 0, 0)), (["--page", "2"], (0, 255, 0)), (["--page", "99"], (0, 0, 255))],
)
def test_picture_before_a_page_of_a_pdf(run: Run, options: list[str], colour: tuple[int, int, int]) -> None:
    status, _, err = run("process", "me.png", "out.png", "--background", "talk.pdf", *options)
    assert (status, err) == (0, "")
    assert near(read(Path("out.png")), OUTSIDE, colour, by=0)
    assert near(read(Path("out.png")), INSIDE, (0, 0, 255))


def test_video_before_a_page_of_a_folder_has_it_from_the_first_frame(run: Run) -> None:
    write_clip(Path("talk.mp4"), 4)
    Path("slides").mkdir()
    for number, shade in ((1, 40), (2, 200)):
        cv2.imwrite(f"slides/slide{number}.png", np.full((96, 160, 3), shade, np.uint8))
    status, _, err = run(
        "process", "talk.mp4", "out/", "--effect", "slides", "--background", "slides", "--page", "2"
    )
    assert (status, err) == (0, "")
    pictures = sorted(Path("out").iterdir())
    assert len(pictures) == 4
    assert all(near(read(picture), OUTSIDE, (200, 200, 200), by=2) for picture in pictures)


def chosen(arguments: str, saved: Settings) -> EffectSettings:
    words = ["run", *arguments.split()]
    return combined_settings(saved, parser_for(words).parse_args(words)).effect


def test_run_takes_slides_and_a_page(at_home: Path) -> None:
    slides = str(at_home / "talk.pdf")
    saved = Settings(effect=EffectSettings("slides", {"slides": slides, "page": 3.0}))
    assert chosen("--background talk.pdf", Settings()).values == {"slides": slides, "page": 1.0}
    assert chosen("--page 2", saved) == EffectSettings("slides", {"slides": slides, "page": 2.0})
    assert chosen("", saved) == saved.effect
    Path("pictures").mkdir()
    cv2.imwrite("pictures/a.png", person(0))
    assert chosen("--background pictures", saved).values == {"slides": str(at_home / "pictures"), "page": 1.0}


def test_person_in_a_bubble_with_tag_and_logo(run: Run) -> None:
    cv2.imwrite("logo.png", np.full((20, 20, 4), 255, np.uint8))
    place = "--place-shape circle --place-size 0.5 --place-x 0.3 --place-y 0.4 --place-fill #00ffff"
    words = f"{place} --tag-name Ada --tag-size 0.1 --logo-file logo.png --logo-size 0.2".split()
    status, _, err = run("process", "me.png", "out.png", "--background", "talk.pdf", *words)
    assert (status, err) == (0, "")
    picture = read(Path("out.png"))
    assert near(picture, (30, 125), (255, 0, 0), by=0), "only the background where the person was"
    assert (picture == (255, 255, 0)).all(axis=2).sum() > 200, "the bubble"
    assert (picture == 255).all(axis=2)[:30, 130:].sum() > 100, "the logo"
    assert not near(picture, (84, 10), (255, 0, 0)), "the plate"


def test_transparent_result_has_the_tag(run: Run) -> None:
    status, _, err = run("process", "me.png", "out.png", "--effect", "transparent", "--tag-name", "Ada")
    assert (status, err) == (0, "")
    picture = read(Path("out.png"))
    assert picture.shape[2] == 4 and picture[80:92, 6:20, 3].max() > 150


@pytest.mark.parametrize(
    ("options", "status", "sentence"),
    [
        (
            "--output alpha --tag-name Ada --place-size 0.5",
            1,
            "--output alpha has the person alone: leave out",
        ),
        ("--output foreground --logo-file me.png", 1, "--output foreground has the person alone: leave out"),
        ("--logo-file gone.png", 1, "There is no file '"),
        ("--tag-colour red", 1, "'red' is not a colour: write it as #RRGGBB"),
        ("--place-shape star", 2, "--place-shape must be full, placed, circle or rounded, not 'star'"),
        ("--place-size 3", 2, "--place-size must be a number from 0.15 to 1, not '3'"),
        ("--tag-shown maybe", 2, "--tag-shown must be on or off, not 'maybe'"),
    ],
)
def test_presenter_option_that_cannot_be_used_is_one_sentence(
    run: Run, options: str, status: int, sentence: str
) -> None:
    ended, out, err = run("process", "me.png", "out.png", *options.split())
    assert (ended, out) == (status, "") and err.startswith(sentence) and err.count("\n") == 1
    assert not Path("out.png").exists()


def test_run_changes_only_what_the_options_name(at_home: Path) -> None:
    saved = Settings(presenter=PresenterSettings({"shape": "circle", "size": 0.3}, {"name": "Ada"}))
    words = ["run", "--place-size", "0.4", "--tag-shown", "off", "--logo-file", "logo.png"]
    cv2.imwrite("logo.png", person(0))
    chosen = combined_settings(saved, parser_for(words).parse_args(words)).presenter
    assert chosen.place == {"shape": "circle", "size": 0.4}
    assert chosen.tag == {"name": "Ada", "shown": 0.0}
    assert chosen.logo == {"file": str(at_home / "logo.png")}
    assert combined_settings(saved, parser_for(["run"]).parse_args(["run"])).presenter == saved.presenter
