"""Keys move the focus inside one group, act only on what is seen, and never expose the room by chance."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QScrollArea, QSlider, QWidget

from app.engine.core.settings import EffectSettings, Settings
from app.ui.widgets.basic import Chooser

if TYPE_CHECKING:
    from pathlib import Path

    from app.ui.main_window import Window
    from tests.ui.desk import Desk

Key = Qt.Key
ARROWS = (Key.Key_Left, Key.Key_Right, Key.Key_Up, Key.Key_Down)


@pytest.fixture
def pictures(desk: Desk) -> list[Path]:
    """Six of our own pictures: two rows, with the tile that adds one."""
    folder = desk.folder / "ours" / "backgrounds"
    folder.mkdir(parents=True)
    paths = [folder / f"{name}.png" for name in "abcdef"]
    for path in paths:
        cv2.imwrite(str(path), np.full((20, 30, 3), 90, np.uint8))
    return paths


def open_active(desk: Desk, settings: Settings | None = None) -> Window:
    window = desk.open(settings)
    with desk.qtbot.waitActive(window):
        window.activateWindow()
    return window


def focus(widget: QWidget) -> None:
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    assert QApplication.focusWidget() is widget


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def press(desk: Desk, *keys: Qt.Key) -> None:
    for key in keys:
        desk.qtbot.keyClick(QApplication.focusWidget() or desk.window, key)


def test_arrow_keys_on_effects_move_focus_and_change_nothing(desk: Desk) -> None:
    window = open_active(desk)
    tiles = window.panel.gallery.tiles
    for start in tiles.values():
        focus(start)
        for key in (*ARROWS, Key.Key_Home, Key.Key_End, Key.Key_PageUp, Key.Key_PageDown):
            press(desk, key, key)
            assert QApplication.focusWidget() in tiles.values()
    assert len(desk.engine.settings) == 1, "a focus is not a choice"
    assert tiles["blur"].isChecked()


@pytest.mark.parametrize("key", [Key.Key_Space, Key.Key_Return, Key.Key_Enter])
def test_space_or_enter_applies_focused_effect(desk: Desk, key: Qt.Key) -> None:
    window = open_active(desk)
    focus(window.panel.gallery.tiles["blur"])
    press(desk, Key.Key_Right)
    assert QApplication.focusWidget() is window.panel.gallery.tiles["lens"]
    press(desk, key)
    assert desk.settings.effect.name == "lens"
    assert window.panel.gallery.tiles["lens"].isChecked()
    assert not window.panel.gallery.tiles["blur"].isChecked()


def test_effects_are_reached_row_by_row(desk: Desk) -> None:
    window = open_active(desk)
    tiles = window.panel.gallery.tiles
    focus(tiles["none"])
    visited = []
    for key in (Key.Key_Right, Key.Key_Right, Key.Key_Right, Key.Key_Right, Key.Key_Right, Key.Key_Up):
        press(desk, key)
        visited.append(next(name for name, tile in tiles.items() if tile is focused()))
    assert visited == ["blur", "lens", "colour", "transparent", "transparent", "blur"]


def test_arrow_keys_on_pictures_stay_among_pictures(desk: Desk, pictures: list[Path]) -> None:
    window = open_active(desk)
    gallery = window.panel.pictures
    desk.qtbot.waitUntil(lambda: len(gallery.tiles) == len(pictures))
    focus(gallery.add)
    for _ in range(9):
        press(desk, Key.Key_Right)
        assert QApplication.focusWidget() in [gallery.add, *gallery.tiles.values()]
    assert QApplication.focusWidget() is gallery.tiles[pictures[-1]]
    press(desk, Key.Key_Down)
    assert QApplication.focusWidget() is gallery.tiles[pictures[-1]]
    press(desk, Key.Key_Up)
    assert QApplication.focusWidget() is gallery.tiles[pictures[1]]
    assert len(desk.engine.settings) == 1
    press(desk, Key.Key_Return)
    desk.qtbot.waitUntil(lambda: desk.settings.effect.values.get("file") == str(pictures[1]))


def test_no_arrow_key_leaves_any_button_of_the_window(desk: Desk) -> None:
    window = open_active(desk, Settings(effect=EffectSettings("colour")))
    window.panel.picture.heading.click()
    window.panel.advanced.heading.click()
    before, moves = desk.settings, 0
    window.setFocus()
    for _ in range(80):
        press(desk, Key.Key_Tab)
        widget = focused()
        if isinstance(widget, QSlider):
            continue
        for key in ARROWS:
            focus(widget)
            press(desk, key)
            if isinstance(widget, Chooser):
                widget.hidePopup()
                continue
            now = focused()
            moves += 1
            assert not isinstance(now, QSlider), "the next arrow would change it"
            assert now.parentWidget() is widget.parentWidget()
    assert moves > 60 and desk.settings == before


def test_arrow_keys_and_letters_on_list_open_it_or_do_nothing(desk: Desk) -> None:
    window = open_active(desk)
    desk.qtbot.waitUntil(lambda: window.panel.camera.count() == 4 and window.panel.network.count() == 2)
    for chooser in (window.panel.camera, window.panel.network):
        for key in (*ARROWS, Key.Key_Home, Key.Key_End, Key.Key_PageDown, Key.Key_D, Key.Key_S):
            focus(chooser)
            press(desk, key)
            chooser.hidePopup()
    assert len(desk.engine.settings) == 1
    focus(window.panel.camera)
    press(desk, Key.Key_Down)
    assert window.panel.camera.view().isVisible()
    desk.qtbot.keyClick(window.panel.camera.view(), Key.Key_Down)
    desk.qtbot.keyClick(window.panel.camera.view(), Key.Key_Return)
    assert desk.settings.source.spec == "camera:a"


def scroll_area(window: Window) -> QScrollArea:
    area = window.panel.findChild(QScrollArea)
    assert area is not None
    return area


def is_in_sight(widget: QWidget, area: QScrollArea) -> bool:
    place = QRect(widget.mapTo(area.viewport(), QPoint(0, 0)), widget.size())
    return area.viewport().rect().contains(place)


def test_main_switch_never_scrolls_away(desk: Desk) -> None:
    window = open_active(desk)
    window.resize(800, 480)
    window.panel.advanced.heading.click()
    bar = scroll_area(window).verticalScrollBar()
    desk.qtbot.waitUntil(lambda: bar.maximum() > 200)
    bar.setValue(bar.maximum())
    for widget in (window.panel.power, window.panel.profile):
        assert not widget.visibleRegion().isEmpty()
        assert QRect(widget.mapTo(window, QPoint(0, 0)), widget.size()).bottom() < 100


@pytest.mark.parametrize("key", [Key.Key_Space, Key.Key_Return, Key.Key_Right, Key.Key_Delete, Key.Key_N])
def test_key_for_widget_out_of_sight_shows_it_instead(desk: Desk, key: Qt.Key) -> None:
    window = open_active(desk)
    window.resize(800, 480)
    window.panel.advanced.heading.click()
    area = scroll_area(window)
    desk.qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() > 300)
    for widget in (window.panel.gallery.tiles["none"], window.panel.virtual_camera.switch):
        area.verticalScrollBar().setValue(0)
        focus(widget)
        area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
        assert not is_in_sight(widget, area)
        press(desk, key)
        assert len(desk.engine.settings) == 1, "it was not seen"
        assert is_in_sight(widget, area) and QApplication.focusWidget() is widget


def test_focus_moved_by_arrow_key_is_scrolled_into_view(desk: Desk, pictures: list[Path]) -> None:
    window = open_active(desk)
    window.resize(800, 480)
    gallery, area = window.panel.pictures, scroll_area(window)
    desk.qtbot.waitUntil(lambda: len(gallery.tiles) == len(pictures))
    focus(gallery.add)
    press(desk, Key.Key_End)
    tile = gallery.tiles[pictures[-1]]
    assert QApplication.focusWidget() is tile and is_in_sight(tile, area)


def has_more_than(desk: Desk, count: int) -> bool:
    return len(desk.engine.settings) > count


@pytest.mark.parametrize("width_px", [1200, 520])
def test_double_click_on_picture_chooses_that_picture(
    desk: Desk, pictures: list[Path], width_px: int
) -> None:
    window = open_active(desk)
    window.resize(width_px, 720)
    gallery = window.panel.pictures
    desk.qtbot.waitUntil(lambda: len(gallery.tiles) == len(pictures))
    for name in ("blur", "colour", "none", "transparent"):
        window.model.use_effect(EffectSettings(name, {}))
        QApplication.processEvents()
        before = {p: t.mapTo(window, QPoint(0, 0)) for p, t in gallery.tiles.items()}
        tile = gallery.tiles[pictures[0]]
        count = len(desk.engine.settings)
        desk.qtbot.mouseClick(tile, Qt.MouseButton.LeftButton)
        desk.qtbot.waitUntil(partial(has_more_than, desk, count))
        QApplication.processEvents()
        assert {p: t.mapTo(window, QPoint(0, 0)) for p, t in gallery.tiles.items()} == before
