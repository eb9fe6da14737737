"""`process` and `run` with the screen as background."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import pytest

from app.__main__ import parser_for
from app.commands.run import combined_settings
from app.engine.core.errors import BackdropError
from app.engine.core.settings import EffectSettings, Settings
from app.engine.screens.x_types import Area
from tests.clips import person
from tests.commands.processing.test_process_pictures import INSIDE, OUTSIDE, near, read
from tests.engine.screens.x_world import Program, use_display, x_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.commands.conftest import Run

SIZE = 320, 192  # The shape of the picture.


@pytest.fixture
def green_screen(at_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    cv2.imwrite("me.png", person(0))
    with x_server(SIZE) as display:
        use_display(display, monkeypatch)
        program = Program(display)
        program.open(Area(0, 0, *SIZE), 0x00FF00, "My talk")
        yield
        program.end()


def chosen(arguments: str, saved: Settings) -> EffectSettings:
    words = ["run", *arguments.split()]
    return combined_settings(saved, parser_for(words).parse_args(words)).effect


@pytest.mark.parametrize(
    "options", [["--background", "screen"], ["--background", "window:my talk"], ["--effect", "screen"]]
)
def test_picture_before_the_screen_or_a_window(run: Run, green_screen: None, options: list[str]) -> None:
    status, _, err = run("process", "me.png", "out.png", *options)
    assert (status, err) == (0, "")
    assert near(read(Path("out.png")), OUTSIDE, (0, 255, 0), by=0)
    assert near(read(Path("out.png")), INSIDE, (0, 0, 255))


def test_run_takes_a_screen_and_keeps_other_values(green_screen: None) -> None:
    saved = Settings(effect=EffectSettings("blur", {"strength": 0.3}))
    assert chosen("--background screen:1", saved) == EffectSettings("screen", {"screen": "screen:1"})


def test_screen_that_is_not_there_is_told_before_anything_starts(green_screen: None) -> None:
    with pytest.raises(BackdropError, match="There is no screen 3"):
        chosen("--background screen:3", Settings())


def test_screen_and_another_effect_contradict_each_other(run: Run, green_screen: None) -> None:
    status, _, err = run("process", "me.png", "out.png", "--background", "screen", "--effect", "slides")
    assert status == 1
    assert err.startswith("--background screen belongs to the effect screen, not to slides")


def test_file_with_the_name_of_a_screen_is_that_file(run: Run, green_screen: None) -> None:
    cv2.imwrite("blue.png", person(0) * 0 + (255, 0, 0))
    Path("blue.png").rename("screen")
    status, _, err = run("process", "me.png", "out.png", "--background", "screen")
    assert (status, err) == (0, "")
    assert near(read(Path("out.png")), OUTSIDE, (255, 0, 0), by=0)
