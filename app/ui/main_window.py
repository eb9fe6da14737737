"""The main window: the preview, the panel beside it, and the controllers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut

from app.engine.core.types import Composite, Picture, Stats
from app.engine.devices.battery import Power, power
from app.engine.devices.microphones import list_microphones
from app.engine.engine import Engine
from app.ui.controllers.backgrounds import BackgroundController
from app.ui.controllers.banner import BannerController
from app.ui.controllers.before_after import BeforeAfter
from app.ui.controllers.drag_and_drop import DragAndDrop
from app.ui.controllers.effect_thumbnails import EffectThumbnails
from app.ui.controllers.keys.full_screen import FullScreen
from app.ui.controllers.keys.keyboard import Keyboard
from app.ui.controllers.keys.settings_search import SettingsSearch
from app.ui.controllers.looks.looks import LookController
from app.ui.controllers.looks.screen_light import ScreenLightController
from app.ui.controllers.microphones import MicrophoneController
from app.ui.controllers.people.people import PeopleController
from app.ui.controllers.power.battery import BatteryController
from app.ui.controllers.presenter.presenter import PresenterController
from app.ui.controllers.presenter.screens import ScreenController
from app.ui.controllers.presenter.slides import SlideController
from app.ui.controllers.profiles import ProfileController
from app.ui.controllers.recording import RecordingController
from app.ui.controllers.room_lesson import RoomLessonController
from app.ui.controllers.saving import SavingController
from app.ui.controllers.sources import SourceController
from app.ui.controllers.startup import StartupController
from app.ui.controllers.virtual_camera import VirtualCameraController
from app.ui.models.app_model import AppModel
from app.ui.models.background_library import BackgroundLibrary
from app.ui.models.choices import Choice, camera_choices, network_choices
from app.ui.models.history import History
from app.ui.models.messages import status_text
from app.ui.services.engine_bridge import Bridge, MakeEngine
from app.ui.services.settings_store import SettingsStore
from app.ui.services.task_runner import TaskRunner
from app.ui.tray_window import TrayWindow
from app.ui.views.clean_window import CleanWindow
from app.ui.views.output_controls import RecordingBar
from app.ui.views.panel import Panel
from app.ui.views.preview import Preview
from app.ui.views.stage_chart import StatusLine
from app.ui.views.welcome import Examine, examine_all
from app.ui.views.window_layout import WindowLayout
from app.ui.widgets.banner import Banner
from app.ui.widgets.mnemonics import letters_in
from app.ui.widgets.screen_fit import ScreenFit

if TYPE_CHECKING:
    from pathlib import Path

    from app.settings import StoredSettings

_SIZE = QSize(1200, 720)

Choices = Callable[[], list[Choice]]


class Window(TrayWindow):
    """The main window. It never blocks on a disk, a device or a network."""

    closed = Signal()
    """The engine has stopped and the settings are saved."""

    def __init__(
        self,
        initial: StoredSettings,
        settings_path: Path,
        make_engine: MakeEngine = Engine,
        cameras: Choices = camera_choices,
        networks: Choices = network_choices,
        library: BackgroundLibrary | None = None,
        examine: Examine = examine_all,
        stored: StoredSettings | None = None,
        microphones: Callable[[], list[str]] = list_microphones,
        read_power: Callable[[], Power] = power,
    ) -> None:
        """`initial`: the settings to start with; `stored`: those of the file, if options changed them."""
        super().__init__()
        self.setObjectName("window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(self.tr("Backdrop"))
        self.model = AppModel(initial, self)
        self.banner, self.preview, self.status, self.panel = (
            Banner(self),
            Preview(self),
            StatusLine(self),
            Panel(self),
        )
        self.recording_bar, self.clean = RecordingBar(self), CleanWindow()
        self.status.show_text(status_text(Stats()))
        self.preview.setToolTip(
            self.tr("Click a person to hide or show them. Hold the key B to see before and after.")
        )
        self._layout = WindowLayout(
            self, self.banner, self.preview, self.status, self.recording_bar, self.panel
        )
        self.panel.gallery.assign_mnemonics(letters_in(self))
        self.show_choices_of_panel()

        self._tasks = TaskRunner(self)
        self.banner_controller = BannerController(self.banner, self.model, self)
        self.backgrounds = BackgroundController(
            self.model,
            self.panel.pictures,
            library or BackgroundLibrary(),
            self._tasks,
            self.banner_controller,
            self,
        )
        self.slides = SlideController(self.model, self.backgrounds, self)
        self.screens = ScreenController(
            self.model, self.panel.presenter.screen_chooser, self.backgrounds, self._tasks, self
        )
        self.profiles = ProfileController(self.model, self.panel.profile, self.banner_controller, self)
        self.microphones = MicrophoneController(self.model, self.panel, self._tasks, microphones, self)
        self.recording = RecordingController(
            self.model, self._tasks, self.banner_controller, self.microphones, self
        )
        self._virtual_camera = VirtualCameraController(
            self.model, self.panel.virtual_camera, self.banner_controller, self
        )
        self.sources = SourceController(self.model, self.panel, self._tasks, cameras, self)
        self.startup = StartupController(
            self.model, self.panel, self._tasks, examine, self.banner_controller.warn, self
        )
        self._thumbnails = EffectThumbnails(self.panel.gallery, self._tasks, self)
        self._looks = LookController(
            model=self.model,
            section=self.panel.looks,
            tasks=self._tasks,
            warn=self.banner_controller.warn,
            parent=self,
        )
        self._screen_light = ScreenLightController(self.model, self.panel.looks.screen_light, self)
        self._keyboard = Keyboard(self)
        self._search = SettingsSearch(self.panel, self)
        self._full_screen = FullScreen(self, self._layout)
        self._history = History(self.model)
        self._presenter = PresenterController(
            self.model, self.panel.presenter, self.slides, self.preview, self.clean, self
        )
        self._before_after = BeforeAfter(self, self.preview, self._mouse_is_taken)
        self._drag_and_drop = DragAndDrop(self, self.preview, self.backgrounds.loader)
        self._engine_bridge = Bridge(self.model.effective, make_engine)
        self._people = PeopleController(
            self.model, self.preview, self._engine_bridge, lambda: self._presenter.mouse.takes_mouse
        )
        self.room_lesson = RoomLessonController(
            self.model, self.panel.learn_room, self._engine_bridge.learn_room, self.banner_controller, self
        )
        self._battery = BatteryController(
            self.model, self.panel, self._tasks, read_power, self._engine_bridge.spare
        )
        self._saving = SavingController(
            SettingsStore(initial, settings_path, stored), self._tasks, self.banner_controller.warn, self
        )
        self._screen_fit = ScreenFit(self, _SIZE)
        self._connect()
        self.sources.list_cameras()
        self._tasks.run(networks, self.panel.network.show_networks)
        QTimer.singleShot(300, self.backgrounds.loader.open)
        self.setFocus()  # Not a control: Space would change its setting.
        self._engine_bridge.start()

    def _mouse_is_taken(self) -> bool:
        """Whether the button on the preview drags, turns pages, or hides and shows people."""
        return self._presenter.mouse.takes_mouse or self._people.takes_mouse

    def _connect(self) -> None:
        panel, model = self.panel, self.model
        model.changed.connect(self._on_changed)
        self._engine_bridge.composite_ready.connect(self._on_composite_ready)
        self._engine_bridge.stats_ready.connect(self._on_stats_ready)
        panel.power_wanted.connect(model.switch)
        panel.effect_chosen.connect(self._on_effect_chosen)
        panel.value_changed.connect(model.use_value)
        panel.network_chosen.connect(model.use_network)
        panel.picture.changed.connect(model.use_field)
        panel.advanced.changed.connect(model.use_field)
        self.recording_bar.recording_wanted.connect(self.recording.on_recording_wanted)
        self.recording_bar.snapshot.clicked.connect(self.recording.on_snapshot_wanted)
        self.recording_bar.clean.clicked.connect(lambda wanted: self.clean.setVisible(wanted))
        self.clean.shown.connect(self.recording_bar.clean.setChecked)
        self.clean.shown.connect(self._update_is_previewed)
        self._before_after.changed.connect(self._engine_bridge.compare)
        self.backgrounds.refused.connect(self.show_choices)
        self.recording.refused.connect(self.show_choices)
        self.banner_controller.cameras_wanted.connect(panel.open_cameras)
        for key, act in (
            (QKeySequence.StandardKey.Paste, self.backgrounds.paste),
            (QKeySequence.StandardKey.Undo, self._history.undo),
            (QKeySequence.StandardKey.Redo, self._history.redo),
        ):
            QShortcut(key, self).activated.connect(act)

    # Events of the engine

    @property
    def stats(self) -> Stats:
        """The latest statistics of the engine."""
        return self.banner_controller.stats

    def _on_composite_ready(self, composite: Composite, before: Picture | None) -> None:
        self.recording.on_composite(composite)
        self.recording_bar.show_level(self._engine_bridge.sound_level)
        self.preview.show_picture(composite.picture, before)
        self.clean.show_picture(composite.picture)

    def _on_stats_ready(self, stats: Stats) -> None:
        self.status.show_text(status_text(stats, self.model.is_on))
        self.status.chart.show_stats(stats)
        self.panel.show_stats(stats)
        self.recording_bar.show_time()
        self.banner_controller.on_stats(stats)
        self.recording.on_stats(stats)
        self._virtual_camera.on_stats(stats)
        self.slides.on_stats(stats)
        self.room_lesson.on_stats(stats)
        is_seen = self.model.is_on and not stats.is_camera_released
        thumbnail = self._engine_bridge.newest_thumbnail() if is_seen else None
        self._thumbnails.show(thumbnail, self.model.settings.effect.values, is_seen)
        self._looks.show(thumbnail, is_seen)
        self._screen_light.on_frame(thumbnail, is_seen)

    # Choices of the user

    def _on_changed(self) -> None:
        self._engine_bridge.update(self.model.effective)
        self._saving.save_soon(self.model.stored)
        self.show_choices()
        self.status.show_text(status_text(self.stats, self.model.is_on))
        self.banner_controller.forget()

    def show_choices(self) -> None:
        """Show the current settings."""
        self.show_choices_of_panel()
        self.profiles.show()

    def show_choices_of_panel(self) -> None:
        """Show the current settings in the panel."""
        self.panel.show_settings(self.model.settings)
        self.recording_bar.show_recording(bool(self.model.recording))
        self.panel.show_closing_to_tray(self.model.stored.window.closes_to_tray, self.has_tray)

    def _on_effect_chosen(self, name: str) -> None:
        self.backgrounds.forget()
        self.model.use_effect_named(name)

    # Size and visibility

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._layout.arrange(self.width())

    def event(self, event: QEvent) -> bool:
        taken = super().event(event)
        if event.type() in (QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.WindowStateChange):
            self._update_is_previewed()
        return taken

    def _update_is_previewed(self) -> None:
        if self.is_closing:  # Late events of a closing window; the clean window is deleted already.
            return
        is_seen = (self.isVisible() and not self.isMinimized()) or self.clean.isVisible()
        self._engine_bridge.show_preview(is_seen)

    # The end

    def closes_to_tray(self) -> bool:
        return self.model.stored.window.closes_to_tray

    def end(self) -> None:
        """Stop everything and close, with or without a tray; emit `closed` at the end."""
        if self.is_closing:
            return
        self.is_closing = True
        self.hide()
        self._screen_light.close()
        self.clean.close()
        self.clean.deleteLater()
        self._engine_bridge.mute()
        self._saving.save_and(self._engine_bridge.stop_engine, self.closed.emit)
