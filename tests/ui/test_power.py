"""Off means that the camera is not shown at all, whatever is chosen."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QIcon, QPixmap
from pytestqt.qtbot import QtBot

from app.engine.assets import assets_folder
from app.engine.media import read_image
from app.engine.sources import Source, open_source
from app.engine.types import EffectSettings, Settings, SourceSettings
from app.engine.worker import Engine
from app.settings import Kept
from app.ui.model import Model, off
from app.ui.tray import Tray
from tests.fakes import FakeSession
from tests.ui.desk import Desk

CARD = str(assets_folder() / "off.png")


def test_the_switch(desk: Desk) -> None:
    chosen = Settings(effect=EffectSettings("blur", {"strength": 0.7}))
    window = desk.open(chosen)
    power = window.panel.power
    assert power.isChecked()
    desk.qtbot.mouseClick(power, Qt.MouseButton.LeftButton, pos=QPoint(5, 10))
    assert desk.settings.source.spec == CARD
    assert (desk.settings.effect.name, desk.settings.effect.values["file"]) == ("image", CARD)
    assert window.status.text() == "Off. The camera is closed, and others see a card."
    assert window.panel.gallery.tiles["blur"].isChecked()  # what is chosen stays to be seen
    desk.qtbot.keyClick(power, Qt.Key.Key_Space)
    assert desk.settings == chosen


@pytest.mark.parametrize("effect", ["none", "blur", "colour", "transparent"])
def test_no_choice_made_while_off_opens_the_camera(desk: Desk, effect: str) -> None:
    window = desk.open()
    window.model.switch(False)
    window.model.use_effect_named(effect)
    window.model.use_source("camera:a")
    assert all(s.source.spec == CARD for s in desk.engine.settings[1:])
    assert all(s.effect.values.get("file") == CARD for s in desk.engine.settings[1:])
    window.model.switch(True)
    assert (desk.settings.source.spec, desk.settings.effect.name) == ("camera:a", effect)
    desk.close()


def test_the_engine_shows_the_card_and_nothing_else(qtbot: QtBot) -> None:
    """With a network that takes everything at the left for a person."""
    engine = Engine(off(Settings()), load_session=lambda wanted: FakeSession())
    engine.start()
    try:
        for _ in range(3):
            composite = engine.preview.get(5.0)
        assert not composite.private
        assert np.abs(composite.picture.astype(int) - read_image(Path(CARD))).mean() < 0.5
        assert engine.stats.source == "off.png"
    finally:
        engine.stop()


def test_from_none_to_off_the_last_camera_frame_is_soon_gone(qtbot: QtBot) -> None:
    room = np.full((180, 320, 3), (0, 0, 255), np.uint8)

    class Room(Source):
        title = "Room"

        def read(self) -> np.ndarray:
            time.sleep(0.005)
            return room.copy()

    def opened(settings: SourceSettings) -> object:
        return Room() if settings.spec == "room" else open_source(settings)

    shown = Settings(source=SourceSettings("room"), effect=EffectSettings("blur"))
    engine = Engine(shown, open_source=opened, load_session=lambda wanted: FakeSession())
    engine.start()
    try:
        qtbot.waitUntil(lambda: (c := engine.preview.get(1.0)) is not None and not c.private)
        engine.update(off(shown))
        qtbot.waitUntil(lambda: engine.stats.source == "off.png", timeout=3000)
        for _ in range(2):
            engine.preview.get(1.0)
        for _ in range(5):
            composite = engine.preview.get(1.0)
            if composite is not None:
                assert not (composite.picture == (0, 0, 255)).all(axis=2).any()
    finally:
        engine.stop()


@pytest.fixture
def tray(qtbot: QtBot) -> Tray:
    pixmap = QPixmap(32, 32)
    pixmap.fill(Qt.GlobalColor.blue)
    return Tray(Model(Kept()), QIcon(pixmap))


def test_the_tray_shows_and_changes_what_is_chosen(tray: Tray) -> None:
    model = tray._model
    assert tray.power.isChecked() and tray.effects["blur"].isChecked()
    assert not tray.effects["image"].isEnabled()  # there is no picture yet
    coloured = tray.icon.icon().pixmap(32).toImage()
    tray.power.trigger()
    assert not model.is_on
    assert tray.icon.icon().pixmap(32).toImage() != coloured
    assert tray.icon.toolTip() == "Backdrop is off"
    tray.effects["none"].trigger()
    assert model.settings.effect.name == "none" and not model.is_on
    model.use_effect(EffectSettings("image", {"file": "/a.png"}))
    assert tray.effects["image"].isChecked() and tray.effects["image"].isEnabled()


def test_the_tray_opens_and_quits(tray: Tray, qtbot: QtBot) -> None:
    names = {action.text(): action for action in tray.menu.actions()}
    with qtbot.waitSignal(tray.show_wanted):
        names["Open Backdrop"].trigger()
    with qtbot.waitSignal(tray.quit_wanted):
        names["Quit"].trigger()


def test_closing_to_the_tray(desk: Desk) -> None:
    window = desk.open()
    assert not window.panel.closing_to_tray.isVisible()  # where there is none
    window.has_tray = True
    window.show_choices()
    desk.qtbot.mouseClick(
        window.panel.closing_to_tray,
        Qt.MouseButton.LeftButton,
        pos=QPoint(8, window.panel.closing_to_tray.height() // 2),
    )
    assert window.model.kept.window.closes_to_tray
    window.close()
    assert not window.isVisible() and not desk.engine.is_stopped
    window.come_forward()
    assert window.isVisible()
    with desk.qtbot.waitSignal(window.closed):
        window.end()
    assert desk.engine.is_stopped
