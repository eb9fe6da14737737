"""Controls of parameters that effects do not have: texts, choices, switches, pictures, labelled colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QWidget

from app.engine.media.file_kinds import IMAGE_SUFFIXES
from app.ui.i18n.labels import choice_title
from app.ui.models.choices import Choice
from app.ui.views.backgrounds.effect_form import ColourControl, Control, SliderControl
from app.ui.views.looks.file_control import FileControl
from app.ui.widgets.basic import Chooser

if TYPE_CHECKING:
    from app.engine.core.parameters import Parameter

_LONGEST_CHARACTERS = 120


class ShareControl(SliderControl):
    """A share of the picture, shown as such."""

    def _show_reading(self) -> None:
        percent = format(round(100 * self._value(), 1), "g")
        self._reading.setText(self.tr("{percent} %").format(percent=percent))


class TextControl(Control):
    """One line of text."""

    def __init__(self, parameter: Parameter, parent: QWidget | None = None, title: str | None = None) -> None:
        super().__init__(parameter, parent, title)
        label, self.edit = QLabel(self.title, self), QLineEdit(self)
        self.edit.setAccessibleName(self.title)
        self.edit.setMaxLength(_LONGEST_CHARACTERS)
        label.setBuddy(self.edit)
        self.column.addWidget(label)
        self.column.addWidget(self.edit)
        self.edit.textEdited.connect(lambda text: self.value_changed.emit(self.parameter.key, text))

    def show_value(self, value: float | str) -> None:
        if self.edit.text() != str(value):  # Otherwise the cursor would jump to the end.
            self.edit.setText(str(value))


class ChoiceControl(Control):
    """One of a few choices."""

    def __init__(self, parameter: Parameter, parent: QWidget | None = None, title: str | None = None) -> None:
        super().__init__(parameter, parent, title)
        label, self.chooser = QLabel(self.title, self), Chooser(self.title, self)
        label.setBuddy(self.chooser)
        self._choices = [Choice(choice, choice_title(choice)) for choice in parameter.choices]
        self.column.addWidget(label)
        self.column.addWidget(self.chooser)
        self.chooser.chosen.connect(lambda key: self.value_changed.emit(self.parameter.key, key))

    def show_value(self, value: float | str) -> None:
        self.chooser.show_choices(self._choices, str(value))


class SwitchControl(Control):
    """On or off."""

    def __init__(self, parameter: Parameter, parent: QWidget | None = None, title: str | None = None) -> None:
        super().__init__(parameter, parent, title)
        self.check = QCheckBox(self.title, self)
        self.column.addWidget(self.check)
        self.check.clicked.connect(lambda on: self.value_changed.emit(self.parameter.key, float(on)))

    def show_value(self, value: float | str) -> None:
        self.check.setChecked(bool(value))


class PictureControl(FileControl):
    """A picture file, such as a logo."""

    def wish(self) -> str:
        return self.tr("Choose a picture…")

    def filter(self) -> str:
        patterns = " ".join(f"*{suffix}" for suffix in sorted(IMAGE_SUFFIXES))
        return f"{self.tr('Pictures')} ({patterns})"


class LabelledColourControl(ColourControl):
    """A colour below its label."""

    def __init__(self, parameter: Parameter, parent: QWidget | None = None, title: str | None = None) -> None:
        super().__init__(parameter, parent, title)
        self.column.insertWidget(0, QLabel(self.title, self))
        self.other.setAccessibleName(f"{self.title}: {self.other.accessibleName()}")
        for swatch in self.swatches:
            swatch.setAccessibleName(f"{self.title}: {swatch.colour}")


CONTROLS: dict[str, type[Control]] = {
    "slider": ShareControl,
    "colour": LabelledColourControl,
    "text": TextControl,
    "choice": ChoiceControl,
    "switch": SwitchControl,
    "file": PictureControl,
}
