"""The letters that reach a control with Alt: the texts mark most of them, the effects get what is left."""

from __future__ import annotations

import re

from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

_MARKED = re.compile(r"(?<!&)(?:&&)*&(\w)")


def letter_of(text: str) -> str:
    """The letter that a text marks with '&', in lower case; '' if it marks none."""
    marked = _MARKED.search(text)
    return marked[1].lower() if marked else ""


def letters_in(window: QWidget) -> set[str]:
    """The letters that the texts of a window's buttons and labels mark, in lower case; hidden ones too."""
    texts = [button.text() for button in window.findChildren(QAbstractButton)]
    texts += [label.text() for label in window.findChildren(QLabel) if label.buddy()]
    return {letter_of(text) for text in texts} - {""}


def with_mnemonics(titles: list[str], taken: set[str]) -> list[str]:
    """The titles, each with '&' before its first letter that no earlier title and not `taken` uses."""
    used = set(taken)
    marked = []
    for title in titles:
        text = title.replace("&", "&&")
        place = next(
            (i for i, c in enumerate(text) if c.isascii() and c.isalnum() and c.lower() not in used), None
        )
        if place is None:
            marked.append(text)
            continue
        used.add(text[place].lower())
        marked.append(f"{text[:place]}&{text[place:]}")
    return marked
