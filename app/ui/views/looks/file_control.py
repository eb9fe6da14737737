"""The control of a parameter that is a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPushButton, QWidget

from app.ui.views.backgrounds.effect_form import Control
from app.ui.widgets.basic import ShortenedText
from app.ui.widgets.text import tool_tip

if TYPE_CHECKING:
    from app.engine.core.parameters import Parameter

_PADDING_PX = 28


class FileButton(ShortenedText, QPushButton):
    """A button with a file's name."""

    margins_px = _PADDING_PX


class FileControl(Control):
    """A file, such as a .cube file: a button that opens a dialog, and one that takes the file away."""

    def __init__(self, parameter: Parameter, parent: QWidget | None = None, title: str | None = None) -> None:
        super().__init__(parameter, parent, title)
        self.choose, self.remove = FileButton(self), QPushButton(self.tr("Remove"), self)
        label = QLabel(self.title, self)
        label.setBuddy(self.choose)
        row = QHBoxLayout()
        row.addWidget(self.choose, 1)
        row.addWidget(self.remove)
        self.column.addWidget(label)
        self.column.addLayout(row)
        self.choose.clicked.connect(self._on_choose_clicked)
        self.remove.clicked.connect(lambda: self.value_changed.emit(self.parameter.key, ""))
        self.show_value("")

    def show_value(self, value: float | str) -> None:
        path = str(value)
        self.choose.show_text(Path(path).name if path else self.wish())
        self.choose.setAccessibleName(f"{self.title}: {self.choose.full}")
        self.choose.setToolTip(tool_tip(path))
        self.remove.setEnabled(bool(path))

    def wish(self) -> str:
        """The text of the button while there is no file."""
        return self.tr("Choose a .cube file…")

    def filter(self) -> str:
        """The files that the dialog offers, in Qt's notation."""
        return self.tr("Colour tables (*.cube *.CUBE)")

    def _on_choose_clicked(self) -> None:
        home = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.HomeLocation)
        dialog = QFileDialog(self, self.title, home, self.filter())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self.value_changed.emit(self.parameter.key, path))
        dialog.open()
