"""On battery power the preview and the thumbnails come half as often, if the user wishes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.engine.devices.battery import Power
    from app.ui.models.app_model import AppModel
    from app.ui.services.task_runner import TaskRunner
    from app.ui.views.panel import Panel

_INTERVAL_MS = 20_000


class BatteryController(QObject):
    """Asks what the computer runs on, and tells the engine."""

    def __init__(
        self,
        model: AppModel,
        panel: Panel,
        tasks: TaskRunner,
        read_power: Callable[[], Power],
        spare: Callable[[bool], None],
    ) -> None:
        """`spare`: called with whether previews are to be spared."""
        super().__init__(panel)
        self._model, self._panel, self._tasks = model, panel, tasks
        self._read_power, self._spare = read_power, spare
        self._power: Power = "none"
        panel.sparing_battery.clicked.connect(self._on_wanted)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.ask)
        self._timer.start(_INTERVAL_MS)
        self.ask()

    def ask(self) -> None:
        """Ask for the power, off the window's thread."""
        self._tasks.run(self._read_power, self._on_power)

    def _on_power(self, power: Power) -> None:
        self._power = power
        wanted = self._model.stored.window.spares_battery
        self._panel.show_sparing_battery(wanted, is_possible=power != "none")
        self._spare(wanted and power == "battery")

    def _on_wanted(self, wanted: bool) -> None:
        self._model.set_spares_battery(wanted)
        self._on_power(self._power)
