"""Presenting in the window: slides turned by keys, clicks and buttons; the person dragged and sized."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QFileDialog

from app.engine.core.settings import EffectSettings, PresenterSettings, Settings
from app.engine.core.types import Stats
from tests.pdfs import RED, write_pdf
from tests.ui.desk import child

if TYPE_CHECKING:
    from pathlib import Path

    from app.ui.main_window import Window
    from tests.ui.desk import Desk

SLIDES = EffectSettings("slides", {"slides": "/talks/talk.pdf", "page": 2.0})
Left, Right = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


def opened(desk: Desk, effect: EffectSettings = SLIDES, **place: float | str) -> Window:
    window = desk.open(Settings(effect=effect, presenter=PresenterSettings(place)))
    window.resize(900, 600)
    window.preview.show_picture(np.zeros((360, 640, 3), np.uint8))
    desk.deliver_stats(Stats(pages=5))
    return window


def page(desk: Desk) -> float | str:
    return desk.settings.effect.values["page"]


def at(window: Window, x: float, y: float) -> QPoint:
    """A place in the preview's picture, as shares of its width and height."""
    area = window.preview.picture_area()
    return QPoint(area.left() + round(x * area.width()), area.top() + round(y * area.height()))


def place(desk: Desk) -> dict[str, float | str]:
    return desk.settings.presenter.place


def test_page_down_and_page_up_turn_pages_in_both_windows(desk: Desk) -> None:
    window = opened(desk)
    window.activateWindow()
    for key, wanted in ((Qt.Key.Key_PageDown, 3), (Qt.Key.Key_PageDown, 4), (Qt.Key.Key_PageUp, 3)):
        desk.qtbot.keyClick(window, key)
        assert page(desk) == wanted
    window.clean.show()
    window.clean.activateWindow()
    desk.qtbot.keyClick(window.clean, Qt.Key.Key_PageDown)
    assert page(desk) == 4


def test_page_keys_do_nothing_without_slides(desk: Desk) -> None:
    window = opened(desk, EffectSettings("blur", dict(SLIDES.values)))
    desk.qtbot.keyClick(window, Qt.Key.Key_PageDown)
    desk.qtbot.mouseClick(window.preview, Left)
    assert page(desk) == 2 and len(desk.engine.settings) == 1


def test_clicks_on_preview_and_clean_window_turn_pages(desk: Desk) -> None:
    window = opened(desk)
    window.clean.show()
    for widget in (window.preview, window.clean):
        desk.qtbot.mouseClick(widget, Left)
        assert page(desk) == 3
        desk.qtbot.mouseClick(widget, Right)
        assert page(desk) == 2
    assert not window._before_after.is_held and not desk.engine.is_compared


def test_buttons_turn_pages_and_say_which_is_shown(desk: Desk) -> None:
    slides = opened(desk).panel.presenter.slides
    assert slides.page.text() == "Page 2 of 5" and slides.title.full == "talk.pdf"
    slides.next.click()
    assert page(desk) == 3 and slides.page.text() == "Page 3 of 5"
    slides.previous.click()
    assert page(desk) == 2 and not slides.again.isEnabled()


def test_pages_stop_at_the_first_and_the_last(desk: Desk) -> None:
    window = opened(desk)
    for by, wanted in ((-1, 1), (-1, 1), (9, 5), (1, 5)):
        window.slides.turn(by)
        assert page(desk) == wanted


def test_slides_are_chosen_in_the_dialog_and_shown_again(desk: Desk, tmp_path: Path) -> None:
    window = opened(desk, EffectSettings("blur"))
    slides = window.panel.presenter.slides
    assert not slides.next.isEnabled() and not slides.again.isEnabled()
    talk = write_pdf(tmp_path / "my talk.pdf", (RED, RED))
    slides.pdf.click()
    child(slides, QFileDialog).fileSelected.emit(str(talk))
    desk.qtbot.waitUntil(lambda: desk.settings.effect.name == "slides")
    assert desk.settings.effect.values["slides"] == str(talk) and page(desk) == 1
    window.slides.turn(1)
    window.model.use_effect_named("blur")
    slides.again.click()
    desk.qtbot.waitUntil(lambda: desk.settings.effect.name == "slides")
    assert page(desk) == 2


def test_file_that_is_no_slides_is_refused_and_told(desk: Desk, tmp_path: Path) -> None:
    window = opened(desk, EffectSettings("blur"))
    (tmp_path / "notes.pdf").write_text("hello")
    window.slides.choose(tmp_path / "notes.pdf")
    desk.qtbot.waitUntil(lambda: "notes.pdf" in window.banner.text)
    assert desk.settings.effect.name == "blur"


def test_person_is_dragged_and_snaps_to_the_corner(desk: Desk) -> None:
    window = opened(desk, EffectSettings("colour"), shape="placed", size=0.5, x=0.5, y=0.5)
    preview = window.preview
    desk.qtbot.mousePress(preview, Left, pos=at(window, 0.5, 0.5))
    assert not window._before_after.is_held
    desk.qtbot.mouseMove(preview, at(window, 0.6, 0.6))
    desk.qtbot.waitUntil(lambda: place(desk)["x"] != 0.5)
    assert abs(float(place(desk)["x"]) - 0.6) < 0.02
    desk.qtbot.mouseMove(preview, at(window, 0.74, 0.74))
    desk.qtbot.mouseRelease(preview, Left, pos=at(window, 0.74, 0.74))
    assert abs(float(place(desk)["x"]) - 0.75) < 0.005 and abs(float(place(desk)["y"]) - 0.75) < 0.005
    assert place(desk)["shape"] == "placed"


def test_press_beside_the_person_moves_nothing(desk: Desk) -> None:
    window = opened(desk, EffectSettings("colour"), shape="circle", size=0.3, x=0.8, y=0.7)
    desk.qtbot.mousePress(window.preview, Left, pos=at(window, 0.2, 0.2))
    desk.qtbot.mouseMove(window.preview, at(window, 0.4, 0.4))
    desk.qtbot.mouseRelease(window.preview, Left, pos=at(window, 0.4, 0.4))
    assert len(desk.engine.settings) == 1


def test_drag_of_the_person_turns_no_page_but_a_click_does(desk: Desk) -> None:
    window = opened(desk, shape="placed", size=0.5, x=0.5, y=0.5)
    desk.qtbot.mousePress(window.preview, Left, pos=at(window, 0.5, 0.5))
    desk.qtbot.mouseMove(window.preview, at(window, 0.6, 0.55))
    desk.qtbot.mouseRelease(window.preview, Left, pos=at(window, 0.6, 0.55))
    assert page(desk) == 2
    desk.qtbot.mouseClick(window.preview, Left, pos=at(window, 0.6, 0.55))
    assert page(desk) == 3


@pytest.mark.parametrize(("notches", "size"), [(1, 0.54), (-1, 0.46), (100, 1.0), (-100, 0.15)])
def test_wheel_changes_the_size_within_its_range(desk: Desk, notches: int, size: float) -> None:
    window = opened(desk, EffectSettings("colour"), shape="placed", size=0.5, x=0.5, y=0.5)
    turn(window, notches)
    desk.qtbot.waitUntil(lambda: len(desk.engine.settings) > 1)
    assert place(desk)["size"] == pytest.approx(size)


def turn(window: Window, notches: int) -> None:
    middle = QPointF(at(window, 0.5, 0.5))
    event = QWheelEvent(
        middle,
        QPointF(window.preview.mapToGlobal(middle.toPoint())),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(window.preview, event)


def test_full_picture_is_not_dragged_and_compares(desk: Desk) -> None:
    window = opened(desk, EffectSettings("colour"))
    desk.qtbot.mousePress(window.preview, Left)
    assert window._before_after.is_held
    desk.qtbot.mouseRelease(window.preview, Left)
    turn(window, 3)
    assert len(desk.engine.settings) == 1
    assert window.preview.cursor().shape() == Qt.CursorShape.ArrowCursor
