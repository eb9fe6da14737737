"""Learn my room: what is seen while nobody is there is room, whatever the network half believes."""

from __future__ import annotations

import numpy as np
import pytest

from app.engine.core.settings import EffectSettings, MatteSettings
from app.engine.core.types import Frame
from app.engine.pipeline.effects import build_effect
from app.engine.pipeline.matte import MatteStage
from app.engine.pipeline.pipeline import Parts, Pipeline
from app.engine.pipeline.room_lesson import RoomLesson
from tests.engine.pipeline.test_room_memory import (
    BED,
    HEIGHT_PX,
    PERSON,
    WIDTH_PX,
    alpha,
    empty_room,
    picture,
)
from tests.fakes import FakeSegmenter

FPS = 30
SETTINGS = MatteSettings(steadiness=0.0, remove_uncertain=False)


def nobody(bed: float = 0.6) -> np.ndarray:
    raw = np.array(alpha(bed))
    raw[PERSON] = 0
    return raw


def teach(lesson: RoomLesson, raw: np.ndarray, seconds: float, from_s: float = 0.0) -> list[bool]:
    return [lesson.step(raw, from_s + number / FPS) for number in range(round(seconds * FPS))]


def state_of(lesson: RoomLesson) -> str:
    return lesson.state


def test_lesson_without_a_request_learns_nothing() -> None:
    lesson = RoomLesson()
    assert not any(teach(lesson, nobody(), 5)) and state_of(lesson) == "none"


def test_lesson_waits_for_the_person_to_leave_and_learns_for_two_seconds() -> None:
    lesson = RoomLesson()
    lesson.begin()
    assert not any(teach(lesson, np.array(alpha(0.6)), 3)) and state_of(lesson) == "waiting"
    learnt = teach(lesson, nobody(), 4, from_s=3)
    assert not any(learnt[: FPS // 2 - 1]), "an arm may follow"
    assert sum(learnt) == pytest.approx(2 * FPS, abs=3) and state_of(lesson) == "learned"


def test_lesson_pauses_while_somebody_comes_back() -> None:
    lesson = RoomLesson()
    lesson.begin()
    teach(lesson, nobody(), 1)
    assert state_of(lesson) == "learning"
    assert not any(teach(lesson, np.array(alpha(0.6)), 1, from_s=1)) and state_of(lesson) == "waiting"
    teach(lesson, nobody(), 3, from_s=2)
    assert state_of(lesson) == "learned"


def test_lesson_ends_if_nobody_ever_leaves_and_can_begin_again() -> None:
    lesson = RoomLesson()
    lesson.begin()
    assert not any(teach(lesson, np.array(alpha(0.0)), 16)) and state_of(lesson) == "missed"
    assert not any(teach(lesson, nobody(), 5, from_s=16)), "it has ended"
    lesson.begin()
    teach(lesson, nobody(), 5, from_s=21)
    assert state_of(lesson) == "learned"


def test_lesson_begins_anew_after_a_pause_of_the_camera() -> None:
    lesson = RoomLesson()
    lesson.begin()
    teach(lesson, nobody(), 2)
    assert state_of(lesson) == "learning"
    teach(lesson, nobody(), 1, from_s=30)
    assert state_of(lesson) == "learning", "what was seen before the pause does not count"
    teach(lesson, nobody(), 2, from_s=31)
    assert state_of(lesson) == "learned"


def test_lesson_begins_anew_when_the_room_is_forgotten() -> None:
    stage = MatteStage()
    stage.lesson.begin()
    teach(stage.lesson, nobody(), 2)
    stage.forget_room()
    assert state_of(stage.lesson) == "waiting"
    teach(stage.lesson, nobody(), 3, from_s=2)
    assert state_of(stage.lesson) == "learned"
    stage.forget_room()
    assert state_of(stage.lesson) == "learned", "it is over"


@pytest.mark.parametrize("is_asked", [True, False])
def test_furniture_that_the_network_always_half_believes_goes_only_after_the_lesson(is_asked: bool) -> None:
    stage = MatteStage()
    if is_asked:
        stage.lesson.begin()
    for number in range(4 * FPS):
        shown = picture(number)
        shown = np.where(np.all(shown < 45, -1, keepdims=True), empty_room(), shown)
        stage.refined(nobody(), Frame(number, number / FPS, np.ascontiguousarray(shown)), SETTINGS)
    assert stage.lesson.state == ("learned" if is_asked else "none")
    frame = Frame(200, 200 / FPS, picture(3))
    refined = stage.refined(alpha(0.6), frame, SETTINGS)
    inner = refined[BED][6:-6, 6:-6]
    assert (inner.max() < 0.1) if is_asked else (inner.min() > 0.4)
    assert refined[PERSON][6:-6, 6:-6].min() >= 1, "a sure person is never touched"


def test_pipeline_hands_the_lesson_its_frames() -> None:
    class Nobody(FakeSegmenter):
        def infer(self, frame: Frame) -> np.ndarray:
            return np.zeros((32, 64), np.float32)

    pipeline = Pipeline(Parts(Nobody(), build_effect(EffectSettings("blur"))))
    pipeline.room_lesson.begin()
    for number in range(4 * FPS):
        pipeline.process(Frame(number, number / FPS, np.full((HEIGHT_PX, WIDTH_PX, 3), 90, np.uint8)))
    assert pipeline.room_lesson.state == "learned"
