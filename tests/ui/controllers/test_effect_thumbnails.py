"""The effects' tiles show thumbnails of the live picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPoint

from app.engine.core.settings import EffectSettings, Settings
from app.engine.core.types import Frame, Stats, Thumbnail
from app.engine.pipeline.effects import EFFECTS
from app.ui.controllers.effect_thumbnails import small_pictures

if TYPE_CHECKING:
    from tests.ui.desk import Desk

PERSON, ROOM = (0, 0, 255), (255, 0, 0)


def look() -> Thumbnail:
    """A person at the left, the room at the right."""
    bgr = np.full((90, 160, 3), ROOM, np.uint8)
    bgr[:, :80] = PERSON
    alpha = np.zeros((90, 160), np.float32)
    alpha[:, :80] = 1.0
    for array in (bgr, alpha):
        array.setflags(write=False)
    return Thumbnail(Frame(0, 0.0, bgr), alpha)


def test_scene_of_each_effect_shows_person_and_background() -> None:
    made = small_pictures(look(), [name for name in EFFECTS if name not in ("image", "video", "screen")], {})
    assert set(made) == {"blur", "lens", "colour", "transparent"}
    for image in made.values():
        assert image.pixelColor(20, 60).name() == "#ff0000"
    assert made["colour"].pixelColor(180, 60).name() == "#00b140"
    assert made["transparent"].pixelColor(180, 60).alpha() == 0
    assert made["blur"].pixelColor(180, 60).blue() > 200


def test_invalid_colour_keeps_drawn_tile() -> None:
    assert set(small_pictures(look(), ["blur", "colour"], {"colour": "green"})) == {"blur"}


def test_tiles_show_live_thumbnails_and_drawn_scenes_while_off(desk: Desk) -> None:
    window = desk.open(Settings(effect=EffectSettings("blur", {"colour": "#00ff00"})))
    tile, none = window.panel.gallery.tiles["colour"], window.panel.gallery.tiles["none"]
    drawn = none.grab().toImage()
    desk.engine.thumbnail.put(look())
    desk.deliver_stats(Stats(fps=30.0))
    desk.qtbot.waitUntil(lambda: tile.live is not None)
    image = tile.grab().toImage()
    assert image.pixelColor(QPoint(14, 30)).red() > 200, "the person, at the left"
    assert image.pixelColor(QPoint(tile.width() - 14, 30)).green() > 200
    assert none.live is None and none.grab().toImage() == drawn, "no tile shows the room"
    window.model.switch(False)
    desk.deliver_stats(Stats())
    assert tile.live is None


def test_late_thumbnails_are_discarded(desk: Desk) -> None:
    window = desk.open()
    desk.engine.thumbnail.put(look())
    desk.deliver_stats(Stats(fps=30.0))
    desk.deliver_stats(Stats(is_camera_released=True))  # before the thumbnails exist
    desk.qtbot.waitUntil(lambda: not window._thumbnails._is_busy)
    assert window.panel.gallery.tiles["blur"].live is None
