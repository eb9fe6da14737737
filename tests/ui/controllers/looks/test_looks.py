"""Looks in the window: what is chosen reaches the engine; thumbnails of presets."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from app.engine.core.settings import EffectSettings, Settings
from app.engine.core.types import Frame, Stats, Thumbnail
from app.engine.looks.registry import PRESETS
from app.ui.controllers.looks import looks
from app.ui.controllers.looks.looks import preset_pictures
from tests.engine.looks.tables import write_cube

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from tests.ui.desk import Desk

PERSON, ROOM = (90, 100, 140), (255, 0, 0)


def thumbnail() -> Thumbnail:
    """A grey person at the left, a blue room at the right."""
    bgr = np.full((90, 160, 3), ROOM, np.uint8)
    bgr[:, :80] = PERSON
    alpha = np.zeros((90, 160), np.float32)
    alpha[:, :80] = 1.0
    for array in (bgr, alpha):
        array.setflags(write=False)
    return Thumbnail(Frame(0, 0.0, bgr), alpha)


def test_each_preset_has_a_picture_that_differs() -> None:
    made = preset_pictures(thumbnail(), EffectSettings("blur"))
    assert list(made) == ["", *PRESETS]
    plain, meeting, dark = (
        made[title].pixelColor(60, 80).lightness() for title in ("", "Meeting", "Dark room")
    )
    assert plain + 10 < meeting < dark


@pytest.mark.parametrize("name", ["none", "image", "video", "nobody's"])
def test_pictures_never_show_the_room_and_read_no_file(name: str) -> None:
    effect = EffectSettings(name, {"file": "/no/such/file"})
    blurred = preset_pictures(thumbnail(), EffectSettings("blur"))
    assert preset_pictures(thumbnail(), effect) == blurred


def test_colour_to_key_out_stays_exact_in_pictures() -> None:
    for image in preset_pictures(thumbnail(), EffectSettings("colour")).values():
        assert image.pixelColor(280, 3).name() == "#00b140"


def test_slider_preset_and_reset_reach_the_engine(desk: Desk) -> None:
    window = desk.open(Settings())
    section = window.panel.looks
    section.heading.click()
    section.value_changed.emit("exposure", 0.4)
    assert desk.settings.looks == {"exposure": 0.4}
    section.preset_chosen.emit("Meeting")
    assert desk.settings.looks == PRESETS["Meeting"]
    assert section.gallery.tiles["Meeting"].isChecked()
    section.value_changed.emit("vignette", 0.0)
    assert "vignette" not in desk.settings.looks, "a default is not stored"
    section.preset_chosen.emit("")
    assert desk.settings.looks == {}


def test_values_of_another_version_do_not_stop_a_change(desk: Desk) -> None:
    window = desk.open(Settings(looks={"shine": 1.0, "exposure": 7.0, "warmth": "much", "vignette": 0.5}))
    window.panel.looks.value_changed.emit("contrast", 0.2)
    assert desk.settings.looks == {"vignette": 0.5, "contrast": 0.2}


def test_own_looks_are_kept_in_a_profile(desk: Desk) -> None:
    model = desk.open(Settings()).model
    model.use_looks({"warmth": 0.3, "calm": 1.0})
    model.save_profile("Evening")
    model.use_looks({})
    model.use_profile("Evening")
    assert desk.settings.looks == {"warmth": 0.3, "calm": 1.0} and model.profile == "Evening"


def test_colour_table_is_read_before_it_is_used(desk: Desk) -> None:
    window = desk.open(Settings())
    good = write_cube(desk.folder / "good.cube", lambda bgr: bgr)
    bad = desk.folder / "bad.cube"
    bad.write_text("LUT_3D_SIZE 4\n", encoding="utf-8")
    section = window.panel.looks
    section.value_changed.emit("colour_table", str(good))
    desk.qtbot.waitUntil(lambda: desk.settings.looks == {"colour_table": str(good)})
    section.value_changed.emit("colour_table", str(bad))
    desk.qtbot.waitUntil(lambda: "LUT_3D_SIZE must be from 17 to 65" in window.banner.text)
    assert desk.settings.looks == {"colour_table": str(good)}
    section.value_changed.emit("colour_table", "")
    assert desk.settings.looks == {}


def test_thumbnails_are_made_off_the_window_thread_while_the_section_is_open(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[threading.Thread] = []

    def watched(look: Thumbnail, effect: EffectSettings) -> dict[str, QImage]:
        threads.append(threading.current_thread())
        return preset_pictures(look, effect)

    monkeypatch.setattr(looks, "preset_pictures", watched)
    window = desk.open()
    tile = window.panel.looks.gallery.tiles["Meeting"]
    desk.engine.thumbnail.put(thumbnail())
    desk.deliver_stats(Stats(fps=30.0))
    desk.qtbot.waitUntil(lambda: window.panel.gallery.tiles["blur"].live is not None)
    assert not threads, "the section is closed"
    window.panel.looks.heading.click()
    desk.engine.thumbnail.put(thumbnail())
    desk.deliver_stats(Stats(fps=30.0))
    desk.qtbot.waitUntil(lambda: tile.live is not None)
    assert threads and threading.main_thread() not in threads
    image = tile.grab().toImage()
    assert image.pixelColor(QPoint(14, 40)).red() > 100
    window.model.switch(False)
    desk.deliver_stats(Stats())
    assert tile.live is None


def test_failing_thumbnails_are_tried_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []

    def fails_once(look: Thumbnail, effect: EffectSettings) -> dict[str, QImage]:
        calls.append(1)
        if len(calls) == 1:
            raise ValueError("a fault made on purpose")
        return preset_pictures(look, effect)

    monkeypatch.setattr(looks, "preset_pictures", fails_once)
    window = desk.open()
    window.panel.looks.heading.click()
    for _ in range(2):
        desk.engine.thumbnail.put(thumbnail())
        desk.deliver_stats(Stats(fps=30.0))
        desk.qtbot.waitUntil(lambda: not window._looks._is_busy)
    assert window.panel.looks.gallery.tiles[""].live is not None


def test_arrow_keys_move_among_presets_and_space_chooses(desk: Desk) -> None:
    window = desk.open(Settings())
    window.panel.looks.heading.click()
    tiles = window.panel.looks.gallery.tiles
    with desk.qtbot.waitActive(window):
        window.activateWindow()
    tiles[""].setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(2):  # A key for a tile out of sight scrolls it into view.
        if tiles[""].hasFocus():
            desk.qtbot.keyClick(tiles[""], Qt.Key.Key_Right)
    assert tiles["Natural"].hasFocus() and desk.settings.looks == {}
    desk.qtbot.keyClick(tiles["Natural"], Qt.Key.Key_Space)
    assert desk.settings.looks == PRESETS["Natural"]
