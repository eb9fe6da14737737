"""The section "Presenter": a control for each parameter, which shows and emits its value."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from app.engine.core.settings import PresenterSettings, WhoIsShown
from app.engine.pipeline.presenter.presenter import PARTS
from app.ui.i18n.labels import CHOICE_TITLES, PRESENTER_LABELS
from app.ui.views.presenter.controls import (
    ChoiceControl,
    PictureControl,
    ShareControl,
    SwitchControl,
    TextControl,
)
from app.ui.views.presenter.presenter_section import PresenterSection
from tests.ui.desk import child

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

SETTINGS = PresenterSettings(
    {"shape": "circle", "size": 0.4, "mirror": 1.0, "fill": "#23262d"},
    {"name": "Ada", "shown": 0.0, "corner": "top-left"},
    {"file": "/a/logo.png", "size": 0.2},
)


@pytest.fixture
def section(qtbot: QtBot) -> PresenterSection:
    made = PresenterSection("Presenter")
    qtbot.addWidget(made)
    made.show()
    for fold in (made, made.tag, made.logo):
        fold.heading.click()
    return made


@pytest.fixture
def emitted(section: PresenterSection) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    section.value_changed.connect(lambda *change: found.append(change))
    return found


def test_every_parameter_has_a_control_with_a_translatable_label(section: PresenterSection) -> None:
    assert set(section.controls) == {(part, p.key) for part, ps in PARTS.items() for p in ps}
    parameters = [p for ps in PARTS.values() for p in ps]
    assert {p.label for p in parameters} == set(PRESENTER_LABELS)
    choices = {choice for p in parameters for choice in p.choices}
    assert choices | set(get_args(WhoIsShown)) == set(CHOICE_TITLES)


def test_values_are_shown_and_emit_no_signal(section: PresenterSection, emitted: list[object]) -> None:
    section.show_values(SETTINGS)
    controls = section.controls
    shape, size, mirror = (controls["place", key] for key in ("shape", "size", "mirror"))
    assert isinstance(shape, ChoiceControl) and shape.chooser.currentText() == "In a circle"
    assert isinstance(size, ShareControl) and size._reading.text() == "40 %"
    assert isinstance(mirror, SwitchControl) and mirror.check.isChecked()
    name, logo = controls["tag", "name"], controls["logo", "file"]
    assert isinstance(name, TextControl) and name.edit.text() == "Ada"
    assert isinstance(logo, PictureControl) and logo.choose.full == "logo.png"
    assert emitted == []


def test_typing_keeps_the_cursor_and_emits_each_change(
    section: PresenterSection, emitted: list[object], qtbot: QtBot
) -> None:
    section.show_values(SETTINGS)
    name = section.controls["tag", "name"]
    assert isinstance(name, TextControl)
    name.edit.setCursorPosition(1)
    qtbot.keyClicks(name.edit, "l")
    name.show_value("Alda")
    assert emitted == [("tag", "name", "Alda")] and name.edit.cursorPosition() == 2


def test_choices_switches_and_files_are_emitted(
    section: PresenterSection, emitted: list[object], qtbot: QtBot
) -> None:
    section.show_values(PresenterSettings())
    corner, shown, logo = (
        section.controls[key] for key in (("tag", "corner"), ("tag", "shown"), ("logo", "file"))
    )
    assert isinstance(corner, ChoiceControl) and isinstance(shown, SwitchControl)
    assert isinstance(logo, PictureControl)
    corner.chooser.chosen.emit("top-right")
    shown.check.click()
    logo.choose.click()
    child(logo, QFileDialog).fileSelected.emit("/b.png")
    section.show_values(SETTINGS)
    logo.remove.click()
    wanted = [("tag", "corner", "top-right"), ("tag", "shown", 0.0), ("logo", "file", "/b.png")]
    assert emitted == [*wanted, ("logo", "file", "")]


def test_what_a_shape_does_not_use_is_off(section: PresenterSection) -> None:
    for shape, has_place, has_fill in (
        ("full", False, False),
        ("placed", True, False),
        ("circle", True, True),
    ):
        section.show_values(PresenterSettings({"shape": shape}))
        assert section.controls["place", "x"].isEnabled() == has_place
        assert section.controls["place", "fill"].isVisible() == has_fill
        assert section.controls["place", "shadow"].isEnabled()


def test_every_control_has_a_name_and_is_reached_by_tab(section: PresenterSection) -> None:
    section.show_values(SETTINGS)
    for widget in section.findChildren(QWidget):
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            text = getattr(widget, "text", str)()
            assert widget.accessibleName() or text, widget
