"""A field to search in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class SearchField(QLineEdit):
    """A field whose title is shown while it is empty, with a button that empties it."""

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setPlaceholderText(title)
        self.setAccessibleName(title)
        self.setClearButtonEnabled(True)
