"""The main window: the preview, the panel beside it, and what each choice of the user does."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
from PySide6.QtCore import QFileSystemWatcher, QStandardPaths, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QKeySequence,
    QShortcut,
)
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.engine.types import Composite, EffectSettings, OutputSettings, Settings, Stats
from app.engine.worker import Engine
from app.ui.bridge import Bridge, MakeEngine
from app.ui.choices import Choice, camera_choices, network_choices
from app.ui.controls import Panel
from app.ui.errands import Errands
from app.ui.keeper import Keeper
from app.ui.library import Background, Library
from app.ui.messages import Action, Message, Messages, status_text
from app.ui.pictures import PictureCheck, picture_filter, with_picture, without_picture
from app.ui.preview import Preview
from app.ui.shelf import Shelf
from app.ui.widgets import Banner, ElidedLabel, quiet

log = logging.getLogger(__name__)

_SAVE_AFTER_MS = 600
_CAMERAS_SETTLE_MS = 700

Choices = Callable[[], list[Choice]]


class Window(QWidget):
    """The only window. Nothing in it waits for a disk, a device or a network."""

    closed = Signal()
    """The engine has ended and the settings are kept."""

    def __init__(
        self,
        settings: Settings,
        settings_path: Path,
        make_engine: MakeEngine = Engine,
        cameras: Choices = camera_choices,
        networks: Choices = network_choices,
        library: Library | None = None,
    ) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(self.tr("Backdrop"))
        self.setAcceptDrops(True)
        self._keeper = Keeper(settings, settings_path)
        self._find_cameras = cameras
        self._messages = Messages()
        self._is_closing = False
        self._missed: EffectSettings | None = None

        self.banner, self.preview, self.status, self.panel = (
            Banner(self),
            Preview(self),
            ElidedLabel(self),
            Panel(self),
        )
        quiet(self.status)
        self.status.show_text(status_text(Stats()))
        self._lay_out()
        self.panel.show_settings(settings)

        self._errands = Errands(self)
        self._pictures = PictureCheck(self._errands, self)
        self._shelf = Shelf(library or Library(), self._errands, self)
        self._bridge = Bridge(settings, make_engine)
        self._save_timer = QTimer(self, singleShot=True, interval=_SAVE_AFTER_MS)
        self._cameras_timer = QTimer(self, singleShot=True, interval=_CAMERAS_SETTLE_MS)
        self._connect()
        self._on_cameras_wanted()
        self._errands.run(networks, self.panel.show_networks)
        self._shelf.open()
        self._bridge.start()

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setContentsMargins(20, 20, 20, 12)
        left.setSpacing(12)
        left.addWidget(self.banner)
        left.addWidget(self.preview, 1)
        left.addWidget(self.status)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left, 1)
        row.addWidget(self.panel)
        self.setMinimumSize(760, 480)
        self.resize(1200, 640)

    def _connect(self) -> None:
        self._bridge.composite_ready.connect(self._on_composite_ready)
        self._bridge.stats_ready.connect(self._on_stats_ready)
        self._save_timer.timeout.connect(self._on_save_due)
        self._cameras_timer.timeout.connect(self._on_cameras_wanted)
        self.panel.effect_chosen.connect(self._on_effect_chosen)
        self.panel.value_changed.connect(self._on_value_changed)
        self.panel.source_chosen.connect(self._on_source_chosen)
        self.panel.source_file_wanted.connect(self._on_source_file_wanted)
        self.panel.network_chosen.connect(self._on_network_chosen)
        self.panel.cameras_wanted.connect(self._on_cameras_wanted)
        self.panel.virtual_camera_wanted.connect(self._on_virtual_camera_wanted)
        self._pictures.accepted.connect(self._use_effect)
        self._pictures.refused.connect(self._on_picture_refused)
        self.panel.pictures.picture_chosen.connect(self._on_picture_chosen)
        self.panel.pictures.add_wanted.connect(self._on_add_wanted)
        self.panel.pictures.remove_wanted.connect(self._shelf.remove)
        self._shelf.listed.connect(self.panel.pictures.show_pictures)
        self._shelf.added.connect(self._on_picture_added)
        self._shelf.removed.connect(self._on_picture_removed)
        self._shelf.restored.connect(lambda _: self._on_picture_restored())
        self._shelf.failed.connect(self._tell)
        QShortcut(QKeySequence.StandardKey.Paste, self).activated.connect(self._on_pasted)
        self.banner.acted.connect(self._on_banner_acted)
        self.banner.dismissed.connect(self._on_dismissed)
        if sys.platform == "linux":
            watcher = QFileSystemWatcher(["/dev"], self)
            watcher.directoryChanged.connect(lambda _: self._cameras_timer.start())

    # What the engine tells

    def _on_composite_ready(self, composite: Composite) -> None:
        self.preview.show_picture(composite.picture)

    def _on_stats_ready(self, stats: Stats) -> None:
        self._messages.stats = stats
        self.status.show_text(status_text(stats))
        self._show_banner()

    def _show_banner(self) -> None:
        message = self._messages.current(self._keeper.settings.source.spec)
        actions = {"cameras": self.tr("Choose a camera"), "undo": self.tr("Undo"), "": ""}
        self.banner.show_message(message.text, message.is_warning, actions[message.action])

    def _on_dismissed(self) -> None:
        self._messages.dismiss(self.banner.text)
        self._show_banner()

    def _tell(self, error: Exception) -> None:
        self._say(str(error))

    def _say(self, text: str, is_warning: bool = True, action: Action = "") -> None:
        self._messages.tell(text, is_warning, action)
        self._show_banner()

    # What the user wants

    def _use(self, settings: Settings) -> None:
        self._keeper.settings = settings
        self._messages.notice = Message()
        self._bridge.update(settings)
        self._save_timer.start()
        self.panel.show_settings(settings)
        self._show_banner()

    def _use_effect(self, effect: EffectSettings) -> None:
        self._use(msgspec.structs.replace(self._keeper.settings, effect=effect))

    def _on_effect_chosen(self, name: str) -> None:
        self._pictures.forget()
        self._use_effect(EffectSettings(name, self._keeper.settings.effect.values))

    def _on_value_changed(self, key: str, value: float | str) -> None:
        effect = self._keeper.settings.effect
        self._use_effect(EffectSettings(effect.name, {**effect.values, key: value}))

    # Pictures

    def _on_picture_chosen(self, path: Path) -> None:
        self._pictures.check(with_picture(self._keeper.settings.effect, path))

    def _on_picture_refused(self, effect: EffectSettings, error: Exception) -> None:
        used = self._keeper.settings.effect
        self.panel.show_effect(used.name, used.values)
        self._tell(error)

    def _on_add_wanted(self) -> None:
        pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        dialog = QFileDialog(self, self.tr("Add pictures"), pictures, picture_filter())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda paths: self._shelf.add_files([Path(path) for path in paths]))
        dialog.open()

    def _on_pasted(self) -> None:
        data = QGuiApplication.clipboard().mimeData()
        if self._shelf.takes(data):
            self._shelf.take(data)
        else:
            self._say(self.tr("There is no picture on the clipboard."))

    def _on_picture_added(self, background: Background) -> None:
        self._on_picture_chosen(background.path)

    def _on_picture_removed(self, path: Path) -> None:
        effect = self._keeper.settings.effect
        self._missed = effect if str(path) == effect.values.get("file") else None
        if self._missed is not None:
            self._use_effect(without_picture(effect))
        self._say(self.tr("'{name}' was removed.").format(name=path.stem), is_warning=False, action="undo")

    def _on_banner_acted(self) -> None:
        if self._messages.notice.action != "undo":
            self.panel.open_cameras()
            return
        self._messages.notice = Message()
        self._show_banner()
        self._shelf.undo()

    def _on_picture_restored(self) -> None:
        if self._missed is not None:
            self._pictures.check(self._missed)

    # Devices

    def _on_source_chosen(self, spec: str) -> None:
        settings = self._keeper.settings
        self._use(
            msgspec.structs.replace(settings, source=msgspec.structs.replace(settings.source, spec=spec))
        )

    def _on_source_file_wanted(self) -> None:
        films = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.MoviesLocation)
        dialog = QFileDialog(self, self.tr("Play a picture or a video instead of the camera"), films)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._on_source_chosen)
        dialog.open()

    def _on_network_chosen(self, name: str) -> None:
        settings = self._keeper.settings
        self._use(
            msgspec.structs.replace(settings, network=msgspec.structs.replace(settings.network, name=name))
        )

    def _on_virtual_camera_wanted(self, wanted: bool) -> None:
        output = OutputSettings(virtual_camera="auto" if wanted else "")
        self._use(msgspec.structs.replace(self._keeper.settings, output=output))

    def _on_cameras_wanted(self) -> None:
        self._errands.run(self._find_cameras, self.panel.show_cameras)

    # Drag and drop

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._shelf.takes(event.mimeData()):
            event.acceptProposedAction()
            self.preview.show_hint(self.tr("Drop the picture to put it behind you"))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.preview.show_hint("")

    def dropEvent(self, event: QDropEvent) -> None:
        self.preview.show_hint("")
        event.acceptProposedAction()
        self._shelf.take(event.mimeData())

    # The end

    def _on_save_due(self) -> None:
        self._errands.run(self._keeper.save, otherwise=self._tell)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.accept()
        if self._is_closing:
            return
        self._is_closing = True
        self._save_timer.stop()
        self._bridge.mute()

        def finish() -> None:
            try:
                self._keeper.save()
            finally:
                self._bridge.stop_engine()

        def fail(error: Exception) -> None:
            log.error("%s", error)
            self.closed.emit()

        self._errands.run(finish, lambda _: self.closed.emit(), fail)
