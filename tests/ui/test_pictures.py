"""The user's own pictures: good ones are used, broken ones are one sentence and lose nothing."""

from __future__ import annotations

import warnings
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from app.engine.types import EffectSettings, Settings
from app.ui.main_window import Window
from tests.ui.desk import Desk


@pytest.fixture
def beach(tmp_path: Path) -> Path:
    path = tmp_path / "beach.png"
    cv2.imwrite(str(path), np.full((90, 160, 3), (200, 120, 20), np.uint8))
    return path


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "broken.png"
    path.write_text("not a picture")
    return path


def drop(window: Window, *urls: QUrl) -> None:
    data = QMimeData()
    data.setUrls(list(urls))
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    with warnings.catch_warnings():
        # PySide6 6.12 has another constructor, which those for older Pythons lack.
        warnings.simplefilter("ignore", DeprecationWarning)
        enter = QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, data, left, none)
    QApplication.sendEvent(window, enter)
    if enter.isAccepted():
        event = QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, left, none)
        QApplication.sendEvent(window, event)


def test_image_waits_for_a_picture(desk: Desk, beach: Path) -> None:
    window = desk.open()
    desk.click_tile("image")
    assert desk.engine.settings == [Settings()]  # the blur stays until there is a picture
    assert window.panel.pages["image"].isVisible()
    window.panel.pages["image"].controls["file"].value_changed.emit("file", str(beach))
    desk.qtbot.waitUntil(lambda: len(desk.engine.settings) == 2)
    assert desk.settings.effect == EffectSettings("image", {"file": str(beach)})
    tile = window.panel.gallery.tiles["image"]
    desk.qtbot.waitUntil(lambda: tile.picture is not None)
    assert tile.picture.pixelColor(5, 5).getRgb() == (20, 120, 200, 255)


def test_a_broken_picture_is_one_sentence_and_loses_nothing(desk: Desk, beach: Path, broken: Path) -> None:
    good = EffectSettings("image", {"file": str(beach)})
    window = desk.open(Settings(effect=good))
    for path, sentence in (
        (broken, f"'{broken}' is not a picture that Backdrop can read."),
        (broken.with_name("gone.png"), f"There is no file '{broken.with_name('gone.png')}'."),
    ):
        window.panel.pages["image"].controls["file"].value_changed.emit("file", str(path))
        desk.qtbot.waitUntil(lambda sentence=sentence: window.banner.text == sentence)
        assert window.banner.property("severity") == "warning"
    assert desk.engine.settings == [Settings(effect=good)]
    assert window.panel.pages["image"].controls["file"].name.text() == "beach.png"
    desk.click_tile("none")
    assert window.banner.text == ""
    assert desk.settings.effect.name == "none"


def test_a_broken_picture_as_the_first_goes_back_to_the_effect_before(desk: Desk, broken: Path) -> None:
    window = desk.open()
    desk.click_tile("image")
    window.panel.pages["image"].controls["file"].value_changed.emit("file", str(broken))
    desk.qtbot.waitUntil(lambda: bool(window.banner.text))
    assert window.panel.gallery.tiles["blur"].isChecked()
    assert window.panel.pages["blur"].isVisible()
    assert desk.engine.settings == [Settings()]


def test_the_last_picture_chosen_wins(desk: Desk, beach: Path, broken: Path) -> None:
    window = desk.open()
    window._try_effect(EffectSettings("image", {"file": str(broken)}))
    window._try_effect(EffectSettings("image", {"file": str(beach)}))
    desk.qtbot.waitUntil(lambda: len(desk.engine.settings) == 2)
    desk.qtbot.wait(20)
    assert window.banner.text == ""
    assert desk.settings.effect.values["file"] == str(beach)


def test_a_picture_dropped_on_the_window(desk: Desk, beach: Path) -> None:
    window = desk.open()
    drop(window, QUrl("https://example.org/a.png"), QUrl.fromLocalFile(str(beach)))
    desk.qtbot.waitUntil(lambda: len(desk.engine.settings) == 2)
    assert desk.settings.effect == EffectSettings("image", {"file": str(beach)})
    assert window.panel.gallery.tiles["image"].isChecked()
    assert window.preview._hint == ""


def test_a_link_dropped_on_the_window_is_not_taken(desk: Desk) -> None:
    window = desk.open()
    drop(window, QUrl("https://example.org/a.png"))
    assert window.preview._hint == ""
    assert desk.engine.settings == [Settings()]


def test_a_picture_that_has_gone_leaves_the_way_to_another(desk: Desk, beach: Path) -> None:
    values: dict[str, float | str] = {"file": str(beach.with_name("gone.png"))}
    window = desk.open(Settings(effect=EffectSettings("blur", values)))
    desk.click_tile("image")
    desk.qtbot.waitUntil(lambda: window.banner.text.startswith("There is no file "))
    assert window.panel.pages["image"].isVisible()
    assert desk.engine.settings == [Settings(effect=EffectSettings("blur", values))]
    window.panel.pages["image"].controls["file"].value_changed.emit("file", str(beach))
    desk.qtbot.waitUntil(lambda: len(desk.engine.settings) == 2)
    assert desk.settings.effect == EffectSettings("image", {"file": str(beach)})


def test_who_moves_on_is_not_called_back(desk: Desk, beach: Path) -> None:
    desk.open()
    desk.window._try_effect(EffectSettings("image", {"file": str(beach)}))
    desk.click_tile("none")
    desk.qtbot.wait(50)
    assert desk.settings.effect.name == "none"
