"""Choose the source; the list follows the cameras that are plugged in."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QFileSystemWatcher, QObject, QStandardPaths, Qt, QTimer
from PySide6.QtWidgets import QFileDialog, QWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.ui.models.app_model import AppModel
    from app.ui.models.choices import Choice
    from app.ui.services.task_runner import TaskRunner
    from app.ui.views.panel import Panel

_SETTLE_MS = 700


class SourceController(QObject):
    """Connects the list of cameras and the model."""

    def __init__(
        self,
        model: AppModel,
        panel: Panel,
        tasks: TaskRunner,
        find_cameras: Callable[[], list[Choice]],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._model, self._panel, self._tasks = model, panel, tasks
        self._find_cameras, self._window = find_cameras, window
        self._settling = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settling.timeout.connect(self.list_cameras)
        panel.source_chosen.connect(model.use_source)
        panel.source_file_wanted.connect(self._on_file_wanted)
        panel.cameras_wanted.connect(self.list_cameras)
        if sys.platform == "linux":
            watcher = QFileSystemWatcher(["/dev"], self)
            watcher.directoryChanged.connect(lambda _: self._settling.start())

    def list_cameras(self) -> None:
        """List the cameras again."""
        self._tasks.run(self._find_cameras, self._panel.camera.show_cameras)

    def _on_file_wanted(self) -> None:
        films = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.MoviesLocation)
        title = self.tr("Play a picture or a video instead of the camera")
        dialog = QFileDialog(self._window, title, films)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._model.use_source)
        dialog.open()
