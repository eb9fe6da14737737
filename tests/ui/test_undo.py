"""Ctrl+Z takes back a change of the window; it never opens the camera."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

if TYPE_CHECKING:
    from tests.ui.desk import Desk

CONTROL = Qt.KeyboardModifier.ControlModifier


def test_ctrl_z_takes_back_a_chosen_effect_and_a_key_repeats_it(desk: Desk) -> None:
    window = desk.open()
    with desk.qtbot.waitActive(window):
        window.activateWindow()
    first = desk.settings.effect.name
    desk.click_tile("lens")
    assert desk.settings.effect.name == "lens" != first
    desk.qtbot.keyClick(window, Qt.Key.Key_Z, CONTROL)
    assert desk.settings.effect.name == first
    assert window.panel.gallery.tiles[first].isChecked()
    desk.qtbot.keyClick(window, Qt.Key.Key_Z, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert desk.settings.effect.name == "lens"


def test_ctrl_z_after_switching_off_leaves_the_camera_off(desk: Desk) -> None:
    window = desk.open()
    with desk.qtbot.waitActive(window):
        window.activateWindow()
    window.model.switch(False)
    desk.qtbot.keyClick(window, Qt.Key.Key_Z, CONTROL)
    assert not desk.settings.is_on
