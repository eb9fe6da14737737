"""Every control of the panel, with mouse and keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QColorDialog, QComboBox, QLabel, QSlider

from app.engine.core.settings import EffectSettings, NetworkSettings, OutputSettings, Settings, SourceSettings
from app.engine.core.types import Stats
from app.engine.networks.catalogue import AUTO, LEVELS
from app.engine.pipeline.effects import EFFECTS
from app.ui.models.background_effects import file_keys
from app.ui.models.choices import Choice
from app.ui.views.backgrounds.background_gallery import PictureTile
from app.ui.views.backgrounds.effect_form import ColourControl, SliderControl
from app.ui.views.backgrounds.effect_gallery import EffectTile
from app.ui.views.panel import Panel
from tests.ui.desk import child

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

CAMERAS = [Choice("camera:usb-1", "Studio camera"), Choice("camera:usb-2", "Desk camera")]
NETWORKS = [Choice("bisenet", "BiSeNet"), Choice("mine", "mine", "'mine.onnx' cannot be loaded.")]


class Signals(list[tuple[object, ...]]):
    """The signals of the panel, in order."""


@pytest.fixture
def panel(qtbot: QtBot) -> Panel:
    widget = Panel()
    qtbot.addWidget(widget)
    widget.resize(widget.width(), 700)
    widget.show_settings(Settings())
    widget.camera.show_cameras(CAMERAS)
    widget.network.show_networks(NETWORKS)
    widget.show()
    return widget


@pytest.fixture
def signals(panel: Panel) -> Signals:
    signals = Signals()
    panel.effect_chosen.connect(lambda name: signals.append(("effect", name)))
    panel.value_changed.connect(lambda key, value: signals.append(("value", key, value)))
    panel.source_chosen.connect(lambda spec: signals.append(("source", spec)))
    panel.source_file_wanted.connect(lambda: signals.append(("file",)))
    panel.network_chosen.connect(lambda name: signals.append(("network", name)))
    panel.cameras_wanted.connect(lambda: signals.append(("cameras",)))
    return signals


def pick(qtbot: QtBot, chooser: QComboBox, title: str) -> None:
    """Choose as a user does: open the list, go to the entry, press Enter."""
    chooser.showPopup()
    row = chooser.findText(title)
    assert row >= 0, [chooser.itemText(i) for i in range(chooser.count())]
    view = chooser.view()
    view.setCurrentIndex(chooser.model().index(row, 0))
    qtbot.keyClick(view, Qt.Key.Key_Return)


TILES = [name for name in EFFECTS if not file_keys(name) and name != "screen"]


@pytest.mark.parametrize("name", TILES)
def test_each_effect_has_tile_and_controls(panel: Panel, qtbot: QtBot, signals: Signals, name: str) -> None:
    panel.show_effect("none" if name != "none" else "blur", {})
    tile = panel.gallery.tiles[name]
    qtbot.mouseClick(tile, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    assert signals == [("effect", name)]
    panel.show_effect(name, {})
    for other, page in panel.pages.items():
        assert page.isVisible() == (other == name and bool(EFFECTS[name].parameters))
    assert set(panel.pages[name].controls) == {parameter.key for parameter in EFFECTS[name].parameters}
    assert [t.effect.name for t in panel.gallery.tiles.values() if t.isChecked()] == [name]


def test_showing_values_emits_no_signal(panel: Panel, signals: Signals) -> None:
    values: dict[str, float | str] = {"strength": 0.2, "colour": "#0047bb", "file": "/a/b.png"}
    for name in EFFECTS:
        panel.show_settings(
            Settings(
                effect=EffectSettings(name, values),
                source=SourceSettings("demo"),
                network=NetworkSettings("mine"),
            )
        )
    panel.camera.show_cameras([])
    panel.network.show_networks([])
    assert signals == []


def test_strength(panel: Panel, qtbot: QtBot, signals: Signals) -> None:
    panel.show_effect("blur", {"strength": 0.5})
    control = panel.pages["blur"].controls["strength"]
    assert isinstance(control, SliderControl)
    assert control.slider.value() == 10
    qtbot.keyClick(control.slider, Qt.Key.Key_Right)
    qtbot.keyClick(control.slider, Qt.Key.Key_End)
    qtbot.keyClick(control.slider, Qt.Key.Key_Home)
    assert signals == [("value", "strength", 0.55), ("value", "strength", 1.0), ("value", "strength", 0.0)]
    assert control._reading.text() == "0 %"


def test_out_of_range_value_is_shown_within_range(panel: Panel) -> None:
    control = panel.pages["blur"].controls["strength"]
    assert isinstance(control, SliderControl)
    for value, steps in ((7.0, 20), (-1.0, 0), ("much", 0)):
        control.show_value(value)
        assert control.slider.value() == steps


def test_colour_swatches(panel: Panel, qtbot: QtBot, signals: Signals) -> None:
    panel.show_effect("colour", {"colour": "#00b140"})
    control = panel.pages["colour"].controls["colour"]
    assert isinstance(control, ColourControl)
    assert [s.isChecked() for s in control.swatches] == [True] + [False] * (len(control.swatches) - 1)
    qtbot.mouseClick(control.swatches[1], Qt.MouseButton.LeftButton)
    assert signals == [("value", "colour", control.swatches[1].colour)]
    assert [s.isChecked() for s in control.swatches[:2]] == [False, True]
    qtbot.mouseClick(control.swatches[1], Qt.MouseButton.LeftButton)
    assert control.swatches[1].isChecked()


def test_colour_dialog_changes_and_restores_colour(panel: Panel, qtbot: QtBot, signals: Signals) -> None:
    panel.show_effect("colour", {"colour": "#0047bb"})
    control = panel.pages["colour"].controls["colour"]
    assert isinstance(control, ColourControl)
    qtbot.mouseClick(control.other, Qt.MouseButton.LeftButton)
    dialog = child(control, QColorDialog)
    assert dialog.currentColor() == QColor("#0047bb")
    dialog.setCurrentColor(QColor("#112233"))
    assert signals[-1] == ("value", "colour", "#112233")  # at once, so that the preview follows
    dialog.reject()
    assert signals[-1] == ("value", "colour", "#0047bb")


def test_colour_tile_shows_chosen_colour(panel: Panel) -> None:
    tile = panel.gallery.tiles["colour"]
    spot = QPoint(12, 12)
    panel.show_effect("colour", {"colour": "#ff0000"})
    assert QColor(tile.grab().toImage().pixel(spot)).red() > 200
    panel.show_effect("colour", {"colour": "#0000ff"})
    assert QColor(tile.grab().toImage().pixel(spot)).blue() > 200


def test_the_virtual_camera_is_a_switch(qtbot: QtBot) -> None:
    panel = Panel(offers_virtual_camera=True)
    qtbot.addWidget(panel)
    panel.resize(panel.width(), 700)
    panel.show()
    wanted: list[bool] = []
    panel.virtual_camera.wanted.connect(wanted.append)
    qtbot.mouseClick(panel.virtual_camera.switch, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    qtbot.keyClick(panel.virtual_camera.switch, Qt.Key.Key_Space)
    assert wanted == [True, False]
    panel.show_settings(Settings(output=OutputSettings("/dev/video10")))
    assert panel.virtual_camera.switch.isChecked() and wanted == [True, False], "showing emits no signal"
    other = Panel(offers_virtual_camera=False)
    qtbot.addWidget(other)
    other.show()
    assert not other.virtual_camera.switch.isVisible()


def test_cameras(panel: Panel, qtbot: QtBot, signals: Signals) -> None:
    titles = [panel.camera.itemText(row) for row in range(panel.camera.count())]
    assert titles == ["Automatic", "Studio camera", "Desk camera", "Demo", "Picture or video file…"]
    assert panel.camera.currentText() == "Automatic"
    pick(qtbot, panel.camera, "Desk camera")
    pick(qtbot, panel.camera, "Demo")
    assert signals == [("cameras",), ("source", "camera:usb-2"), ("cameras",), ("source", "demo")]


def test_file_as_source_is_named_in_list(panel: Panel, qtbot: QtBot, signals: Signals) -> None:
    pick(qtbot, panel.camera, "Picture or video file…")
    assert signals == [("cameras",), ("file",)]
    assert panel.camera.currentText() == "Automatic"  # until there is a file
    panel.show_settings(Settings(source=SourceSettings("/films/talk.mp4")))
    assert panel.camera.currentText() == "talk.mp4"
    titles = [panel.camera.itemText(row) for row in range(panel.camera.count())]
    assert titles[-3:] == ["Demo", "talk.mp4", "Picture or video file…"]


@pytest.mark.parametrize(
    "spec", ["rtsp://ann:geheim@cam/live", "http://cam/x?user=ann&pwd=geheim", "https://geheim@cam"]
)
def test_stream_as_source_is_shown_without_password(
    panel: Panel, qtbot: QtBot, signals: Signals, spec: str
) -> None:
    panel.show_settings(Settings(source=SourceSettings(spec)))
    titles = [panel.camera.itemText(index) for index in range(panel.camera.count())]
    assert any("cam/" in title or title.endswith("cam") for title in titles)
    shown = [*titles, panel.camera.toolTip(), panel.camera.accessibleName(), panel.camera.currentText()]
    assert not any("geheim" in text for text in shown)
    assert panel.camera.currentData() == spec or signals == [], "the settings keep the whole address"


def test_missing_camera_keeps_its_name_in_list(panel: Panel) -> None:
    panel.show_settings(Settings(source=SourceSettings("camera:usb-1")))
    assert panel.camera.currentText() == "Studio camera"
    panel.camera.show_cameras([])
    assert panel.camera.currentText() == "usb-1 (not there)"
    panel.camera.show_cameras(CAMERAS)
    assert panel.camera.currentText() == "Studio camera"


def test_camera_plugged_in_while_list_is_open_appears(panel: Panel, qtbot: QtBot) -> None:
    panel.camera.show_cameras([])
    panel.open_cameras()
    panel.camera.show_cameras(CAMERAS)
    assert panel.camera.view().isVisible()
    assert panel.camera.findText("Desk camera") >= 0
    panel.camera.hidePopup()


def test_wheel_scrolls_and_changes_no_value(panel: Panel, qtbot: QtBot, signals: Signals) -> None:
    panel.show_effect("blur", {})
    slider = child(panel.pages["blur"], QSlider)
    for control in (panel.camera, panel.network, slider):
        middle = QPointF(control.rect().center())
        wheel = QWheelEvent(
            middle,
            control.mapToGlobal(middle),
            QPoint(0, -120),
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(control, wheel)
    assert signals == []


def test_networks(panel: Panel, qtbot: QtBot, signals: Signals) -> None:
    assert panel.network.currentText() == "Balanced"
    panel.network.show_networks([*NETWORKS, Choice("wide", "Wide")])
    pick(qtbot, panel.network, "Wide")
    assert signals == [("network", "wide")]
    broken = panel.network.model().index(1, 0)
    assert not broken.flags() & Qt.ItemFlag.ItemIsEnabled
    assert broken.data(Qt.ItemDataRole.ToolTipRole) == "'mine.onnx' cannot be loaded."


def test_auto_network_shows_its_choice(panel: Panel, signals: Signals) -> None:
    levels = [Choice(name, name) for name in (AUTO, *LEVELS.values())]
    panel.network.show_networks([*levels, Choice("mine", "My network")])
    panel.show_settings(Settings(network=NetworkSettings(AUTO)))
    titles = [panel.network.itemText(row) for row in range(panel.network.count())]
    assert titles == ["Auto", "Fastest", "Balanced", "Best", "My network"]
    panel.show_stats(Stats(network_name=LEVELS["best"]))
    assert panel.network.currentText() == "Auto (Best)" and signals == []


def test_missing_network_keeps_its_name_in_list(panel: Panel) -> None:
    panel.show_settings(Settings(network=NetworkSettings("lost")))
    assert panel.network.currentText() == "lost"


def test_every_control_has_name_and_focus(panel: Panel) -> None:
    for name in EFFECTS:
        panel.show_effect(name, {})
        controls = [
            w
            for kind in (QAbstractButton, QComboBox, QSlider)
            for w in panel.findChildren(kind)
            if w.isVisibleTo(panel)
        ]
        assert controls
        for control in controls:
            label = control.text() if isinstance(control, QAbstractButton) else ""
            assert control.accessibleName() or label, control
            # Of the tiles, Tab leads to the checked one, and the arrows from there to the others.
            if not isinstance(control, EffectTile | PictureTile) or control.isChecked():
                assert control.focusPolicy() & Qt.FocusPolicy.TabFocus, control


def test_tab_moves_down_the_panel(panel: Panel, qtbot: QtBot) -> None:
    panel.show_effect("blur", {})
    slider = child(panel.pages["blur"], QSlider)
    switch = panel.virtual_camera.switch
    order = [
        panel.camera,
        *([switch] if switch.isVisible() else []),
        panel.gallery.tiles["blur"],
        slider,
        panel.pictures.add,
        panel.network,
    ]
    panel.activateWindow()
    order[0].setFocus()
    for there in order[1:]:
        qtbot.keyClick(panel.focusWidget(), Qt.Key.Key_Tab)
        assert panel.focusWidget() is there


@pytest.mark.parametrize(
    ("name", "file", "told"),
    [
        ("image", "/nowhere/My garden.jpg", "My garden"),
        ("video", "/nowhere/" + "long " * 30 + ".mp4", "long long"),
        ("none", "", "Others see your room."),
        ("transparent", "", "Black in programs"),
    ],
)
def test_background_without_controls_is_described_in_their_place(
    panel: Panel, name: str, file: str, told: str
) -> None:
    panel.resize(340, 700)
    panel.show()
    panel.show_effect("blur", {})
    QApplication.processEvents()
    place = panel.pictures.mapTo(panel, QPoint(0, 0))
    panel.show_effect(name, {"file": file} if file else {})
    QApplication.processEvents()
    shown = [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]
    assert any(text.startswith(told) for text in shown)
    assert panel.pictures.mapTo(panel, QPoint(0, 0)) == place
