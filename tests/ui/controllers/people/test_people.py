"""Click a person in the preview to hide or show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.engine.core.settings import EffectSettings, PresenterSettings, Settings
from app.engine.core.types import Outline
from app.ui.views.people_outlines import PeopleOutlines
from tests.ui.desk import child

if TYPE_CHECKING:
    from app.ui.main_window import Window
    from tests.fakes import FakeEngine
    from tests.ui.desk import Desk

PICTURE = np.full((180, 320, 3), 90, np.uint8)


def square(number: int, left: float, right: float, is_shown: bool = True) -> Outline:
    points = [(left, 0.3), (right, 0.3), (right, 0.9), (left, 0.9)]
    return Outline(number, is_shown, (np.array(points, np.float32),))


LEFT, RIGHT = square(4, 0.1, 0.4), square(7, 0.6, 0.9, is_shown=False)


@pytest.fixture
def window(desk: Desk) -> Window:
    return desk.open(Settings())


@pytest.fixture
def engine(window: Window, desk: Desk) -> FakeEngine:
    return desk.engines[0]


def at(window: Window, x: float, y: float = 0.6) -> QPoint:
    area = window.preview.picture_area()
    return area.topLeft() + QPoint(round(x * area.width()), round(y * area.height()))


def see(engine: FakeEngine, *outlines: Outline) -> None:
    engine.people.put(outlines)
    engine.show(PICTURE)
    for _ in range(3):
        QApplication.processEvents()


def point(window: Window, x: float, y: float = 0.6) -> None:
    place = QPointF(at(window, x, y))
    QApplication.sendEvent(window.preview, QEnterEvent(place, place, place))
    QTest.mouseMove(window.preview, place.toPoint())
    QApplication.processEvents()


def test_people_are_looked_for_only_under_the_pointer(window: Window, engine: FakeEngine) -> None:
    assert not engine.are_people_watched
    point(window, 0.5)
    assert engine.are_people_watched
    QApplication.sendEvent(window.preview, _leave())
    assert not engine.are_people_watched and child(window.preview, PeopleOutlines).isHidden()


def _leave() -> object:
    from PySide6.QtCore import QEvent

    return QEvent(QEvent.Type.Leave)


@pytest.mark.parametrize(
    "settings",
    [
        Settings(effect=EffectSettings("none")),
        Settings(presenter=PresenterSettings(place={"shape": "circle"})),
        Settings(is_on=False),
    ],
)
def test_people_are_not_looked_for_where_they_cannot_be_clicked(desk: Desk, settings: Settings) -> None:
    window = desk.open(settings)
    point(window, 0.5)
    assert not desk.engines[0].are_people_watched


def test_click_on_a_person_hides_and_another_shows(window: Window, engine: FakeEngine) -> None:
    point(window, 0.25)
    see(engine, LEFT, RIGHT)
    QTest.mouseClick(window.preview, Qt.MouseButton.LeftButton, pos=at(window, 0.25))
    assert window.model.settings.matte.people == "chosen" and engine.toggled == [4]
    assert engine.settings[-1].matte.people == "chosen"
    point(window, 0.75)
    QTest.mouseClick(window.preview, Qt.MouseButton.LeftButton, pos=at(window, 0.75))
    assert engine.toggled == [4, 7]


def test_click_beside_people_changes_nothing(window: Window, engine: FakeEngine) -> None:
    point(window, 0.5)
    see(engine, LEFT, RIGHT)
    QTest.mouseClick(window.preview, Qt.MouseButton.LeftButton, pos=at(window, 0.5))
    QTest.mousePress(window.preview, Qt.MouseButton.LeftButton, pos=at(window, 0.25))
    QTest.mouseRelease(window.preview, Qt.MouseButton.LeftButton, pos=at(window, 0.5))
    QTest.mouseClick(window.preview, Qt.MouseButton.RightButton, pos=at(window, 0.25))
    assert engine.toggled == [] and window.model.settings.matte.people == "everyone"


def test_press_on_a_person_never_shows_the_camera(window: Window, engine: FakeEngine) -> None:
    point(window, 0.25)
    see(engine, LEFT, RIGHT)
    QTest.mousePress(window.preview, Qt.MouseButton.LeftButton, pos=at(window, 0.25))
    assert not engine.is_compared
    QTest.mouseRelease(window.preview, Qt.MouseButton.LeftButton, pos=at(window, 0.25))
    point(window, 0.5)
    QTest.mousePress(window.preview, Qt.MouseButton.LeftButton, pos=at(window, 0.5))
    assert engine.is_compared
    QTest.mouseRelease(window.preview, Qt.MouseButton.LeftButton, pos=at(window, 0.5))


def test_keyboard_chooses_hides_and_tells(window: Window, engine: FakeEngine) -> None:
    window.preview.setFocus(Qt.FocusReason.TabFocusReason)
    QApplication.processEvents()
    if not window.preview.hasFocus():
        pytest.skip("this platform gives no focus")
    assert engine.are_people_watched
    see(engine, LEFT, RIGHT)
    QTest.keyClick(window.preview, Qt.Key.Key_Right)
    description = window.preview.accessibleDescription
    assert description() == "Person 1 of 2, shown: press Space to hide"
    QTest.keyClick(window.preview, Qt.Key.Key_Space)
    assert engine.toggled == [4] and window.model.settings.matte.people == "chosen"
    see(engine, square(4, 0.1, 0.4, is_shown=False), RIGHT)
    assert description() == "Person 1 of 2, hidden: press Space to show"
    QTest.keyClick(window.preview, Qt.Key.Key_Left)
    assert description().startswith("Person 2 of 2, hidden")
    QTest.keyClick(window.preview, Qt.Key.Key_Return)
    assert engine.toggled == [4, 7]


def test_outline_is_drawn_over_the_preview(window: Window, engine: FakeEngine) -> None:
    point(window, 0.5)
    see(engine, LEFT)
    before = window.preview.grab().toImage()
    see(engine, square(4, 0.1, 0.4, is_shown=False))
    hidden = window.preview.grab().toImage()
    point(window, 0.25)
    see(engine, LEFT)
    pointed = window.preview.grab().toImage()
    edge = at(window, 0.1)
    light = [image.pixelColor(edge).lightness() for image in (before, pointed)]
    assert before != hidden and before != pointed and light[1] > light[0] + 60
