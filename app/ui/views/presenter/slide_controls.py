"""The controls of the slides: which ones, and which page."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.ui.widgets.basic import ElidedLabel, make_arrow_group, quiet


class SlideControls(QWidget):
    """Emits the user's wishes; it changes nothing itself."""

    slides_chosen = Signal(object)
    """The path of a PDF or a folder."""
    showing_wanted = Signal()
    """The slides chosen before are to be the background again."""
    turn_wanted = Signal(int)
    """How many pages on, or back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        make_arrow_group(self)
        self.pdf = QPushButton(self.tr("PDF…"), self)
        self.pdf.setAccessibleName(self.tr("Choose a PDF as slides"))
        self.folder = QPushButton(self.tr("Folder…"), self)
        self.folder.setAccessibleName(self.tr("Choose a folder of pictures as slides"))
        self.again = QPushButton(self.tr("Show"), self)
        self.again.setAccessibleName(self.tr("Show the slides again"))
        self.previous = QPushButton("‹", self)
        self.previous.setAccessibleName(self.tr("Previous page"))
        self.previous.setToolTip(self.tr("Previous page (Page Up)"))
        self.next = QPushButton("›", self)
        self.next.setAccessibleName(self.tr("Next page"))
        self.next.setToolTip(self.tr("Next page (Page Down, or a click on the preview)"))
        self.title, self.page = ElidedLabel(self), quiet(QLabel(self))
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self._folder = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        first, second = QHBoxLayout(), QHBoxLayout()
        for button in (self.pdf, self.folder, self.again):
            first.addWidget(button)
        first.addStretch()
        second.addWidget(self.previous)
        second.addWidget(self.page, 1, Qt.AlignmentFlag.AlignCenter)
        second.addWidget(self.next)
        column.addLayout(first)
        column.addWidget(self.title)
        column.addLayout(second)
        self.pdf.clicked.connect(self._on_pdf_clicked)
        self.folder.clicked.connect(self._on_folder_clicked)
        self.again.clicked.connect(self.showing_wanted)
        self.previous.clicked.connect(lambda: self.turn_wanted.emit(-1))
        self.next.clicked.connect(lambda: self.turn_wanted.emit(1))

    def show_slides(self, path: str, page: int, pages: int, are_shown: bool) -> None:
        """Show which slides are chosen, and the page. pages: 0 while that is not known."""
        self._folder = str(Path(path).parent) if path else ""
        self.title.show_text(Path(path).name if path else self.tr("No slides chosen yet"))
        self.again.setEnabled(bool(path) and not are_shown)
        for widget in (self.previous, self.next, self.page):
            widget.setEnabled(are_shown)
        if not are_shown:
            self.page.setText("–")
        elif pages:
            self.page.setText(self.tr("Page {page} of {pages}").format(page=page, pages=pages))
        else:
            self.page.setText(self.tr("Page {page}").format(page=page))

    def _start(self) -> str:
        kind = QStandardPaths.StandardLocation.DocumentsLocation
        return self._folder or QStandardPaths.writableLocation(kind)

    def _on_pdf_clicked(self) -> None:
        dialog = QFileDialog(self, self.tr("Slides"), self._start(), self.tr("PDF files (*.pdf *.PDF)"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._open(dialog)

    def _on_folder_clicked(self) -> None:
        dialog = QFileDialog(self, self.tr("A folder of pictures, one for each page"), self._start())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        self._open(dialog)

    def _open(self, dialog: QFileDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.slides_chosen.emit(Path(path)))
        dialog.open()
