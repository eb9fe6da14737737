"""The section "Presenter", with a control for each described parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.engine.pipeline.presenter.geometry import BUBBLES, FULL
from app.engine.pipeline.presenter.presenter import PARTS
from app.ui.i18n.labels import presenter_label
from app.ui.views.presenter.controls import CONTROLS
from app.ui.views.presenter.screen_chooser import ScreenChooser
from app.ui.views.presenter.slide_controls import SlideControls
from app.ui.widgets.basic import heading, quiet
from app.ui.widgets.collapsible import Collapsible

if TYPE_CHECKING:
    from app.engine.core.settings import PresenterSettings
    from app.ui.views.backgrounds.effect_form import Control

_ONLY_PLACED = ("size", "x", "y")


class PresenterSection(Collapsible):
    """Shows the values and emits the user's choices; it changes nothing itself."""

    value_changed = Signal(str, str, object)
    """The part (a field of `PresenterSettings`), the key of the parameter and its new value."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.controls: dict[tuple[str, str], Control] = {}
        self.slides = SlideControls(self.body)
        self.column.addWidget(heading(self.tr("Slides"), self.body))
        self.column.addWidget(self.slides)
        self.screen_chooser = ScreenChooser(self.body)
        self.column.addWidget(heading(self.tr("Screen or window behind me"), self.body))
        self.column.addWidget(self.screen_chooser)
        self.column.addWidget(heading(self.tr("Where I stand"), self.body))
        self._add("place", self.column, self.body)
        hint = quiet(QLabel(self.tr("Drag yourself in the preview; the wheel changes the size."), self.body))
        hint.setWordWrap(True)
        self.column.addWidget(hint)
        self.tag, self.logo = (
            Collapsible(self.tr("Name tag"), self.body),
            Collapsible(self.tr("Logo"), self.body),
        )
        for part, fold in (("tag", self.tag), ("logo", self.logo)):
            self._add(part, fold.column, fold.body)
            self.column.addWidget(fold)

    def _add(self, part: str, column: QVBoxLayout, body: QWidget) -> None:
        for parameter in PARTS[part]:
            control = CONTROLS[parameter.kind](parameter, body, presenter_label(parameter.label))
            self.controls[part, parameter.key] = control
            column.addWidget(control)
            control.value_changed.connect(
                lambda key, value, part=part: self.value_changed.emit(part, key, value)
            )

    def show_values(self, settings: PresenterSettings) -> None:
        """Show the values, and the defaults of those that are missing. Emits no signal."""
        for (part, key), control in self.controls.items():
            control.show_value(getattr(settings, part).get(key, control.parameter.default))
        shape = settings.place.get("shape", FULL)
        for key in _ONLY_PLACED:
            self.controls["place", key].setEnabled(shape != FULL)
        self.controls["place", "fill"].setVisible(shape in BUBBLES)
