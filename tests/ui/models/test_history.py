"""History: undo and redo of settings, without ever opening the camera."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.engine.core.settings import EffectSettings, Settings
from app.settings import StoredSettings
from app.ui.models.app_model import AppModel
from app.ui.models.history import History

if TYPE_CHECKING:
    from collections.abc import Callable


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.time_s = 0.0

    def __call__(self) -> float:
        return self.time_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def model() -> AppModel:
    return AppModel(StoredSettings().with_current(Settings(effect=EffectSettings("blur", {"strength": 0.5}))))


def test_undo_and_redo_restore_each_change(model: AppModel, clock: Clock) -> None:
    history = History(model, clock)
    states = [model.settings]
    changes: list[Callable[[], None]] = [
        lambda: model.use_value("strength", 0.9),
        lambda: model.use_effect_named("lens"),
        lambda: model.use_look("exposure", 0.3),
        lambda: model.use_field("matte", "steadiness", 0.1),
    ]
    for change in changes:
        change()
        states.append(model.settings)
    for state in reversed(states[:-1]):
        history.undo()
        assert model.settings == state
    for state in states[1:]:
        history.redo()
        assert model.settings == state


def test_a_dragged_slider_is_one_step(model: AppModel, clock: Clock) -> None:
    history, first = History(model, clock), model.settings
    for strength in (0.6, 0.7, 0.8):
        clock.time_s += 0.3
        model.use_value("strength", strength)
    clock.time_s += 5
    model.use_value("strength", 0.1)
    history.undo()
    assert model.settings.effect.values["strength"] == 0.8
    history.undo()
    assert model.settings == first


def test_two_settings_changed_at_once_are_two_steps(model: AppModel, clock: Clock) -> None:
    history = History(model, clock)
    model.use_value("strength", 0.6)
    model.use_look("exposure", 0.3)
    history.undo()
    assert not model.settings.looks and model.settings.effect.values["strength"] == 0.6


def test_undo_never_opens_the_camera(model: AppModel, clock: Clock) -> None:
    history = History(model, clock)
    model.use_value("strength", 0.6)
    model.switch(False)
    for _ in range(3):
        history.undo()
        assert not model.is_on
    history.redo()
    assert not model.is_on and model.settings.effect.values["strength"] == 0.6


def test_undo_keeps_the_page_of_the_slides(model: AppModel, clock: Clock) -> None:
    model.use_effect(EffectSettings("slides", {"file": "talk.pdf", "page": 1.0}))
    history = History(model, clock)
    model.use_look("exposure", 0.3)
    model.use_value("page", 7.0)
    history.undo()
    assert not model.settings.looks and model.settings.effect.values["page"] == 7.0


def test_only_the_last_twenty_changes_are_kept(model: AppModel, clock: Clock) -> None:
    history = History(model, clock)
    for number in range(25):
        clock.time_s += 5
        model.use_value("strength", number / 100)
    for _ in range(30):
        history.undo()
    assert model.settings.effect.values["strength"] == 0.04


def test_a_change_after_undo_drops_what_could_be_redone(model: AppModel, clock: Clock) -> None:
    history = History(model, clock)
    model.use_value("strength", 0.6)
    history.undo()
    model.use_look("exposure", 0.3)
    now = model.settings
    history.redo()
    assert model.settings == now


def test_undo_does_not_show_the_screen_again(model: AppModel, clock: Clock) -> None:
    model.use_effect(EffectSettings("screen", {"screen": "screen:1"}))
    history = History(model, clock)
    model.use_effect(EffectSettings("lens", {"screen": "screen:1"}))
    history.undo()
    assert model.settings.effect == EffectSettings("blur", {"screen": "screen:1"})


def test_undo_of_another_change_leaves_the_screen(model: AppModel, clock: Clock) -> None:
    model.use_effect(EffectSettings("screen", {"screen": "screen:1"}))
    history = History(model, clock)
    model.use_look("exposure", 0.3)
    history.undo()
    assert model.settings.effect.name == "screen" and not model.settings.looks
