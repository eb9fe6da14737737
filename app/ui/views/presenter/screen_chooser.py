"""The list of screens and windows that can stand behind the user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.engine.screens.screens import SCREEN, WINDOW
from app.ui.models.choices import Choice
from app.ui.widgets.basic import Chooser, quiet
from app.ui.widgets.text import shortened

if TYPE_CHECKING:
    from app.engine.screens.grabber import Target

_TITLE_LETTERS = 60
NONE = ""


class ScreenChooser(QWidget):
    """Emits the user's wishes; it changes nothing itself."""

    chosen = Signal(str)
    """What `Target.spec` says, or '' for none."""
    targets_wanted = Signal()
    """The list is about to open."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chooser = Chooser(self.tr("Screen or window behind me"), self)
        self.problem = quiet(QLabel(self))
        self.problem.setWordWrap(True)
        self.problem.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.chooser)
        column.addWidget(self.problem)
        self._targets: list[Target] = []
        self._spec = NONE
        self.chooser.chosen.connect(self.chosen)
        self.chooser.opened.connect(self.targets_wanted)

    def show_targets(self, targets: list[Target]) -> None:
        """Offer these screens and windows."""
        self._targets = targets
        self.problem.hide()
        self._show()

    def show_problem(self, text: str) -> None:
        """Say why there is nothing to offer."""
        self._targets = []
        self.problem.setText(text)
        self.problem.show()
        self._show()

    def show_spec(self, spec: str) -> None:
        """Show what is behind the user now; '' for no screen and no window."""
        self._spec = spec
        self._show()

    def _show(self) -> None:
        choices = [Choice(NONE, self.tr("Off"))]
        choices += [Choice(target.spec, self._title(target.spec, target.title)) for target in self._targets]
        if all(choice.key != self._spec for choice in choices):
            choices.append(Choice(self._spec, self._title(self._spec, self._spec.partition(":")[2])))
        self.chooser.show_choices(choices, self._spec)

    def _title(self, spec: str, name: str) -> str:
        kind, _, which = spec.partition(":")
        if kind == WINDOW:
            return shortened(name, _TITLE_LETTERS)
        screens = [target for target in self._targets if target.spec.startswith(f"{SCREEN}:")]
        if len(screens) <= 1:
            return self.tr("Whole screen")
        return self.tr("Screen {number} ({name})").format(number=which, name=name)
