"""The screen as background: of a real server, whole, never the room."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import pytest

from app.engine.core.errors import BackdropError
from app.engine.core.settings import EffectSettings
from app.engine.core.types import Frame
from app.engine.pipeline.effects import build_effect
from app.engine.pipeline.pipeline import Parts, Pipeline
from app.engine.screens.x_types import Area
from tests.engine.screens.x_world import SIZE, Program, use_display, x_server
from tests.fakes import FakeSegmenter

if TYPE_CHECKING:
    from collections.abc import Iterator

RED = 0xFF0000


@pytest.fixture
def red_screen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    with x_server() as display:
        use_display(display, monkeypatch)
        program = Program(display)
        program.open(Area(0, 0, *SIZE), RED)
        yield program
        program.end()


@pytest.mark.parametrize("waits", [False, True])
def test_person_stands_before_the_screen(red_screen: Program, waits: bool) -> None:
    effect = build_effect(EffectSettings("screen", {"screen": "screen"}), waits)
    made = Pipeline(Parts(FakeSegmenter(), effect))
    frame = Frame(0, 0.0, np.full((90, 120, 3), 99, np.uint8))
    processed = made.process(frame)
    assert processed.matte is not None
    room = processed.matte.alpha == 0
    assert room.any() and (processed.composite.picture[room] == (0, 0, 255)).all()
    assert effect.problem is None


def test_screen_of_another_shape_stands_whole_before_black(red_screen: Program) -> None:
    effect = build_effect(EffectSettings("screen"))
    frame, alpha = Frame(0, 0.0, np.zeros((90, 240, 3), np.uint8)), np.zeros((90, 240), np.float32)
    picture = effect.background(frame, alpha)
    assert picture is not None and not picture.flags.writeable
    assert (picture[:, 60:180] == (0, 0, 255)).all()
    assert not picture[:, :60].any() and not picture[:, 180:].any()


def test_own_window_is_left_out_of_the_composite(red_screen: Program) -> None:
    own = Program(os.environ["DISPLAY"], "backdrop")
    own.open(Area(100, 100, 300, 300), 0xFF00FF)
    effect = build_effect(EffectSettings("screen"), waits=True)
    frame, alpha = Frame(0, 0.0, np.zeros((480, 640, 3), np.uint8)), np.zeros((480, 640), np.float32)
    picture = effect.background(frame, alpha)
    own.end()
    assert picture is not None and (picture == (0, 0, 255)).all()


def test_screen_that_is_missing_is_refused_when_it_is_chosen(red_screen: Program) -> None:
    with pytest.raises(BackdropError, match="There is no screen 5"):
        build_effect(EffectSettings("screen", {"screen": "screen:5"}))
