"""The pictures behind the user: chosen in the gallery, added, removed, and brought back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from app.engine.core.settings import EffectSettings
from app.ui.controllers.picture_check import PictureCheck
from app.ui.models.app_model import AppModel
from app.ui.models.background_effects import picture_filter, with_picture, without_picture
from app.ui.models.background_library import Background, BackgroundLibrary
from app.ui.models.messages import Undo
from app.ui.services.background_loader import BackgroundLoader, Listed
from app.ui.services.task_runner import TaskRunner
from app.ui.views.background_gallery import BackgroundGallery

Say = Callable[[str, bool, Undo], None]


class BackgroundController(QObject):
    """Joins the gallery, the library and the model."""

    refused = Signal()
    """A picture cannot be used, so what was chosen before still is."""

    def __init__(
        self,
        model: AppModel,
        gallery: BackgroundGallery,
        library: BackgroundLibrary,
        errands: TaskRunner,
        say: Say,
        window: QWidget,
    ) -> None:
        """`say` shows a sentence: its text, whether it warns, and what takes it back."""
        super().__init__(window)
        self._model, self._say, self._window = model, say, window
        self._listed: list[Background] = []
        self._missed: EffectSettings | None = None
        self._check = PictureCheck(errands, self)
        self.shelf = BackgroundLoader(library, errands, self)
        self._check.accepted.connect(model.use_effect)
        self._check.refused.connect(lambda effect, error: self._on_refused(error))
        gallery.picture_chosen.connect(self.choose)
        gallery.add_wanted.connect(self._on_add_wanted)
        gallery.remove_wanted.connect(self.shelf.remove)
        self.shelf.listed.connect(self._on_listed)
        self.shelf.listed.connect(gallery.show_pictures)
        self.shelf.added.connect(lambda background: self.choose(background.path))
        self.shelf.removed.connect(self._on_removed)
        self.shelf.restored.connect(lambda path: self._on_restored())
        self.shelf.failed.connect(lambda error: self._say(str(error), True, None))

    def choose(self, path: Path) -> None:
        """Put a picture behind the user, once it has proved to be good."""
        self._check.check(with_picture(self._model.settings.effect, path))

    def forget(self) -> None:
        """Whatever is being tried no longer counts: the user has moved on."""
        self._check.forget()

    def named(self, name: str) -> Path | None:
        """The picture of a name, as its file or its tile has it; None where there is none."""
        wanted = name.casefold()
        found = (b.path for b in self._listed if wanted in (b.path.stem.casefold(), b.title.casefold()))
        return next(found, None)

    def paste(self) -> None:
        """Add what is on the clipboard."""
        data = QGuiApplication.clipboard().mimeData()
        if self.shelf.takes(data):
            self.shelf.take(data)
        else:
            self._say(self.tr("There is no picture on the clipboard."), True, None)

    def _on_listed(self, listed: Listed) -> None:
        self._listed = [background for background, _ in listed]

    def _on_refused(self, error: Exception) -> None:
        self.refused.emit()
        self._say(str(error), True, None)

    def _on_add_wanted(self) -> None:
        pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        dialog = QFileDialog(self._window, self.tr("Add pictures or videos"), pictures, picture_filter())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda paths: self.shelf.add_files([Path(path) for path in paths]))
        dialog.open()

    def _on_removed(self, path: Path) -> None:
        effect = self._model.settings.effect
        self._missed = effect if str(path) == effect.values.get("file") else None
        if self._missed is not None:
            self._model.use_effect(without_picture(effect))
        self._say(self.tr("'{name}' was removed.").format(name=path.stem), False, self.shelf.undo)

    def _on_restored(self) -> None:
        if self._missed is not None:
            self._check.check(self._missed)
