"""Snapshots and recordings, in the user's folders for pictures and videos."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, Signal

from app.engine.core.errors import BackdropError, disk_reason
from app.engine.core.types import Composite, OutputId, Picture, Stats
from app.ui.services.images import as_image

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.ui.controllers.microphones import MicrophoneController
    from app.ui.models.app_model import AppModel
    from app.ui.models.messages import Notifier
    from app.ui.services.task_runner import TaskRunner

Location = QStandardPaths.StandardLocation


def pictures_folder() -> Path:
    """The user's folder for pictures."""
    return Path(QStandardPaths.writableLocation(Location.PicturesLocation))


def videos_folder() -> Path:
    """The user's folder for videos."""
    return Path(QStandardPaths.writableLocation(Location.MoviesLocation))


def named_by_the_moment(folder: Path, suffix: str) -> Path:
    """The path of a new file, named by the time in microseconds; makes the folder. Raises BackdropError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BackdropError(
            "Nothing can be kept in '{folder}': {reason}.", folder=folder, reason=disk_reason(error)
        ) from error
    return folder / f"{datetime.now().strftime('Backdrop %Y-%m-%d %H.%M.%S.%f')}{suffix}"


def save_snapshot(picture: Picture, folder: Path) -> Path:
    """Save a composite as a PNG named by the time; return its path. Raises BackdropError. Blocks."""
    path = named_by_the_moment(folder, ".png")
    if not as_image(picture).save(str(path)):
        raise BackdropError("Nothing can be kept in '{folder}': it cannot be written.", folder=folder)
    return path


class RecordingController(QObject):
    """Takes snapshots and starts and stops recordings."""

    refused = Signal()
    """A recording cannot start."""

    def __init__(
        self,
        model: AppModel,
        tasks: TaskRunner,
        notifier: Notifier,
        microphones: MicrophoneController,
        parent: QObject,
    ) -> None:
        """`notifier` shows what happened or what did not work."""
        super().__init__(parent)
        self._model, self._tasks, self._notifier, self._microphones = model, tasks, notifier, microphones
        self._composite: Composite | None = None

    def on_composite(self, composite: Composite) -> None:
        """Take the newest composite."""
        self._composite = composite

    def snapshot(
        self, then: Callable[[Path], None], otherwise: Callable[[Exception], None], folder: Path | None = None
    ) -> None:
        """Save the newest composite; call `then` with its path, or `otherwise` with the error."""
        composite, target = self._composite, folder or pictures_folder()
        if composite is None or composite.is_placeholder or not self._model.is_on:
            otherwise(BackdropError("There is no picture to keep while the camera is not shown."))
        else:
            self._tasks.run(lambda: save_snapshot(composite.picture, target), then, otherwise)

    def on_snapshot_wanted(self) -> None:
        """Take a snapshot and show its path."""
        sentence = self.tr("Saved to '{path}'.")
        self.snapshot(
            lambda path: self._notifier.notify(sentence.format(path=path)),
            lambda error: self._notifier.warn(error),
        )

    def on_recording_wanted(self, wanted: bool) -> None:
        """Start a recording, or stop it and show its path."""
        if wanted:
            self._microphones.decide(self._start, self.refused.emit)
        elif self._model.recording:
            path = self._model.recording
            self._model.record("")
            self._notifier.notify(self.tr("Saved to '{path}'.").format(path=path))

    def _start(self) -> None:
        target = videos_folder()

        def fail(error: Exception) -> None:
            self.refused.emit()
            self._notifier.warn(error)

        self._tasks.run(
            lambda: named_by_the_moment(target, ".mp4"),
            lambda path: self._model.record(str(path)),
            fail,
        )

    def on_stats(self, stats: Stats) -> None:
        """Take new statistics: the recording may have ended."""
        if OutputId("recording", self._model.recording) in stats.ended_outputs:
            self._model.record("")
            if stats.message:  # The engine drops the message together with the output.
                self._notifier.warn(stats.message)
