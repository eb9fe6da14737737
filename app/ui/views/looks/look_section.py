"""The section "Look": presets with thumbnails, and a control for each parameter of each look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QWidget

from app.engine.looks.choice import preset_of
from app.engine.looks.registry import PARAMETERS
from app.ui.i18n.labels import look_label
from app.ui.views.backgrounds.effect_form import CONTROLS, Control
from app.ui.views.looks.file_control import FileControl
from app.ui.views.looks.look_gallery import LookGallery
from app.ui.views.looks.screen_light_controls import ScreenLightControls
from app.ui.widgets.basic import quiet
from app.ui.widgets.collapsible import Collapsible

if TYPE_CHECKING:
    from app.engine.core.settings import LookValues

_CONTROLS: dict[str, type[Control]] = {**CONTROLS, "file": FileControl}

_DETAILS = {"table_strength": "colour_table", "lips_hue": "lips", "face_light_warmth": "face_light"}
"""Parameters that do nothing alone, and the one each belongs to."""


class LookSection(Collapsible):
    """Shows the values of the looks and emits the user's choices; it changes nothing itself."""

    preset_chosen = Signal(str)
    """The title of a preset; '' for none."""
    value_changed = Signal(str, object)
    """The key and the new value of a parameter."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.gallery = LookGallery(self.body)
        self.gallery.preset_chosen.connect(self.preset_chosen)
        self.column.addWidget(self.gallery)
        self.controls = {
            key: _CONTROLS[parameter.kind](parameter, self.body, look_label(parameter.label))
            for key, parameter in PARAMETERS.items()
        }
        for control in self.controls.values():
            self.column.addWidget(control)
            control.value_changed.connect(self.value_changed)
        self.screen_light = ScreenLightControls(self.body)
        self.column.addWidget(self.screen_light)
        hint = quiet(QLabel(self.tr("A double click or Delete resets a slider."), self.body))
        hint.setWordWrap(True)
        self.column.addWidget(hint)

    def show_values(self, values: LookValues) -> None:
        """Show the values, and the defaults of those that are missing. Emits no signal."""
        self.gallery.show_preset(preset_of(values))
        for key, control in self.controls.items():
            control.show_value(values.get(key, control.parameter.default))
        for key, of in _DETAILS.items():
            self.controls[key].setEnabled(bool(values.get(of)))
