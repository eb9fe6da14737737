"""The letters that reach a control with Alt."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QAbstractButton, QLabel, QPushButton, QWidget

from app.ui.widgets.mnemonics import letter_of, letters_in, with_mnemonics

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.ui.desk import Desk


def test_each_title_gets_a_free_letter() -> None:
    assert with_mnemonics(["None", "Blur", "Noon", "B"], set()) == ["&None", "&Blur", "N&oon", "B"]
    assert with_mnemonics(["Salt & pepper"], {"s"}) == ["S&alt && pepper"]


def test_marked_letters_of_buttons_and_labels_are_found(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    button, label = QPushButton("S&alt && pepper", window), QLabel("&Camera", window)
    label.setBuddy(button)
    QLabel("&plain text", window)
    QPushButton("摄像头(&Q)", window)
    assert letters_in(window) == {"a", "c", "q"}


def test_no_two_controls_of_the_window_share_a_letter(desk: Desk) -> None:
    window = desk.open()
    assert letter_of(window.panel.gallery.tiles["none"].text()) == "n"
    # Only one page of an effect is visible at a time.
    on_pages = {control for page in window.panel.pages.values() for control in page.findChildren(QWidget)}
    buttons = [b for b in window.findChildren(QAbstractButton) if b not in on_pages]
    labels = [label for label in window.findChildren(QLabel) if label.buddy() and label not in on_pages]
    texts = [button.text() for button in buttons] + [label.text() for label in labels]
    letters = Counter(letter_of(text) for text in texts)
    assert [letter for letter, count in letters.items() if letter and count > 1] == []
