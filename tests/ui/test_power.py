"""Off: the camera is not shown, whatever the user chooses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QIcon, QPixmap

from app.engine.core.settings import EffectSettings, Settings
from app.settings import StoredSettings, load_stored
from app.ui.controllers.tray.tray import Tray
from app.ui.models.app_model import AppModel

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.ui.desk import Desk


def test_switch_changes_state(desk: Desk) -> None:
    chosen = Settings(effect=EffectSettings("blur", {"strength": 0.7}))
    window = desk.open(chosen)
    power = window.panel.power
    assert power.isChecked()
    desk.qtbot.mouseClick(power, Qt.MouseButton.LeftButton, pos=QPoint(5, 10))
    assert not desk.settings.is_on
    assert msgspec.structs.replace(desk.settings, is_on=True) == chosen
    assert window.status.full == "Off. The camera is closed, and others see a plain picture."
    assert window.panel.gallery.tiles["blur"].isChecked()  # the choices stay visible
    desk.qtbot.keyClick(power, Qt.Key.Key_Space)
    assert desk.settings == chosen


@pytest.mark.parametrize("effect", ["none", "blur", "colour", "transparent"])
def test_choices_while_off_do_not_open_camera(desk: Desk, effect: str) -> None:
    window = desk.open()
    window.model.switch(False)
    window.model.use_effect_named(effect)
    window.model.use_source("camera:a")
    assert not any(s.is_on for s in desk.engine.settings[1:])
    window.model.switch(True)
    assert desk.settings.is_on
    assert (desk.settings.source.spec, desk.settings.effect.name) == ("camera:a", effect)
    desk.close()


@pytest.fixture
def tray(qtbot: QtBot) -> Tray:
    pixmap = QPixmap(32, 32)
    pixmap.fill(Qt.GlobalColor.blue)
    return Tray(AppModel(StoredSettings()), QIcon(pixmap))


def test_tray_shows_and_changes_settings(tray: Tray) -> None:
    model = tray._model
    assert tray.power.isChecked() and tray.effects["blur"].isChecked()
    assert not tray.effects["image"].isEnabled()  # there is no picture yet
    coloured = tray.icon.icon().pixmap(32).toImage()
    tray.power.trigger()
    assert not model.is_on
    assert tray.icon.icon().pixmap(32).toImage() != coloured
    assert tray.icon.toolTip() == "Backdrop is off"
    tray.effects["none"].trigger()
    assert model.settings.effect.name == "none" and not model.is_on
    model.use_effect(EffectSettings("image", {"file": "/a.png"}))
    assert tray.effects["image"].isChecked() and tray.effects["image"].isEnabled()


def test_off_is_restored_at_next_start(desk: Desk) -> None:
    window = desk.open()
    window.model.switch(False)
    desk.close()
    kept = load_stored(desk.path)
    assert not kept.is_on
    window = desk.open(kept)
    assert not desk.settings.is_on and not window.panel.power.isChecked()


def test_tray_opens_window_and_quits(tray: Tray, qtbot: QtBot) -> None:
    names = {action.text(): action for action in tray.menu.actions()}
    with qtbot.waitSignal(tray.show_wanted):
        names["Open Backdrop"].trigger()
    with qtbot.waitSignal(tray.quit_wanted):
        names["Quit"].trigger()


def test_closing_with_tray_hides_window(desk: Desk) -> None:
    window = desk.open()
    assert not window.panel.closing_to_tray.isVisible()  # without a tray
    window.has_tray = True
    window.show_choices()
    desk.qtbot.mouseClick(
        window.panel.closing_to_tray,
        Qt.MouseButton.LeftButton,
        pos=QPoint(8, window.panel.closing_to_tray.height() // 2),
    )
    assert window.model.stored.window.closes_to_tray
    window.close()
    assert not window.isVisible() and not desk.engine.is_stopped
    window.come_forward()
    assert window.isVisible()
    with desk.qtbot.waitSignal(window.closed):
        window.end()
    assert desk.engine.is_stopped
