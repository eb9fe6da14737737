"""What the user keeps of the picture that others see: snapshots and recordings, in the system's folders."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Signal

from app.engine.core.errors import BackdropError
from app.engine.core.types import Composite, Picture, Stats
from app.ui.models.app_model import AppModel
from app.ui.models.messages import Undo
from app.ui.services.images import as_image
from app.ui.services.task_runner import TaskRunner

Say = Callable[[str, bool, Undo], None]
Location = QStandardPaths.StandardLocation


def pictures_folder() -> Path:
    """Where the system keeps the user's pictures."""
    return Path(QStandardPaths.writableLocation(Location.PicturesLocation))


def videos_folder() -> Path:
    """Where the system keeps the user's videos."""
    return Path(QStandardPaths.writableLocation(Location.MoviesLocation))


def named_by_the_moment(folder: Path, suffix: str) -> Path:
    """A new file's path in a folder, which is made. Raises BackdropError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BackdropError(f"Nothing can be kept in '{folder}': {error.strerror}.") from error
    return folder / f"{datetime.now().strftime('Backdrop %Y-%m-%d %H.%M.%S.%f')[:-4]}{suffix}"


def save_snapshot(picture: Picture, folder: Path) -> Path:
    """Keep a composite as a PNG named by the moment; returns the file. Raises BackdropError. Waits."""
    path = named_by_the_moment(folder, ".png")
    if not as_image(picture).save(str(path)):
        raise BackdropError(f"Nothing can be kept in '{folder}': it cannot be written.")
    return path


class RecordingController(QObject):
    """Takes snapshots and recordings when told to."""

    refused = Signal()
    """A recording cannot begin."""

    def __init__(self, model: AppModel, errands: TaskRunner, say: Say, parent: QObject) -> None:
        """`say` shows a sentence: its text, whether it warns, and what takes it back."""
        super().__init__(parent)
        self._model, self._errands, self._say = model, errands, say
        self._composite: Composite | None = None

    def see(self, composite: Composite) -> None:
        """What others see now."""
        self._composite = composite

    def snapshot(
        self, then: Callable[[Path], None], otherwise: Callable[[Exception], None], folder: Path | None = None
    ) -> None:
        """Keep what others see now as a file; calls back when it is there, or cannot be."""
        composite, target = self._composite, folder or pictures_folder()
        if composite is None or composite.private or not self._model.is_on:
            otherwise(BackdropError("There is no picture to keep while the camera is not shown."))
        else:
            self._errands.run(lambda: save_snapshot(composite.picture, target), then, otherwise)

    def on_snapshot_wanted(self) -> None:
        """Take one and say where it is."""
        sentence = self.tr("The picture is kept as '{path}'.")
        self.snapshot(
            lambda path: self._say(sentence.format(path=path), False, None),
            lambda error: self._say(str(error), True, None),
        )

    def on_recording_wanted(self, wanted: bool) -> None:
        """Begin a recording, or end it and say where it is."""
        if wanted:
            target = videos_folder()

            def fail(error: Exception) -> None:
                self.refused.emit()
                self._say(str(error), True, None)

            self._errands.run(
                lambda: named_by_the_moment(target, ".mp4"),
                lambda path: self._model.record(str(path)),
                fail,
            )
        elif self._model.recording:
            path = self._model.recording
            self._model.record("")
            self._say(self.tr("The recording is kept as '{path}'.").format(path=path), False, None)

    def hear(self, stats: Stats) -> None:
        """The engine's next report: a recording may have ended by itself."""
        if self._model.recording and Path(self._model.recording).name in stats.ended_outputs:
            self._model.record("")
            if stats.message:  # the engine forgets it together with the output
                self._say(stats.message, True, None)
