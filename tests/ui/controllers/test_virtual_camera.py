"""The switch of the virtual camera tells the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt

from app.engine.core.errors import Message
from app.engine.core.settings import OutputSettings, Settings
from app.engine.core.types import OutputId, Stats

if TYPE_CHECKING:
    from tests.ui.desk import Desk

REASON = Message("No virtual camera was found: {advice}.", advice="load it")
FAILED = Stats(fps=30, message=REASON, output_faults={OutputId("virtual_camera", "auto"): REASON})


def test_failing_virtual_camera_is_switched_off_with_reason(desk: Desk) -> None:
    window = desk.open()
    switch = window.panel.virtual_camera.switch
    desk.qtbot.mouseClick(switch, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    assert switch.isChecked() and desk.settings.output.virtual_camera == "auto"
    desk.deliver_stats(Stats(fps=30))
    desk.deliver_stats(FAILED)
    assert not switch.isChecked() and desk.settings.output.virtual_camera == ""
    desk.deliver_stats(Stats(fps=30))
    assert window.banner.text == REASON, "the reason stays"


def test_fault_of_another_output_switches_nothing_off(desk: Desk) -> None:
    window = desk.open()
    window.model.use_virtual_camera(True)
    desk.deliver_stats(Stats(message=REASON, output_faults={OutputId("recording", "/a.mp4"): REASON}))
    assert window.panel.virtual_camera.switch.isChecked()


def test_virtual_camera_that_fails_later_stays_on(desk: Desk) -> None:
    window = desk.open()
    window.model.use_virtual_camera(True)
    for _ in range(20):
        desk.deliver_stats(Stats(fps=30, outputs=("Backdrop",)))
    desk.deliver_stats(FAILED)
    assert window.panel.virtual_camera.switch.isChecked() and window.banner.text == REASON


def test_stored_choice_of_virtual_camera_survives_its_absence(desk: Desk) -> None:
    window = desk.open(Settings(output=OutputSettings("auto")))
    desk.deliver_stats(FAILED)
    assert window.panel.virtual_camera.switch.isChecked()
    assert desk.settings.output.virtual_camera == "auto", "the device may come after sign-in"
