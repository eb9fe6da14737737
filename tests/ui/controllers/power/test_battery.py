"""Fewer previews on battery power."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.engine.core.settings import Settings

if TYPE_CHECKING:
    from app.engine.devices.battery import Power
    from tests.ui.desk import Desk


@pytest.mark.parametrize(("power", "is_offered"), [("none", False), ("mains", True), ("battery", True)])
def test_setting_is_offered_only_with_a_battery(desk: Desk, power: Power, is_offered: bool) -> None:
    desk.power = power
    window = desk.open(Settings())
    desk.qtbot.waitUntil(lambda: window.panel.sparing_battery.isHidden() != is_offered, timeout=30_000)
    desk.qtbot.waitUntil(lambda: desk.engines[0].is_sparing == (power == "battery"), timeout=30_000)


def test_previews_are_spared_on_battery_power_until_the_user_or_the_mains_end_it(desk: Desk) -> None:
    desk.power = "battery"
    window = desk.open(Settings())
    engine = desk.engines[0]
    desk.qtbot.waitUntil(lambda: engine.is_sparing, timeout=30_000)
    window.panel.sparing_battery.click()
    assert not engine.is_sparing and not window.model.stored.window.spares_battery
    window.panel.sparing_battery.click()
    assert engine.is_sparing
    desk.power = "mains"
    window._battery.ask()
    desk.qtbot.waitUntil(lambda: not engine.is_sparing, timeout=30_000)
