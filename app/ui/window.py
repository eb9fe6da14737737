"""The window: the preview, the panel beside it, and what each choice of the user does."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec
from PySide6.QtCore import QFileSystemWatcher, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QIcon
from PySide6.QtWidgets import QApplication, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.engine.assets import assets_folder
from app.engine.effects import EFFECTS, build_effect
from app.engine.filters import cover
from app.engine.media import read_image
from app.engine.types import Composite, EffectSettings, Picture, Settings, Stats
from app.engine.worker import Engine
from app.ui.bridge import Bridge, MakeEngine
from app.ui.choices import Choice, camera_choices, network_choices
from app.ui.controls import Panel
from app.ui.errands import Errands
from app.ui.keeper import Keeper
from app.ui.preview import Preview, as_image
from app.ui.theme import apply_theme
from app.ui.widgets import Banner, ElidedLabel, quiet

_SAVE_AFTER_MS = 600
_CAMERAS_SETTLE_MS = 700
_THUMBNAIL_PX = 192, 128

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
    ) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(self.tr("Backdrop"))
        self.setAcceptDrops(True)
        self._keeper = Keeper(settings, settings_path)
        self._find_cameras = cameras
        self._stats = Stats()
        self._notice = self._dismissed = ""
        self._pictures_checked = 0
        self._is_closing = False
        self._shown_effect = settings.effect.name

        self.banner, self.preview, self.status, self.panel = (
            Banner(self),
            Preview(self),
            ElidedLabel(self),
            Panel(self),
        )
        quiet(self.status)
        self.status.show_text(self.tr("Starting…"))
        self._lay_out()
        self.panel.show_settings(settings)

        self._errands = Errands(self)
        self._bridge = Bridge(settings, make_engine)
        self._save_timer = QTimer(self, singleShot=True, interval=_SAVE_AFTER_MS)
        self._cameras_timer = QTimer(self, singleShot=True, interval=_CAMERAS_SETTLE_MS)
        self._connect()
        self._on_cameras_wanted()
        self._errands.run(networks, self.panel.show_networks)
        self._show_own_picture(settings.effect)
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
        self.banner.acted.connect(self.panel.open_cameras)
        self.banner.dismissed.connect(self._on_dismissed)
        if sys.platform == "linux":
            watcher = QFileSystemWatcher(["/dev"], self)
            watcher.directoryChanged.connect(lambda _: self._cameras_timer.start())

    # What the engine tells

    def _on_composite_ready(self, composite: Composite) -> None:
        self.preview.show_picture(composite.picture)

    def _on_stats_ready(self, stats: Stats) -> None:
        self._stats = stats
        self.status.show_text(self._status_text(stats))
        self._show_banner()

    def _status_text(self, stats: Stats) -> str:
        if not stats.fps:
            return "" if stats.message else self.tr("Starting…")
        parts = [
            self.tr("{fps} frames per second").format(fps=round(stats.fps)),
            self.tr("{latency} ms delay").format(latency=round(stats.latency_ms)),
        ]
        if stats.network:
            parts.append(
                self.tr("{network} on {provider}").format(network=stats.network, provider=stats.provider)
            )
        if stats.source:
            parts.append(stats.source)
        return "   ·   ".join(parts)

    def _show_banner(self) -> None:
        text, is_warning, action = self._notice or self._stats.message, True, ""
        if not text and self._stats.is_demo and self._keeper.settings.source.spec == "auto":
            text = self.tr("No camera was found, so the demo plays. Plug one in and choose it here.")
            is_warning, action = False, self.tr("Choose a camera")
        if text and text == self._dismissed:
            return
        self._dismissed = "" if text else self._dismissed
        self.banner.show_message(text, is_warning, action)

    def _on_dismissed(self) -> None:
        self._dismissed = self.banner.text
        self._notice = ""
        self.banner.show_message("")

    # What the user wants

    def _use(self, settings: Settings) -> None:
        self._keeper.settings = settings
        self._notice = ""
        self._bridge.update(settings)
        self._save_timer.start()
        self._shown_effect = settings.effect.name
        self.panel.show_settings(settings)
        self._show_banner()

    def _use_effect(self, effect: EffectSettings) -> None:
        self._use(msgspec.structs.replace(self._keeper.settings, effect=effect))

    def _on_effect_chosen(self, name: str) -> None:
        values = self._keeper.settings.effect.values
        needed = [p.key for p in EFFECTS[name].parameters if p.kind == "file"]
        if all(values.get(key) for key in needed):
            self._use_effect(EffectSettings(name, values))
        else:
            # The engine goes on with the effect it has until there is a picture.
            self._shown_effect = name
            self.panel.show_effect(name, values)

    def _on_value_changed(self, key: str, value: float | str) -> None:
        values = {**self._keeper.settings.effect.values, key: value}
        effect = EffectSettings(self._shown_effect, values)
        kinds = {parameter.key: parameter.kind for parameter in EFFECTS[effect.name].parameters}
        if kinds[key] == "file":
            self._check_picture(effect, str(value))
        else:
            self._use_effect(effect)

    def _check_picture(self, effect: EffectSettings, path: str) -> None:
        """Use an effect with a file of the user's once the file has proved to be good."""
        self._pictures_checked += 1
        check = self._pictures_checked

        def read() -> Picture:
            build_effect(effect)
            return _thumbnail(path)

        def use(thumbnail: Picture) -> None:
            if check == self._pictures_checked:
                self._use_effect(effect)
                self._show_thumbnail(effect.name, thumbnail)

        def refuse(error: Exception) -> None:
            if check == self._pictures_checked:
                self._shown_effect = self._keeper.settings.effect.name
                self.panel.show_settings(self._keeper.settings)
                self._tell(error)

        self._errands.run(read, use, refuse)

    def _show_own_picture(self, effect: EffectSettings) -> None:
        for name, kind in EFFECTS.items():
            for parameter in kind.parameters:
                path = str(effect.values.get(parameter.key, ""))
                if parameter.kind == "file" and path:
                    self._errands.run(partial(_thumbnail, path), partial(self._show_thumbnail, name))

    def _show_thumbnail(self, effect: str, thumbnail: Picture) -> None:
        self.panel.show_picture(effect, as_image(thumbnail).copy())

    def _tell(self, error: Exception) -> None:
        self._notice, self._dismissed = str(error), ""
        self._show_banner()

    def _on_source_chosen(self, spec: str) -> None:
        settings = self._keeper.settings
        self._use(
            msgspec.structs.replace(settings, source=msgspec.structs.replace(settings.source, spec=spec))
        )

    def _on_source_file_wanted(self) -> None:
        dialog = QFileDialog(self, self.tr("Play a picture or a video instead of the camera"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._on_source_chosen)
        dialog.open()

    def _on_network_chosen(self, name: str) -> None:
        settings = self._keeper.settings
        self._use(
            msgspec.structs.replace(settings, network=msgspec.structs.replace(settings.network, name=name))
        )

    def _on_cameras_wanted(self) -> None:
        self._errands.run(self._find_cameras, self.panel.show_cameras)

    # Drag and drop

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()
            self.preview.show_hint(self.tr("Drop the picture to put it behind you"))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.preview.show_hint("")

    def dropEvent(self, event: QDropEvent) -> None:
        self.preview.show_hint("")
        path = next((url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()), "")
        event.acceptProposedAction()
        for name, effect in EFFECTS.items():
            key = next((p.key for p in effect.parameters if p.kind == "file"), None)
            if key is not None:
                values = {**self._keeper.settings.effect.values, key: path}
                self._check_picture(EffectSettings(name, values), path)
                return

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

        self._errands.run(finish, lambda _: self.closed.emit(), lambda _: self.closed.emit())


def _thumbnail(path: str) -> Picture:
    return cover(read_image(Path(path)), *_THUMBNAIL_PX)


def run(settings: Settings, settings_path: Path) -> int:
    """Show the window until it is closed; returns the exit status. Only where `missing_display()` is None."""
    app = QApplication.instance() or QApplication([sys.argv[0]])
    assert isinstance(app, QApplication)
    app.setApplicationName("backdrop")
    app.setApplicationDisplayName("Backdrop")
    app.setDesktopFileName("backdrop")
    app.setQuitOnLastWindowClosed(False)  # the engine ends first, then the program
    app.setStyle("Fusion")
    app.setWindowIcon(QIcon(str(assets_folder() / "icons" / "backdrop.svg")))
    apply_theme(app)
    app.styleHints().colorSchemeChanged.connect(lambda _: apply_theme(app))
    window = Window(settings, settings_path)
    window.closed.connect(app.quit)
    # Python hears of the signal when its code next runs: the bridge's timer sees to that.
    previous = {
        number: signal.signal(number, lambda *_: window.close()) for number in (signal.SIGINT, signal.SIGTERM)
    }
    window.show()
    try:
        return app.exec()
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
