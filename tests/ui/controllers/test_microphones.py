"""The microphone of recordings: asked once, chosen from a list, seen on a meter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox

from app.settings import load_stored
from app.ui.widgets.level_meter import LevelMeter

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tests.ui.desk import Desk


@pytest.fixture(autouse=True)
def videos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.ui.controllers.recording.videos_folder", lambda: tmp_path / "Videos")


def questions() -> list[QMessageBox]:
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, QMessageBox) and w.isVisible()]


def answer(desk: Desk, text: str) -> None:
    """Press Record and answer the question."""
    desk.window.recording_bar.record.click()
    desk.qtbot.waitUntil(lambda: len(questions()) == 1)
    (box,) = questions()
    next(button for button in box.buttons() if button.text() == text).click()
    desk.qtbot.waitUntil(lambda: not questions())


def record_and_stop(desk: Desk) -> None:
    if not desk.settings.output.recording:
        desk.window.recording_bar.record.click()
    desk.qtbot.waitUntil(lambda: bool(desk.settings.output.recording))
    assert not questions()
    desk.window.recording_bar.record.click()
    assert not desk.settings.output.recording


@pytest.mark.parametrize(("text", "has_sound"), [("With microphone", True), ("Without microphone", False)])
def test_first_recording_asks_about_the_microphone_and_the_answer_is_kept(
    desk: Desk, text: str, has_sound: bool
) -> None:
    desk.microphones = ["Desk microphone"]
    desk.open()
    answer(desk, text)
    record_and_stop(desk)
    record_and_stop(desk)
    assert desk.settings.output.record_microphone is has_sound
    desk.close()
    kept = load_stored(desk.path)
    desk.open(kept)
    record_and_stop(desk)
    assert desk.settings.output.record_microphone is has_sound
    desk.close()


def test_recording_that_is_cancelled_does_not_begin_and_is_asked_about_again(desk: Desk) -> None:
    desk.microphones = ["Desk microphone"]
    window = desk.open()
    answer(desk, "Cancel")
    assert not window.recording_bar.record.isChecked()
    assert not window.model.recording
    answer(desk, "Without microphone")
    record_and_stop(desk)


def test_recording_without_any_microphone_is_not_asked_about(desk: Desk) -> None:
    window = desk.open()
    record_and_stop(desk)
    assert not window.model.stored.window.is_asked_about_microphone


def test_choice_under_advanced_answers_the_question(desk: Desk) -> None:
    desk.microphones = ["Desk microphone"]
    window = desk.open()
    check = window.panel.advanced.controls["output", "record_microphone"]
    window.panel.advanced.heading.click()
    for _ in range(2):
        desk.qtbot.mouseClick(check, Qt.MouseButton.LeftButton)
    assert not desk.settings.output.record_microphone
    record_and_stop(desk)


def test_microphone_is_chosen_from_a_list_that_is_filled_when_it_opens(desk: Desk) -> None:
    desk.microphones = ["Desk microphone", "Headset"]
    window = desk.open()
    chooser = window.panel.microphone.chooser
    assert not chooser.isEnabled(), "recordings have no sound"
    window.model.use_field("output", "record_microphone", True)
    assert chooser.isEnabled()
    assert chooser.currentText() == "The system's microphone"
    chooser.opened.emit()
    desk.qtbot.waitUntil(lambda: chooser.count() == 3)
    chooser.chosen.emit("Headset")
    assert desk.settings.output.microphone == "Headset"
    assert chooser.currentText() == "Headset"


def test_meter_beside_record_is_there_while_a_microphone_is_on(desk: Desk) -> None:
    window = desk.open()
    meter = window.recording_bar.meter
    show(desk, None)
    assert not meter.isVisible()
    place = window.recording_bar.record.pos()
    show(desk, 0.1)
    assert meter.isVisible()
    assert meter.share == pytest.approx(1 - 20 / 60)
    assert meter.accessibleName() == "Level of the microphone: 67 %"
    assert window.recording_bar.record.pos() == place, "nothing moves"
    show(desk, None)
    assert not meter.isVisible()


def show(desk: Desk, level: float | None) -> None:
    desk.engine.sound_level = level
    with desk.qtbot.waitSignal(desk.window._engine_bridge.composite_ready):
        desk.engine.show(np.zeros((90, 160, 3), np.uint8))


@pytest.mark.parametrize(("level", "share"), [(0.0, 0.0), (0.001, 0.0), (1.0, 1.0), (2.0, 1.0)])
def test_meter_is_filled_by_decibels(qtbot: QtBot, level: float, share: float) -> None:
    meter = LevelMeter("Level")
    qtbot.addWidget(meter)
    meter.resize(8, 30)
    meter.show_level(0.5)
    meter.show_level(level)
    assert meter.share == pytest.approx(share)
    meter.grab()
