"""The main window: the preview, the panel beside it, and what each choice of the user does."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QFileSystemWatcher, QStandardPaths, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.engine.errors import BackdropError
from app.engine.types import Composite, Stats
from app.engine.worker import Engine
from app.settings import Kept
from app.ui.backgrounds import Backgrounds
from app.ui.bridge import Bridge, MakeEngine
from app.ui.chart import StatusLine
from app.ui.choices import Choice, camera_choices, network_choices
from app.ui.controls import Panel
from app.ui.errands import Errands
from app.ui.keeper import Keeper
from app.ui.library import Library
from app.ui.messages import Message, Messages, Undo, status_text
from app.ui.model import Model
from app.ui.preview import Preview
from app.ui.profiles import Profiles
from app.ui.snapshots import pictures_folder, save_snapshot
from app.ui.welcome import Examine, Welcome, examine_all
from app.ui.widgets import Banner

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
        kept: Kept,
        settings_path: Path,
        make_engine: MakeEngine = Engine,
        cameras: Choices = camera_choices,
        networks: Choices = network_choices,
        library: Library | None = None,
        examine: Examine = examine_all,
    ) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(self.tr("Backdrop"))
        self.setAcceptDrops(True)
        self.model = Model(kept, self)
        self._keeper = Keeper(kept, settings_path)
        self._find_cameras, self._examine = cameras, examine
        self._messages = Messages()
        self._composite: Composite | None = None
        self._is_closing = False
        self.has_tray = False
        """Whether there is a tray that the window can close to."""

        self.banner, self.preview, self.status, self.panel = (
            Banner(self),
            Preview(self),
            StatusLine(self),
            Panel(self),
        )
        self.status.show_text(status_text(Stats()))
        self._lay_out()
        self.panel.show_settings(self.model.settings)

        self._errands = Errands(self)
        self.backgrounds = Backgrounds(
            self.model, self.panel.pictures, library or Library(), self._errands, self._say, self
        )
        self.profiles = Profiles(self.model, self.panel.profile, self._say, self)
        self._bridge = Bridge(self.model.settings, make_engine)
        self._save_timer = QTimer(self, singleShot=True, interval=_SAVE_AFTER_MS)
        self._cameras_timer = QTimer(self, singleShot=True, interval=_CAMERAS_SETTLE_MS)
        self._connect()
        self._on_cameras_wanted()
        self._errands.run(networks, self.panel.show_networks)
        self.backgrounds.shelf.open()
        self.setFocus()  # not a control: Space would change something nobody has chosen yet
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
        self.resize(1200, 720)

    def _connect(self) -> None:
        self.model.changed.connect(self._on_changed)
        self._bridge.composite_ready.connect(self._on_composite_ready)
        self._bridge.stats_ready.connect(self._on_stats_ready)
        self._save_timer.timeout.connect(self._on_save_due)
        self._cameras_timer.timeout.connect(self._on_cameras_wanted)
        self.panel.power_wanted.connect(self.model.switch)
        self.panel.effect_chosen.connect(self._on_effect_chosen)
        self.panel.value_changed.connect(self.model.use_value)
        self.panel.source_chosen.connect(self.model.use_source)
        self.panel.source_file_wanted.connect(self._on_source_file_wanted)
        self.panel.network_chosen.connect(self.model.use_network)
        self.panel.cameras_wanted.connect(self._on_cameras_wanted)
        self.panel.virtual_camera_wanted.connect(self.model.use_virtual_camera)
        self.panel.advanced.changed.connect(self.model.use_field)
        self.panel.check.clicked.connect(self.show_welcome)
        self.panel.snapshot.clicked.connect(self._on_snapshot_wanted)
        self.panel.closing_to_tray_wanted.connect(self.model.close_to_tray)
        QShortcut(QKeySequence.StandardKey.Paste, self).activated.connect(self.backgrounds.paste)
        self.backgrounds.refused.connect(self.show_choices)
        self.banner.acted.connect(self._on_banner_acted)
        self.banner.dismissed.connect(self._on_dismissed)
        if sys.platform == "linux":
            watcher = QFileSystemWatcher(["/dev"], self)
            watcher.directoryChanged.connect(lambda _: self._cameras_timer.start())

    # What the engine tells

    @property
    def stats(self) -> Stats:
        """The engine's last report."""
        return self._messages.stats

    def _on_composite_ready(self, composite: Composite) -> None:
        self._composite = composite
        self.preview.show_picture(composite.picture)

    def _on_stats_ready(self, stats: Stats) -> None:
        self._messages.stats = stats
        self.status.show_text(status_text(stats, self.model.is_on))
        self.status.chart.show_stats(stats)
        self._show_banner()

    # What the window says

    def _show_banner(self) -> None:
        message = self._messages.current(self.model.effective.source.spec)
        action = self.tr("Choose a camera") if message.offers_cameras else ""
        if message.undo is not None:
            action = self.tr("Undo")
        self.banner.show_message(message.text, message.is_warning, action)

    def _on_dismissed(self) -> None:
        self._messages.dismiss(self.banner.text)
        self._show_banner()

    def _tell(self, error: Exception) -> None:
        self._say(str(error))

    def _say(self, text: str, is_warning: bool = True, undo: Undo = None) -> None:
        self._messages.tell(text, is_warning, undo)
        self._show_banner()

    def _on_banner_acted(self) -> None:
        undo = self._messages.notice.undo
        if undo is not None:
            self._messages.notice = Message()
            self._show_banner()
            undo()
        else:
            self.panel.open_cameras()

    # What the user wants

    def _on_changed(self) -> None:
        self._keeper.settings = self.model.kept
        self._messages.notice = Message()
        self._bridge.update(self.model.effective)
        self._save_timer.start()
        self.show_choices()
        self.status.show_text(status_text(self.stats, self.model.is_on))
        self._show_banner()

    def show_choices(self) -> None:
        """Show what is chosen now."""
        self.panel.show_settings(self.model.settings)
        self.panel.show_power(self.model.is_on)
        self.profiles.show()
        self.panel.show_closing_to_tray(self.model.kept.window.closes_to_tray, self.has_tray)

    def _on_effect_chosen(self, name: str) -> None:
        self.backgrounds.forget()
        self.model.use_effect_named(name)

    def _on_source_file_wanted(self) -> None:
        films = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.MoviesLocation)
        dialog = QFileDialog(self, self.tr("Play a picture or a video instead of the camera"), films)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.model.use_source)
        dialog.open()

    def _on_cameras_wanted(self) -> None:
        self._errands.run(self._find_cameras, self.panel.show_cameras)

    def take_snapshot(
        self, then: Callable[[Path], None], otherwise: Callable[[Exception], None], folder: Path | None = None
    ) -> None:
        """Keep what others see now as a file; calls back when it is there, or cannot be."""
        composite, target = self._composite, folder or pictures_folder()
        if composite is None or composite.private or not self.model.is_on:
            otherwise(BackdropError("There is no picture to keep while the camera is not shown."))
        else:
            self._errands.run(lambda: save_snapshot(composite.picture, target), then, otherwise)

    def _on_snapshot_wanted(self) -> None:
        def told(path: Path) -> None:
            self._say(self.tr("The picture is kept as '{path}'.").format(path=path), is_warning=False)

        self.take_snapshot(told, self._tell)

    def show_welcome(self) -> None:
        """Show what there is and what is missing for the first call."""
        welcome = Welcome(self._errands, self._examine, self)
        welcome.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        welcome.seen.connect(self.model.note_welcome)
        welcome.open()
        welcome.look()

    def come_forward(self) -> None:
        """Show the window above the others."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    # Drag and drop

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.backgrounds.shelf.takes(event.mimeData()):
            event.acceptProposedAction()
            self.preview.show_hint(self.tr("Drop the picture to put it behind you"))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.preview.show_hint("")

    def dropEvent(self, event: QDropEvent) -> None:
        self.preview.show_hint("")
        event.acceptProposedAction()
        self.backgrounds.shelf.take(event.mimeData())

    def event(self, event: QEvent) -> bool:
        taken = super().event(event)
        if event.type() in (QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.WindowStateChange):
            self._bridge.show_preview(self.isVisible() and not self.isMinimized())
        return taken

    # The end

    def _on_save_due(self) -> None:
        self._errands.run(self._keeper.save, otherwise=self._tell)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.has_tray and self.model.kept.window.closes_to_tray and not self._is_closing:
            event.ignore()
            self.hide()
            return
        event.accept()
        self.end()

    def end(self) -> None:
        """Stop everything and close, tray or not; `closed` follows."""
        if self._is_closing:
            return
        self._is_closing = True
        self.hide()
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
