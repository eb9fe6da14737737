"""The screen light: when the ring is shown, and how it keeps out of the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QSlider

from app.engine.core.types import Frame, Stats, Thumbnail
from app.settings import ScreenLightSettings, StoredSettings, WindowSettings, load_stored
from app.ui.views.looks.screen_light import ScreenLight
from tests.ui.desk import child

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.ui.main_window import Window
    from tests.ui.desk import Desk


def stored(**light: bool) -> StoredSettings:
    return StoredSettings(window=WindowSettings(screen_light=ScreenLightSettings(**light)))


def is_lit(window: Window) -> bool:
    light = window._screen_light.light
    return light is not None and light.isVisible()


def deliver(desk: Desk, level: int, times: int = 1) -> None:
    """Frames of one brightness, about a second apart."""
    bgr = np.full((90, 160, 3), level, np.uint8)
    for _ in range(times):
        desk.engine.thumbnail.put(Thumbnail(Frame(0, 0.0, bgr), np.ones((90, 160), np.float32)))
        desk.deliver_stats(Stats(fps=30.0))


def test_ring_is_off_at_first_and_costs_no_window(desk: Desk) -> None:
    window = desk.open()
    deliver(desk, 10, 5)
    assert window._screen_light.light is None
    controls = window.panel.looks.screen_light
    assert not controls.is_on.isChecked() and not controls.in_the_dark.isEnabled()


def test_ring_is_shown_while_the_camera_is_on(desk: Desk) -> None:
    window = desk.open()
    deliver(desk, 200)
    window.panel.looks.heading.click()
    window.panel.looks.screen_light.is_on.click()
    assert is_lit(window)
    light = window._screen_light.light
    assert light is not None and light.geometry() == window.screen().geometry()
    desk.deliver_stats(Stats(is_camera_released=True))
    assert not is_lit(window)
    deliver(desk, 200)
    assert is_lit(window)
    window.model.switch(False)
    desk.deliver_stats(Stats())
    assert not is_lit(window)


def test_ring_in_the_dark_does_not_switch_itself_off_by_its_own_light(desk: Desk) -> None:
    window = desk.open(stored(is_on=True, in_the_dark=True))
    deliver(desk, 90, 5)
    assert not is_lit(window)
    deliver(desk, 30, 2)
    deliver(desk, 90)
    deliver(desk, 30, 2)
    assert not is_lit(window), "a moment of darkness does not count"
    deliver(desk, 30)
    assert is_lit(window)
    deliver(desk, 110, 10)
    assert is_lit(window), "brighter by the ring"
    deliver(desk, 180, 3)
    assert not is_lit(window)


def test_choices_are_stored_and_shown(desk: Desk) -> None:
    window = desk.open()
    window.panel.looks.heading.click()
    controls = window.panel.looks.screen_light
    controls.is_on.click()
    controls.in_the_dark.click()
    desk.qtbot.keyClick(child(controls.sliders["warmth"], QSlider), Qt.Key.Key_Home)
    desk.qtbot.keyClick(child(controls.sliders["brightness"], QSlider), Qt.Key.Key_End)
    wanted = ScreenLightSettings(True, True, 1.0, 0.0)
    assert window.model.stored.window.screen_light == wanted
    desk.close()
    assert load_stored(desk.path).window.screen_light == wanted


def test_closing_the_window_takes_the_ring_away(desk: Desk) -> None:
    window = desk.open(stored(is_on=True))
    deliver(desk, 30)
    assert is_lit(window)
    desk.close()
    assert window._screen_light.light is None


@pytest.fixture
def ring(qtbot: QtBot) -> ScreenLight:
    light = ScreenLight()
    qtbot.addWidget(light)
    light.resize(640, 400)
    light.show()
    return light


def test_ring_lets_clicks_and_keys_through(ring: ScreenLight) -> None:
    flags = ring.windowFlags()
    for flag in (
        Qt.WindowType.WindowTransparentForInput,
        Qt.WindowType.WindowDoesNotAcceptFocus,
        Qt.WindowType.WindowStaysOnTopHint,
    ):
        assert flags & flag
    assert not ring.testAttribute(Qt.WidgetAttribute.WA_QuitOnClose)


def test_ring_is_clear_in_the_middle_and_around_the_pointer(ring: ScreenLight) -> None:
    def opacity(x: int, y: int) -> int:
        return ring.grab().toImage().pixelColor(x, y).alpha()

    assert opacity(320, 200) == 0
    assert opacity(10, 200) > 250 and opacity(320, 5) > 250
    ring.avoid(ring.mapToGlobal(QPoint(12, 200)))
    assert opacity(12, 200) == 0 and opacity(320, 5) > 250
    ring.avoid(ring.mapToGlobal(QPoint(320, 200)))
    assert opacity(12, 200) > 250, "the pointer has left"


def test_brightness_and_warmth_set_the_colour(ring: ScreenLight) -> None:
    def colour(brightness: float, warmth: float) -> tuple[int, int, int]:
        ring.show_light(ScreenLightSettings(True, False, brightness, warmth))
        return ring.colour.red(), ring.colour.green(), ring.colour.blue()

    cool, warm, dim = colour(1.0, 0.0), colour(1.0, 1.0), colour(0.0, 0.0)
    assert cool[2] == 255 > cool[0] and warm[0] == 255 > warm[2]
    assert max(dim) < 120
