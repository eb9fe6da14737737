"""The screen light: when it is on, and on which screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
from PySide6.QtCore import QObject

from app.ui.views.looks.screen_light import ScreenLight

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.engine.core.types import Thumbnail
    from app.ui.models.app_model import AppModel
    from app.ui.views.looks.screen_light_controls import ScreenLightControls

_DARK, _BRIGHT = 60.0, 125.0  # Mean level of the frame. Apart, because the light itself brightens the frame.
_READINGS = 3  # In a row, about a second each, before it counts as dark or bright.


class ScreenLightController(QObject):
    """Shows the ring on the window's screen while the camera is on, and if wanted only while it is dark."""

    def __init__(self, model: AppModel, controls: ScreenLightControls, window: QWidget) -> None:
        super().__init__(window)
        self._model, self._window, self._controls = model, window, controls
        self.light: ScreenLight | None = None
        """Made when it is first wanted."""
        self._is_live = self._is_dark = self._is_closed = False
        self._readings = 0
        controls.changed.connect(lambda field, value: model.use_screen_light(**{field: value}))
        model.changed.connect(self.show)
        self.show()

    def on_frame(self, thumbnail: Thumbnail | None, is_live: bool) -> None:
        """Measure the newest frame, if there is one. `is_live`: whether the camera is on."""
        self._is_live = is_live
        if thumbnail is not None:
            level = sum(cv2.mean(thumbnail.frame.bgr)[:3]) / 3
            is_other = level > _BRIGHT if self._is_dark else level < _DARK
            self._readings = self._readings + 1 if is_other else 0
            if self._readings >= _READINGS:
                self._is_dark, self._readings = not self._is_dark, 0
        self.show()

    def show(self) -> None:
        """Show the settings, and show or hide the ring."""
        wanted = self._model.stored.window.screen_light
        self._controls.show_light(wanted)
        is_due = wanted.is_on and self._is_live and (self._is_dark or not wanted.in_the_dark)
        if self._is_closed or not is_due:
            if self.light is not None:
                self.light.hide()
            return
        if self.light is None:
            self.light = ScreenLight()
        self.light.show_light(wanted)
        self.light.fill(self._window.screen())
        self.light.show()

    def close(self) -> None:
        """Hide the ring for good."""
        self._is_closed = True
        if self.light is not None:
            self.light.hide()
            self.light.deleteLater()
            self.light = None
