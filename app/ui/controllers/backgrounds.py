"""Choose, add, remove and restore backgrounds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from app.engine.pipeline.effects import plain_name
from app.ui.controllers.picture_check import OnChecked, PictureCheck
from app.ui.i18n.engine_messages import translated
from app.ui.i18n.labels import background_title
from app.ui.models.background_effects import picture_filter, with_picture, without_picture
from app.ui.services.background_loader import BackgroundLoader, Listed
from app.ui.widgets.text import shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.engine.core.errors import BackdropError
    from app.engine.core.settings import EffectSettings
    from app.ui.models.app_model import AppModel
    from app.ui.models.background_library import Background, BackgroundLibrary
    from app.ui.models.messages import Notifier
    from app.ui.services.task_runner import TaskRunner
    from app.ui.views.backgrounds.background_gallery import BackgroundGallery


_SENTENCES, _NAMED_FILES, _NAME_LETTERS = 3, 12, 40


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
        self._errors: tuple[BackdropError, ...] = ()
        """Errors of files that were added together with the one that is being checked."""
        self._check.accepted.connect(self._on_accepted)
        self._check.refused.connect(lambda effect, error: self._on_refused(error))
        gallery.picture_chosen.connect(lambda path: self.choose(path))
        gallery.add_wanted.connect(self._on_add_wanted)
        gallery.remove_wanted.connect(self.loader.remove)
        self.loader.listed.connect(self._on_listed)
        self.loader.listed.connect(gallery.show_pictures)
        self.loader.added.connect(self._on_added)
        self.loader.removed.connect(self._on_removed)
        self.loader.restored.connect(lambda path: self._on_restored())
        self.loader.failed.connect(lambda error: self._notifier.warn(error))

    def choose(self, path: Path, on_checked: OnChecked = lambda error: None) -> None:
        """Check a picture and use it as the background; `on_checked` gets the error or None."""
        self.choose_effect(with_picture(self._model.settings.effect, path), on_checked)

    def choose_effect(self, effect: EffectSettings, on_checked: OnChecked = lambda error: None) -> None:
        """Check an effect that needs a file and use it; `on_checked` gets the error or None."""
        self._errors = ()
        self._check.check(effect, on_checked)

    def forget(self) -> None:
        """Discard the check that is under way, because the user chose something else."""
        self._errors = ()
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

    def _on_added(self, background: Background | None, errors: tuple[BackdropError, ...]) -> None:
        self._warn(errors)
        if background is not None:
            self.choose(background.path)
            self._errors = errors

    def _on_accepted(self, effect: EffectSettings) -> None:
        errors, self._errors = self._errors, ()
        self._model.use_effect(effect)
        self._warn(errors)  # Again, because a change of the settings removes the last message.

    def _on_refused(self, error: Exception) -> None:
        errors, self._errors = self._errors, ()
        self.refused.emit()
        self._warn((error, *errors))

    def _warn(self, errors: Sequence[Exception]) -> None:
        """Show the errors; of many, the names of their files."""
        if len(errors) == 1:
            self._notifier.warn(errors[0])
        elif 1 < len(errors) <= _SENTENCES:
            self._notifier.warn(" ".join(translated(getattr(e, "message", str(e))) for e in errors))
        elif errors:
            named = [_file_of(error) for error in errors]
            more = len(named) - _NAMED_FILES
            names = ", ".join(named[:_NAMED_FILES])
            if more > 0:
                names = self.tr("{names} and {count} more").format(names=names, count=more)
            self._notifier.warn(self.tr("These files cannot be used: {names}.").format(names=names))

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


def _file_of(error: Exception) -> str:
    """The name of the file that an error is about; the error if it names none."""
    path = getattr(getattr(error, "message", None), "values", {}).get("path")
    return shortened(Path(path).name, _NAME_LETTERS) if path else str(error)
