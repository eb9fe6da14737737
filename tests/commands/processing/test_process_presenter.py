"""`process` and `run` with what a presenter uses: slides."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from app.__main__ import parser_for
from app.commands.run import combined_settings
from app.engine.core.settings import EffectSettings, Settings
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
