"""The button "Learn my room"."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.engine.core.settings import EffectSettings, MatteSettings, Settings
from app.engine.core.types import Stats

if TYPE_CHECKING:
    from tests.ui.desk import Desk


def test_learning_the_room_asks_the_user_aside_and_tells_the_end(desk: Desk) -> None:
    window = desk.open(Settings(matte=MatteSettings(room_memory=False)))
    window.panel.learn_room.click()
    assert desk.engines[0].lessons == 1 and desk.settings.matte.room_memory
    assert "step out" in window.banner.text
    desk.deliver_stats(Stats(room_lesson="waiting"))
    assert "step out" in window.banner.text
    desk.deliver_stats(Stats(room_lesson="learning"))
    assert "stay outside" in window.banner.text
    desk.deliver_stats(Stats(room_lesson="learned"))
    assert "is known now" in window.banner.text
    window.banner_controller.forget()
    desk.deliver_stats(Stats(room_lesson="learned"))
    assert window.banner.text == "", "it is told once"


def test_learning_the_room_with_somebody_in_the_picture_says_so(desk: Desk) -> None:
    window = desk.open()
    window.panel.learn_room.click()
    desk.deliver_stats(Stats(room_lesson="missed"))
    assert "all the time" in window.banner.text


@pytest.mark.parametrize(
    "settings", [Settings(is_on=False), Settings(effect=EffectSettings("none"))], ids=["off", "no background"]
)
def test_room_cannot_be_learnt_without_camera_or_background(desk: Desk, settings: Settings) -> None:
    window = desk.open(settings)
    window.panel.learn_room.click()
    assert desk.engines[0].lessons == 0 and "first" in window.banner.text
