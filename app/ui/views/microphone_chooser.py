"""The list of microphones for recordings."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.engine.devices.microphones import DEFAULT
from app.ui.models.choices import Choice
from app.ui.widgets.basic import Chooser


class MicrophoneChooser(QWidget):
    """Shows the chosen microphone. The list is filled when it opens: listing asks the sound server."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        label = QLabel(self.tr("Microphone"), self)
        self.chooser = Chooser(label.text(), self)
        label.setBuddy(self.chooser)
        self.chosen, self.opened = self.chooser.chosen, self.chooser.opened
        self._names: list[str] = []
        self._current = DEFAULT
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(label)
        column.addWidget(self.chooser)

    def show_names(self, names: list[str]) -> None:
        """Show these microphones in the list."""
        self._names = names
        self._show()

    def show_current(self, name: str, is_used: bool) -> None:
        """Show which one is chosen, and whether recordings have its sound."""
        self._current = name
        self.setEnabled(is_used)
        self._show()

    def _show(self) -> None:
        choices = [Choice(DEFAULT, self.tr("The system's microphone")), *(Choice(n, n) for n in self._names)]
        self.chooser.show_choices(choices, self._current)
