"""The section "Look": presets, sliders, the colour table; by mouse and by keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog, QSlider

from app.engine.looks.registry import PARAMETERS, PRESETS
from app.ui.views.backgrounds.effect_form import SliderControl
from app.ui.views.looks.file_control import FileControl
from app.ui.views.looks.look_section import LookSection
from tests.ui.desk import child

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

Key = Qt.Key
SLIDERS = [key for key, parameter in PARAMETERS.items() if parameter.kind == "slider"]


@pytest.fixture
def section(qtbot: QtBot) -> LookSection:
    widget = LookSection("Loo&k")
    qtbot.addWidget(widget)
    widget.heading.click()
    widget.resize(300, 1000)
    widget.show_values({})
    widget.show()
    return widget


@pytest.fixture
def chosen(section: LookSection) -> list[tuple[str, object]]:
    signals: list[tuple[str, object]] = []
    section.value_changed.connect(lambda key, value: signals.append((key, value)))
    section.preset_chosen.connect(lambda title: signals.append(("preset", title)))
    return signals


def slider(section: LookSection, key: str) -> QSlider:
    return child(section.controls[key], QSlider)


def test_section_is_closed_at_first_and_has_a_control_for_each_parameter(qtbot: QtBot) -> None:
    widget = LookSection("Loo&k")
    qtbot.addWidget(widget)
    assert not widget.heading.isChecked() and widget.heading.accessibleName() == "Look"
    assert list(widget.controls) == list(PARAMETERS)
    for key, control in widget.controls.items():
        wanted = SliderControl if PARAMETERS[key].kind == "slider" else FileControl
        assert isinstance(control, wanted) and control.title


@pytest.mark.parametrize("key", SLIDERS)
def test_slider_shows_and_changes_its_value_by_keys(
    section: LookSection, qtbot: QtBot, chosen: list[tuple[str, object]], key: str
) -> None:
    parameter = PARAMETERS[key]
    handle = slider(section, key)
    assert handle.accessibleName()
    section.show_values({"colour_table": "/a.cube", "lips": 1.0, "face_light": 1.0, key: parameter.low})
    assert handle.value() == 0 and not chosen, "showing emits nothing"
    qtbot.keyClick(handle, Key.Key_Right)
    assert chosen == [(key, pytest.approx(parameter.low + parameter.step))]
    qtbot.keyClick(handle, Key.Key_End)
    assert chosen[-1] == (key, parameter.high)
    for reset in (Key.Key_Delete, Key.Key_Backspace):
        qtbot.keyClick(handle, Key.Key_Home)
        qtbot.keyClick(handle, reset)
        assert chosen[-1] == (key, parameter.default)


def test_double_click_resets_a_slider_once(
    section: LookSection, qtbot: QtBot, chosen: list[tuple[str, object]]
) -> None:
    section.show_values({"exposure": 0.5, "person_light": 0.8})
    for key in ("exposure", "person_light"):
        qtbot.mouseDClick(slider(section, key), Qt.MouseButton.LeftButton, pos=QPoint(5, 12))
        assert chosen == [(key, 0.0)]
        chosen.clear()
    assert slider(section, "exposure").value() == slider(section, "exposure").maximum() // 2


def test_readings_have_a_sign_around_the_middle(section: LookSection) -> None:
    section.show_values({"exposure": -0.3, "vignette": 0.25})
    for key, reading in (("exposure", "-30 %"), ("vignette", "25 %"), ("warmth", "0 %")):
        control = section.controls[key]
        assert isinstance(control, SliderControl) and control._reading.text() == reading


def test_tile_of_the_preset_in_use_is_checked_and_none_for_own_values(section: LookSection) -> None:
    tiles = section.gallery.tiles
    assert list(tiles) == ["", *PRESETS]
    for title, values in {"": {}, **PRESETS}.items():
        section.show_values({**values})
        assert [name for name, tile in tiles.items() if tile.isChecked()] == [title]
    section.show_values({**PRESETS["Meeting"], "exposure": 0.0})
    assert tiles["Meeting"].isChecked(), "a default changes nothing"
    section.show_values({"exposure": 0.35})
    assert not any(tile.isChecked() for tile in tiles.values())
    stops = [name for name, tile in tiles.items() if tile.focusPolicy() == Qt.FocusPolicy.StrongFocus]
    assert stops == [""], "Tab reaches one tile"


def test_preset_is_chosen_by_click_and_by_space(
    section: LookSection, qtbot: QtBot, chosen: list[tuple[str, object]]
) -> None:
    tiles = section.gallery.tiles
    qtbot.mouseClick(tiles["Dark room"], Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    qtbot.keyClick(tiles[""], Key.Key_Space)
    assert chosen == [("preset", "Dark room"), ("preset", "")]
    assert not tiles["Dark room"].isChecked(), "it is only a wish"


def test_colour_table_is_chosen_in_a_dialog_and_removed(
    section: LookSection, qtbot: QtBot, chosen: list[tuple[str, object]]
) -> None:
    control = section.controls["colour_table"]
    assert isinstance(control, FileControl) and not control.remove.isEnabled()
    qtbot.mouseClick(control.choose, Qt.MouseButton.LeftButton)
    dialog = child(control, QFileDialog)
    dialog.fileSelected.emit("/films/warm & soft.cube")
    dialog.close()
    assert chosen == [("colour_table", "/films/warm & soft.cube")]
    section.show_values({"colour_table": "/films/warm & soft.cube"})
    assert control.choose.full == "warm & soft.cube"
    assert section.controls["table_strength"].isEnabled()
    qtbot.keyClick(control.remove, Key.Key_Space)
    assert chosen[-1] == ("colour_table", "")
