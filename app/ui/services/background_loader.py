"""List, add and remove backgrounds on a worker thread."""

from __future__ import annotations

import logging
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QMimeData, QObject, Signal
from PySide6.QtGui import QImage

from app.engine.core.errors import BackdropError
from app.ui.models.background_library import Background, BackgroundLibrary
from app.ui.services.images import as_image

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.ui.services.task_runner import Outcome, TaskRunner

log = logging.getLogger(__name__)

Listed = list[tuple[Background, QImage | None]]


class BackgroundLoader(QObject):
    """Runs the library's work and emits the results on the window's thread."""

    listed = Signal(object)
    """All backgrounds with their thumbnails: `Listed`."""
    added = Signal(object, object)
    """The first Background of those that were added, or None, and the errors of the others."""
    removed = Signal(object)
    """The path of the removed picture, which can be restored."""
    restored = Signal(object)
    """The path of the restored picture."""
    failed = Signal(object)
    """The error of an action that failed."""

    def __init__(self, library: BackgroundLibrary, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library, self._tasks = library, tasks
        self._removed: Path | None = None

    def open(self) -> None:
        """List the backgrounds, and delete those that were removed in the last session."""
        self._run(self._library.forget_removed, lambda _: self._list())

    def find(self, then: Callable[[list[Background]], None]) -> None:
        """Call `then` with all backgrounds, without thumbnails; with none if they cannot be listed."""
        self._tasks.run(self._library.backgrounds, then, lambda error: then([]))

    def accepts(self, data: QMimeData) -> bool:
        """Whether dropped or pasted data may be a picture. The file is not opened."""
        return data.hasImage() or bool(_local_files(data))

    def add_from(self, data: QMimeData) -> None:
        """Add dropped or pasted data."""
        files = _local_files(data)
        if files:
            self.add_files(files)
        elif data.hasImage():
            image = QImage(data.imageData())
            name = datetime.now().strftime("Pasted %Y-%m-%d %H.%M.%S.png")
            self._run(lambda: [self._library.add_encoded(_encoded(image), name)], self._on_added)

    def add_files(self, paths: list[Path]) -> None:
        """Add the pictures that can be read; report each that cannot."""

        def add() -> tuple[list[Background], list[BackdropError]]:
            good: list[Background] = []
            errors: list[BackdropError] = []
            for path in paths:
                try:
                    good.append(self._library.add_file(path))
                except BackdropError as error:
                    errors.append(error)
                except Exception as error:  # A decoder may raise anything; the other files are still added.
                    log.warning("'%s' cannot be added", path, exc_info=error)
                    errors.append(
                        BackdropError("'{path}' is not a picture that Backdrop can read.", path=path)
                    )
            return good, errors

        self._run(add, lambda outcome: self._on_added(*outcome))

    def remove(self, path: Path) -> None:
        """Remove one of the user's pictures."""

        def finish(_: object) -> None:
            self._removed = path
            self.removed.emit(path)
            self._list()

        self._run(partial(self._library.remove, path), finish)

    def undo(self) -> None:
        """Restore the picture that was removed last."""
        path, self._removed = self._removed, None

        def finish(_: object) -> None:
            self.restored.emit(path)
            self._list()

        if path is not None:
            self._run(partial(self._library.restore, path), finish)

    def _list(self) -> None:
        def read() -> Listed:
            backgrounds = self._library.backgrounds()
            pictures = self._library.thumbnails(backgrounds)
            return [
                (b, None if p is None else as_image(p)) for b, p in zip(backgrounds, pictures, strict=True)
            ]

        self._run(read, self.listed.emit)

    def _on_added(self, backgrounds: list[Background], errors: Sequence[BackdropError] = ()) -> None:
        self.added.emit(backgrounds[0] if backgrounds else None, tuple(errors))
        if backgrounds:
            self._list()

    def _run(self, work: Callable[[], Outcome], then: Callable[[Outcome], None]) -> None:
        self._tasks.run(work, then, self.failed.emit)


def _local_files(data: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def _encoded(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    # PySide6 annotates the format as bytes and takes text only.
    if not image.save(buffer, "PNG"):  # type: ignore[call-overload]
        raise BackdropError("The picture on the clipboard cannot be read.")
    return bytes(buffer.data().data())
