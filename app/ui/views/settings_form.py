"""A collapsible form with a control for each setting, made from the types of the settings.

A new field with a range, a bool or fixed values gets its control without a change here.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable

from msgspec import inspect
from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QCheckBox, QLabel, QWidget

from app.engine.core.settings import Settings
from app.engine.networks.providers import built_in
from app.ui.i18n.labels import CHOICE_TITLES, choice_title, field_title, provider_title
from app.ui.models.choices import Choice
from app.ui.widgets.basic import Chooser, Slider, quiet
from app.ui.widgets.collapsible import Collapsible
from app.ui.widgets.text import tool_tip

PICTURE: dict[str, tuple[str, ...]] = {"adjustments": ()}
ADVANCED: dict[str, tuple[str, ...]] = {
    "matte": ("people_count",),
    "compositor": (),
    "network": ("name",),
    "output": ("virtual_camera", "recording", "microphone"),
}
"""The parts of the settings that are shown, and the fields that are left out: other controls show those."""
_REPLACED = {("adjustments", "zoom"): ("adjustments", "auto_frame")}
"""Fields that have no effect while another field is on."""
_FACTORS = {("adjustments", "zoom")}
_HIGHEST = {("network", "threads"): max(2.0, float(os.cpu_count() or 1))}
"""Limits of this computer below those of the settings."""
_NEVER_OFFERED = {"chosen"}
"""Values that are chosen elsewhere."""
_STEPS = 20

Literals = tuple[bool | str | int | None, ...]
Show = Callable[[object], None]
OnChanged = Callable[[object], None]


class SettingsForm(Collapsible):
    """The controls of some parts of the settings."""

    changed = Signal(str, str, object)
    """The part, its field and the new value."""

    def __init__(
        self, title: str, sections: dict[str, tuple[str, ...]], parent: QWidget | None = None
    ) -> None:
        super().__init__(title, parent)
        self._shows: dict[tuple[str, str], Show] = {}
        self._values: dict[tuple[str, str], object] = {}
        self._problems: dict[tuple[str, str], str] = {}
        self.controls: dict[tuple[str, str], QWidget] = {}
        parts = {field.name: field.type for field in _fields(inspect.type_info(Settings))}
        for part, elsewhere in sections.items():
            for field in _fields(parts[part]):
                if field.name not in elsewhere:
                    self._add(part, field)

    def show_settings(self, settings: Settings) -> None:
        """Show the values. Emits no signal."""
        for (part, field), show in self._shows.items():
            self._values[part, field] = getattr(getattr(settings, part), field)
            show(self._values[part, field])
        for replaced, (part, field) in _REPLACED.items():
            if replaced in self.controls:
                self.controls[replaced].setEnabled(not getattr(getattr(settings, part), field))

    def show_problem(self, part: str, field: str, problem: str) -> None:
        """Mark the chosen value of a list as not in use, and say why; '' for none. Emits no signal."""
        if self._problems.get((part, field), "") != problem:
            self._problems[part, field] = problem
            self._shows[part, field](self._values[part, field])

    def _add(self, part: str, field: inspect.Field) -> None:
        title = field_title(field.name)

        def on_changed(value: object) -> None:
            self.changed.emit(part, field.name, value)

        kind = field.type
        if isinstance(kind, inspect.BoolType):
            self._add_check(part, field.name, title, on_changed)
        elif isinstance(kind, inspect.LiteralType):
            self._add_chooser(part, field.name, title, kind.values, on_changed)
        elif isinstance(kind, inspect.FloatType | inspect.IntType) and None not in (kind.ge, kind.le):
            self._add_slider(part, field.name, title, kind, on_changed)

    def _add_check(self, part: str, name: str, title: str, on_changed: OnChanged) -> None:
        check = QCheckBox(title, self.body)
        check.clicked.connect(on_changed)
        self._keep(part, name, check, lambda value: check.setChecked(bool(value)))
        self.column.addWidget(check)

    def _add_chooser(self, part: str, name: str, title: str, values: Literals, on_changed: OnChanged) -> None:
        label, chooser = QLabel(title, self.body), Chooser(title, self.body)
        label.setBuddy(chooser)
        titles: dict[object, str] = {v: f"{v}°" for v in values if isinstance(v, int)}
        titles["auto"] = self.tr("Automatic")
        titles |= {value: choice_title(str(value)) for value in values if value in CHOICE_TITLES}
        offered = {"auto", "cpu", *built_in()} if name == "provider" else {*values} - _NEVER_OFFERED
        every = [Choice(str(value), titles.get(value) or provider_title(str(value))) for value in values]
        chooser.chosen.connect(lambda key: on_changed(next(value for value in values if str(value) == key)))

        def show(value: object) -> None:
            problem = self._problems.get((part, name), "")
            choices = [c for c, v in zip(every, values, strict=True) if v in offered or v == value]
            marked = [_with_problem(c, problem) if problem and c.key == str(value) else c for c in choices]
            chooser.show_choices(marked, str(value))
            chooser.setToolTip(tool_tip(problem))

        self._keep(part, name, chooser, show)
        self.column.addWidget(label)
        self.column.addWidget(chooser)

    def _add_slider(
        self,
        part: str,
        name: str,
        title: str,
        kind: inspect.FloatType | inspect.IntType,
        on_changed: OnChanged,
    ) -> None:
        low = float(kind.ge or 0)
        high = min(float(kind.le or 0), _HIGHEST.get((part, name), math.inf))
        is_whole = isinstance(kind, inspect.IntType)
        step = 1.0 if is_whole else (high - low) / _STEPS
        label, slider = quiet(QLabel(self.body)), Slider(self.body)
        slider.setAccessibleName(title)
        slider.setRange(0, round((high - low) / step))

        def value_now() -> float:
            return int(low + slider.value()) if is_whole else round(low + slider.value() * step, 6)

        def show_reading() -> None:
            is_share = (low, high) == (0.0, 1.0)
            reading = format(value_now(), "g")
            if is_share:
                reading = self.tr("{percent} %").format(percent=round(100 * value_now()))
            elif (part, name) in _FACTORS:
                reading = f"{value_now():.1f}×"
            label.setText(f"{title}: {reading}")

        def show(value: object) -> None:
            slider.blockSignals(True)
            slider.setValue(round((float(str(value)) - low) / step))
            slider.blockSignals(False)
            show_reading()

        def on_moved() -> None:
            show_reading()
            on_changed(value_now())

        slider.valueChanged.connect(lambda _: on_moved())
        self._keep(part, name, slider, show)
        self.column.addWidget(label)
        self.column.addWidget(slider)

    def _keep(self, part: str, name: str, control: QWidget, show: Show) -> None:
        self.controls[part, name], self._shows[part, name] = control, show


def _with_problem(choice: Choice, problem: str) -> Choice:
    title = QCoreApplication.translate("SettingsForm", "{choice} (not in use)")
    return Choice(choice.key, title.format(choice=choice.title), problem)


def _fields(kind: inspect.Type) -> tuple[inspect.Field, ...]:
    assert isinstance(kind, inspect.StructType)
    return kind.fields
