"""The welcome dialog, closing to the tray and starting with the system."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from app.autostart import start_with_system, starts_with_system
from app.ui.views.welcome import Examine, Welcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from app.ui.models.app_model import AppModel
    from app.ui.services.task_runner import TaskRunner
    from app.ui.views.panel import Panel


class StartupController(QObject):
    """Connects the lower part of the panel and the model."""

    def __init__(
        self,
        model: AppModel,
        panel: Panel,
        tasks: TaskRunner,
        examine: Examine,
        warn: Callable[[Exception], None],
        window: QWidget,
    ) -> None:
        """`warn` shows an error."""
        super().__init__(window)
        self._model, self._panel, self._tasks = model, panel, tasks
        self.examine, self._warn, self._window = examine, warn, window
        panel.closing_to_tray_wanted.connect(model.set_closes_to_tray)
        panel.starting_with_system_wanted.connect(self._on_starting_with_system_wanted)
        panel.check.clicked.connect(self.show_welcome)
        tasks.run(starts_with_system, panel.show_starting_with_system)

    def show_welcome(self) -> None:
        """Open the welcome dialog."""
        welcome = Welcome(
            self._tasks, self.examine, self._window, is_first=not self._model.stored.window.is_welcomed
        )
        welcome.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        welcome.seen.connect(lambda: self._on_welcomed(welcome.has_virtual_camera))
        welcome.open()
        welcome.examine()

    def _on_welcomed(self, has_virtual_camera: bool | None) -> None:
        """`has_virtual_camera` is None if the dialog was closed before that was known."""
        if has_virtual_camera is None:
            # The dialog comes again at the next start. The camera is switched on without it.
            self._tasks.run(self._finds_virtual_camera, self._on_virtual_camera_known)
            return
        self._on_virtual_camera_known(has_virtual_camera)
        self._model.set_welcomed()

    def _finds_virtual_camera(self) -> bool:
        """Whether a virtual camera is found. Blocks on devices."""
        return next((finding.ok for finding in self.examine() if finding.id == "virtual-camera"), False)

    def _on_virtual_camera_known(self, is_there: bool) -> None:
        if is_there and not self._model.stored.window.is_welcomed:
            # Otherwise the call program shows nothing, and the user does not know why.
            self._model.use_virtual_camera(True)

    def _on_starting_with_system_wanted(self, wanted: bool) -> None:
        def fail(error: Exception) -> None:
            self._panel.show_starting_with_system(not wanted)
            self._warn(error)

        self._tasks.run(lambda: start_with_system(wanted), self._panel.show_starting_with_system, fail)
