"""The controls of the screen light."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from app.engine.core.parameters import Parameter
from app.settings import ScreenLightSettings
from app.ui.views.backgrounds.effect_form import SliderControl

if TYPE_CHECKING:
    from app.ui.views.backgrounds.effect_form import Control

_DEFAULTS = ScreenLightSettings()


class ScreenLightControls(QWidget):
    """Shows the settings of the screen light and emits the user's choices."""

    changed = Signal(str, object)
    """A field of ScreenLightSettings and its new value."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        self.is_on = QCheckBox(self.tr("Screen light"), self)
        self.is_on.setToolTip(self.tr("A ring of light around your screen. You can click through it."))
        self.in_the_dark = QCheckBox(self.tr("Only while it is dark"), self)
        self.is_on.clicked.connect(lambda wanted: self.changed.emit("is_on", wanted))
        self.in_the_dark.clicked.connect(lambda wanted: self.changed.emit("in_the_dark", wanted))
        self.sliders: dict[str, Control] = {
            key: SliderControl(Parameter(key, title, "slider", default), self, title)
            for key, title, default in (
                ("brightness", self.tr("Brightness of the light"), _DEFAULTS.brightness),
                ("warmth", self.tr("Warmth of the light"), _DEFAULTS.warmth),
            )
        }
        for widget in (self.is_on, self.in_the_dark, *self.sliders.values()):
            column.addWidget(widget)
        for slider in self.sliders.values():
            slider.value_changed.connect(self.changed)

    def show_light(self, wanted: ScreenLightSettings) -> None:
        """Show the settings. Emits no signal."""
        self.is_on.setChecked(wanted.is_on)
        self.in_the_dark.setChecked(wanted.in_the_dark)
        for key, slider in self.sliders.items():
            slider.show_value(getattr(wanted, key))
        for widget in (self.in_the_dark, *self.sliders.values()):
            widget.setEnabled(wanted.is_on)
