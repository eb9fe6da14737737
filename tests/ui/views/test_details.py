"""The advanced settings and the chart behind the status line."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QCheckBox, QPushButton, QSlider

from app.engine.core.errors import Message
from app.engine.core.settings import MatteSettings, NetworkSettings, Settings
from app.engine.core.types import Stats
from app.ui.i18n.labels import FIELD_TITLES
from app.ui.views.settings_form import ADVANCED, PICTURE
from app.ui.views.stage_chart import StageChart
from app.ui.widgets.basic import Chooser

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ui.desk import Desk


def test_collapsible_expands_and_collapses(desk: Desk) -> None:
    window = desk.open()
    advanced = window.panel.advanced
    assert not advanced.body.isVisibleTo(window)
    desk.qtbot.keyClick(advanced.heading, Qt.Key.Key_Space)
    assert advanced.body.isVisibleTo(window)
    desk.qtbot.mouseClick(advanced.heading, Qt.MouseButton.LeftButton)
    assert not advanced.body.isVisibleTo(window)


def test_each_field_has_a_control_and_a_title(desk: Desk) -> None:
    panel = desk.open().panel
    controls = {**panel.picture.controls, **panel.advanced.controls}
    for part, elsewhere in {**PICTURE, **ADVANCED}.items():
        for field in getattr(Settings(), part).__struct_fields__:
            if field not in elsewhere:
                assert (part, field) in controls
                assert field in FIELD_TITLES


def test_adjustments_reach_engine(desk: Desk) -> None:
    window = desk.open()
    picture = window.panel.picture
    picture.heading.click()
    zoom, turn = picture.controls["adjustments", "zoom"], picture.controls["adjustments", "rotation"]
    assert isinstance(zoom, QSlider) and isinstance(turn, Chooser)
    desk.qtbot.keyClick(zoom, Qt.Key.Key_Right)
    assert desk.settings.adjustments.zoom == 1.1
    turn.activated.emit(1)
    assert desk.settings.adjustments.rotation == 90 and turn.currentText() == "90°"
    for field in ("mirror", "auto_frame"):
        check = picture.controls["adjustments", field]
        desk.qtbot.keyClick(check, Qt.Key.Key_Space)
        assert getattr(desk.settings.adjustments, field)
    assert not zoom.isEnabled(), "auto framing replaces zoom"
    assert msgspec.json.decode(msgspec.json.encode(desk.settings), type=Settings) == desk.settings


def test_each_kind_of_control_reaches_the_engine(desk: Desk) -> None:
    chosen = Settings(matte=MatteSettings(steadiness=0.25), network=NetworkSettings(threads=1))
    window = desk.open(chosen)
    advanced = window.panel.advanced
    advanced.heading.click()
    slider = advanced.controls["matte", "steadiness"]
    assert isinstance(slider, QSlider) and slider.value() == 5
    desk.qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert desk.settings.matte.steadiness == 0.3
    threads = advanced.controls["network", "threads"]
    assert isinstance(threads, QSlider)
    desk.qtbot.keyClick(threads, Qt.Key.Key_Right)
    assert desk.settings.network.threads == 2 and isinstance(desk.settings.network.threads, int)
    check = advanced.controls["matte", "follow_edges"]
    assert isinstance(check, QCheckBox) and check.isChecked()
    desk.qtbot.keyClick(check, Qt.Key.Key_Space)
    assert not desk.settings.matte.follow_edges
    chooser = advanced.controls["network", "provider"]
    assert isinstance(chooser, Chooser)
    chooser.activated.emit(1)
    assert desk.settings.network.provider == "cpu"
    # The file accepts every value.
    assert msgspec.convert(msgspec.to_builtins(desk.settings), Settings) == desk.settings
    count = len(desk.engine.settings)
    advanced.show_settings(Settings())
    assert len(desk.engine.settings) == count  # showing emits no signal


def test_the_status_line_opens_the_chart(desk: Desk) -> None:
    window = desk.open()
    stats = Stats(fps=30, latency_ms=20.0, stage_ms={"network": 5.0, "matte": 2.5, "sparkle": 0.5}, drops=3)
    desk.deliver_stats(stats)
    desk.qtbot.mouseClick(window.status, Qt.MouseButton.LeftButton, pos=QPoint(10, 5))
    chart = window.status.chart
    assert chart.isVisible()
    assert chart.rows() == [
        ("Network", "5.0 ms", pytest.approx(5 / 12)),
        ("Matte", "2.5 ms", pytest.approx(2.5 / 12)),
        ("Sparkle", "0.5 ms", pytest.approx(0.5 / 12)),
        ("Waiting", "12.0 ms", 1.0),
        ("Total delay", "20.0 ms", 0.0),
        ("Dropped frames", "3", 0.0),
    ]
    desk.qtbot.keyClick(chart, Qt.Key.Key_Escape)
    assert not chart.isVisible()


def test_chart_bar_lengths_match_times(desk: Desk) -> None:
    chart = StageChart()
    desk.qtbot.addWidget(chart)
    chart.show_stats(Stats(latency_ms=8.0, stage_ms={"network": 8.0, "matte": 2.0}))
    image = chart.grab().toImage()
    accent = [
        sum(
            image.pixelColor(x, round(16 + (row + 0.5) * chart._row_height())).name() == "#3563d9"
            for x in range(360)
        )
        for row in range(3)
    ]
    assert accent[0] > 100 and accent[1] == pytest.approx(accent[0] / 4, abs=3) and accent[2] == 0


def test_snapshot_button_reports_path(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy as np

    monkeypatch.setattr("app.ui.controllers.recording.pictures_folder", lambda: tmp_path / "Pictures")
    window = desk.open()
    button = window.recording_bar.snapshot
    assert isinstance(button, QPushButton)
    button.click()
    assert window.banner.text == "There is no picture to keep while the camera is not shown."
    with desk.qtbot.waitSignal(window._engine_bridge.composite_ready):
        desk.engine.show(np.zeros((36, 64, 3), np.uint8))
    button.click()
    desk.qtbot.waitUntil(lambda: window.banner.text.startswith("Saved to "))
    assert len(list((tmp_path / "Pictures").iterdir())) == 1
    assert window.banner.property("severity") == "notice"


def test_provider_that_cannot_be_used_is_marked_with_its_reason(desk: Desk) -> None:
    window = desk.open(Settings(network=NetworkSettings(provider="cuda")))
    box = window.panel.advanced.controls["network", "provider"]
    assert isinstance(box, Chooser)
    assert [box.itemText(row) for row in range(3)] == ["Automatic", "Processor", "NVIDIA GPU"]
    reason = Message("CUDA cannot be used, so the network runs on the CPU: {reason}.", reason="no driver")
    desk.deliver_stats(Stats(fps=30, network="Net", provider="CPU", notice=reason))
    assert box.currentText() == "NVIDIA GPU (not in use)" and box.toolTip() == reason
    assert window.banner.text == reason
    window.banner.dismissed.emit()
    desk.deliver_stats(Stats(fps=30, network="Net", provider="CPU", notice=reason))
    assert window.banner.text == ""
    desk.deliver_stats(Stats(fps=30, network="Net", provider="CUDA"))
    assert box.currentText() == "NVIDIA GPU" and box.toolTip() == ""
    assert desk.settings.network.provider == "cuda", "the choice stays for a computer that has it"


def test_threads_end_at_those_of_this_computer(desk: Desk) -> None:
    slider = desk.open().panel.advanced.controls["network", "threads"]
    assert isinstance(slider, QSlider)
    assert slider.maximum() == max(2, min(16, os.cpu_count() or 1)) - 1


def test_opened_section_is_scrolled_into_view_after_the_time_of_a_double_click(desk: Desk) -> None:
    window = desk.open()
    window.resize(800, 480)
    panel = window.panel
    bar = panel._scroll.verticalScrollBar()
    desk.qtbot.waitUntil(lambda: bar.maximum() > 0)
    panel._scroll.ensureWidgetVisible(panel.picture.heading)
    before = bar.value()
    desk.qtbot.mouseClick(panel.picture.heading, Qt.MouseButton.LeftButton)
    assert bar.value() == before, "a second click must meet the same button"
    desk.qtbot.waitUntil(lambda: bar.value() > before)
    last = panel.picture.controls["adjustments", "brighten"]
    assert not last.visibleRegion().isEmpty()
