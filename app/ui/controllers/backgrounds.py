"""Choose, add, remove and restore backgrounds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from app.engine.pipeline.effects import plain_name
from app.ui.controllers.picture_check import OnChecked, PictureCheck
from app.ui.i18n.labels import background_title
from app.ui.models.background_effects import picture_filter, with_picture, without_picture
from app.ui.services.background_loader import BackgroundLoader, Listed

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.engine.core.settings import EffectSettings
    from app.ui.models.app_model import AppModel
    from app.ui.models.background_library import Background, BackgroundLibrary
    from app.ui.models.messages import Notifier
    from app.ui.services.task_runner import TaskRunner
    from app.ui.views.background_gallery import BackgroundGallery


class BackgroundController(QObject):
    """Connects the gallery, the library and the model."""

    refused = Signal()
    """A picture cannot be used; the previous choice stays."""

    def __init__(
        self,
        model: AppModel,
        gallery: BackgroundGallery,
        library: BackgroundLibrary,
        tasks: TaskRunner,
        notifier: Notifier,
        window: QWidget,
    ) -> None:
        """`notifier` shows what happened or what did not work."""
        super().__init__(window)
        self._model, self._notifier, self._window = model, notifier, window
        self._listed: list[Background] = []
        self._missed: EffectSettings | None = None
        self._check = PictureCheck(tasks, self)
        self.loader = BackgroundLoader(library, tasks, self)
        self._check.accepted.connect(model.use_effect)
        self._check.refused.connect(lambda effect, error: self._on_refused(error))
        gallery.picture_chosen.connect(lambda path: self.choose(path))
        gallery.add_wanted.connect(self._on_add_wanted)
        gallery.remove_wanted.connect(self.loader.remove)
        self.loader.listed.connect(self._on_listed)
        self.loader.listed.connect(gallery.show_pictures)
        self.loader.added.connect(lambda background: self.choose(background.path))
        self.loader.removed.connect(self._on_removed)
        self.loader.restored.connect(lambda path: self._on_restored())
        self.loader.failed.connect(lambda error: self._notifier.warn(error))

    def choose(self, path: Path, on_checked: OnChecked = lambda error: None) -> None:
        """Check a picture and use it as the background; `on_checked` gets the error or None."""
        self._check.check(with_picture(self._model.settings.effect, path), on_checked)

    def forget(self) -> None:
        """Discard the check that is under way, because the user chose something else."""
        self._check.forget()

    def find(self, then: Callable[[], None]) -> None:
        """List the backgrounds, then call `then`: the gallery may not have been filled yet."""

        def keep(found: list[Background]) -> None:
            self._listed = found
            then()

        self.loader.find(keep)

    @property
    def titles(self) -> dict[Path, str]:
        """The titles of all backgrounds by their files."""
        return {background.path: background.title for background in self._listed}

    def named(self, name: str) -> Path | None:
        """The picture with this file name or title, in any case; None if there is none."""
        wanted = plain_name(name)
        for background in self._listed:
            path, title = background.path, background.title
            if wanted in map(plain_name, (path.stem, path.name, title, background_title(title))):
                return path
        return None

    def paste(self) -> None:
        """Add the picture on the clipboard."""
        data = QGuiApplication.clipboard().mimeData()
        if self.loader.accepts(data):
            self.loader.add_from(data)
        else:
            self._notifier.warn(self.tr("There is no picture on the clipboard."))

    def _on_listed(self, listed: Listed) -> None:
        self._listed = [background for background, _ in listed]

    def _on_refused(self, error: Exception) -> None:
        self.refused.emit()
        self._notifier.warn(error)

    def _on_add_wanted(self) -> None:
        pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        dialog = QFileDialog(self._window, self.tr("Add pictures or videos"), pictures, picture_filter())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda paths: self.loader.add_files([Path(path) for path in paths]))
        dialog.open()

    def _on_removed(self, path: Path) -> None:
        effect = self._model.settings.effect
        self._missed = effect if str(path) == effect.values.get("file") else None
        if self._missed is not None:
            self._model.use_effect(without_picture(effect))
        self._notifier.notify(self.tr("'{name}' was removed.").format(name=path.stem), self.loader.undo)

    def _on_restored(self) -> None:
        if self._missed is not None:
            self._check.check(self._missed)
