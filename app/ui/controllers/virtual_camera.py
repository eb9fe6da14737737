"""Switch the virtual camera on and off; off again if it cannot be opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.engine.core.types import OutputId, Stats

if TYPE_CHECKING:
    from app.ui.models.app_model import AppModel
    from app.ui.models.messages import Notifier
    from app.ui.views.output_controls import VirtualCameraSwitch

_TRIAL = 12  # Reports of statistics, one each 0.4 s, within which a new virtual camera must not fail.


class VirtualCameraController(QObject):
    """Connects the switch and the model.

    A virtual camera that fails just after it was switched on is switched off, with the reason. One that
    fails later, or that was on when Backdrop started, stays on: the engine opens it again when it can.
    """

    def __init__(
        self, model: AppModel, switch: VirtualCameraSwitch, notifier: Notifier, parent: QObject
    ) -> None:
        """`notifier` shows what did not work."""
        super().__init__(parent)
        self._model, self._notifier = model, notifier
        self._name = model.settings.output.virtual_camera
        self._reports_left = 0
        switch.wanted.connect(model.use_virtual_camera)
        model.changed.connect(self._on_changed)

    def on_stats(self, stats: Stats) -> None:
        """Take new statistics: the virtual camera may have failed."""
        if not self._reports_left:
            return
        self._reports_left -= 1
        fault = stats.output_faults.get(OutputId("virtual_camera", self._name))
        if fault:
            self._model.use_virtual_camera(False)
            self._notifier.warn(fault)

    def _on_changed(self) -> None:
        name = self._model.settings.output.virtual_camera
        if name != self._name:
            self._name, self._reports_left = name, _TRIAL if name else 0
