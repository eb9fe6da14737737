"""The panel beside the preview: all settings, the most important on top."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.engine.pipeline.effects import EFFECTS
from app.ui.i18n.engine_messages import translated
from app.ui.models.background_effects import file_keys
from app.ui.views.backgrounds.background_gallery import BackgroundGallery
from app.ui.views.backgrounds.effect_form import EffectForm
from app.ui.views.backgrounds.effect_gallery import EffectGallery
from app.ui.views.choosers import CameraChooser, NetworkChooser
from app.ui.views.looks.look_section import LookSection
from app.ui.views.microphone_chooser import MicrophoneChooser
from app.ui.views.output_controls import VirtualCameraSwitch
from app.ui.views.panel_frame import PanelFrame
from app.ui.views.presenter.presenter_section import PresenterSection
from app.ui.views.settings_form import ADVANCED, PICTURE, SettingsForm
from app.ui.widgets.basic import Chooser, heading, plain, quiet
from app.ui.widgets.search_field import SearchField
from app.ui.widgets.text import shortened

if TYPE_CHECKING:
    from app.engine.core.settings import Settings
    from app.engine.core.types import Stats

_TITLE_LETTERS = 48
VIRTUAL_CAMERA_IS_POSSIBLE = sys.platform in ("linux", "win32", "darwin")


class Panel(PanelFrame):
    """All settings. It shows values and emits the user's choices; it changes nothing itself."""

    effect_chosen = Signal(str)
    value_changed = Signal(str, object)
    """The key and the new value of a parameter of the current effect."""
    source_chosen = Signal(str)
    """A source's `spec`."""
    source_file_wanted = Signal()
    network_chosen = Signal(str)
    power_wanted = Signal(bool)
    """Whether the user wants the camera to be shown."""
    closing_to_tray_wanted = Signal(bool)
    starting_with_system_wanted = Signal(bool)
    cameras_wanted = Signal()
    """The list of cameras is about to open."""

    def __init__(
        self, parent: QWidget | None = None, offers_virtual_camera: bool = VIRTUAL_CAMERA_IS_POSSIBLE
    ) -> None:
        super().__init__(parent)
        body, column = self.body, self.column
        self.power, self.profile = self.head.power, self.head.profile
        self.power.clicked.connect(self.power_wanted)
        self.camera = CameraChooser(plain(self.tr("&Camera")), body)
        self._add_chooser(column, self.tr("&Camera"), self.camera)
        self.virtual_camera = VirtualCameraSwitch(body)
        self.virtual_camera.setVisible(offers_virtual_camera)
        column.addWidget(self.virtual_camera)
        self._add_background(column, body)
        column.addSpacing(8)
        self.network = NetworkChooser(plain(self.tr("&Quality")), body)
        self._add_chooser(column, self.tr("&Quality"), self.network)
        column.addSpacing(6)
        self.picture = SettingsForm(self.tr("Framin&g and light"), PICTURE, body)
        self.advanced = SettingsForm(self.tr("&Advanced"), ADVANCED, body)
        self.microphone = MicrophoneChooser(self.advanced.body)
        below = self.advanced.column.indexOf(self.advanced.controls["output", "record_microphone"])
        self.advanced.column.insertWidget(below + 1, self.microphone)
        self.learn_room = QPushButton(self.tr("Learn my room"), self.advanced.body)
        below = self.advanced.column.indexOf(self.advanced.controls["matte", "room_memory"])
        self.advanced.column.insertWidget(below + 1, self.learn_room)
        self.search = SearchField(self.tr("Find a setting"), body)
        column.addWidget(self.search)
        self.looks = LookSection(self.tr("Loo&k"), body)
        self.presenter = PresenterSection(self.tr("Pr&esenter"), body)
        for section in (self.looks, self.presenter, self.picture, self.advanced):
            column.addWidget(section)
            self.scroll_to_opened(section)
        column.addSpacing(6)
        self._add_program_controls(column, body)
        column.addStretch()
        self.camera.source_chosen.connect(self.source_chosen)
        self.camera.source_file_wanted.connect(self.source_file_wanted)
        self.camera.opened.connect(self.cameras_wanted)
        self.network.chosen.connect(self.network_chosen)
        self.show_small(False)

    def _add_background(self, column: QVBoxLayout, body: QWidget) -> None:
        column.addWidget(heading(self.tr("Background"), body))
        effects = {
            name: effect for name, effect in EFFECTS.items() if not file_keys(name) and not effect.is_private
        }
        self.gallery = EffectGallery(effects, body)
        column.addWidget(self.gallery)
        self.gallery.effect_chosen.connect(self.effect_chosen)
        self.pages = {name: EffectForm(effect, body) for name, effect in effects.items()}
        # As high as its highest page, so that the pictures below never move under the pointer.
        self._forms = QStackedWidget(body)
        self._description = quiet(QLabel(self._forms))
        """In the place of the controls, for backgrounds without any."""
        self._description.setTextFormat(Qt.TextFormat.PlainText)
        self._description.setWordWrap(True)
        # A long title must not make the forms higher.
        self._description.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._forms.addWidget(self._description)
        for page in self.pages.values():
            page.value_changed.connect(self.value_changed)
            self._forms.addWidget(page)
        column.addWidget(self._forms)
        self.pictures = BackgroundGallery(body)
        self.pictures.picture_chosen.connect(self._show_picture)
        self.pictures.title_changed.connect(
            lambda title: self._description.setText(shortened(title, _TITLE_LETTERS))
        )
        column.addWidget(self.pictures)

    def _add_program_controls(self, column: QVBoxLayout, body: QWidget) -> None:
        """The controls of the program itself: tray, start with the system."""
        self.closing_to_tray = QCheckBox(self.tr("Stay in the &tray when closed"), body)
        self.closing_to_tray.clicked.connect(self.closing_to_tray_wanted)
        self.closing_to_tray.hide()
        self.sparing_battery = QCheckBox(self.tr("Fewer previews on &battery power"), body)
        self.sparing_battery.hide()
        self.starting_with_system = QCheckBox(self.tr("Start &when I sign in"), body)
        self.starting_with_system.clicked.connect(self.starting_with_system_wanted)
        self.check = QPushButton(self.tr("Check this comp&uter…"), body)
        for widget in (self.closing_to_tray, self.sparing_battery, self.starting_with_system, self.check):
            column.addWidget(widget)

    def _add_chooser(self, column: QVBoxLayout, title: str, chooser: Chooser) -> None:
        label = heading(title, self.body)
        label.setBuddy(chooser)
        column.addWidget(label)
        column.addWidget(chooser)

    def show_settings(self, settings: Settings) -> None:
        """Show the current settings."""
        self.show_effect(settings.effect.name, settings.effect.values)
        self.power.setChecked(settings.is_on)
        self.virtual_camera.show_wanted(bool(settings.output.virtual_camera))
        self.looks.show_values(settings.looks)
        self.picture.show_settings(settings)
        self.advanced.show_settings(settings)
        self.microphone.show_current(settings.output.microphone, settings.output.record_microphone)
        self.camera.show_source(settings.source.spec)
        self.network.show_network(settings.network.name)

    def show_stats(self, stats: Stats) -> None:
        """Show the consumers and the network in use."""
        self.virtual_camera.show_stats(stats)
        self.advanced.show_problem("network", "provider", translated(stats.notice))
        self.network.show_in_use(stats.network_name)

    def show_starting_with_system(self, wanted: bool) -> None:
        """Show whether Backdrop starts with the system."""
        self.starting_with_system.setChecked(wanted)

    def show_sparing_battery(self, wanted: bool, is_possible: bool) -> None:
        """Show whether previews are spared on battery power; hidden without a battery."""
        self.sparing_battery.setVisible(is_possible)
        self.sparing_battery.setChecked(wanted)

    def show_closing_to_tray(self, wanted: bool, is_possible: bool) -> None:
        """Show whether closing leaves Backdrop in the tray; hidden if there is no tray."""
        self.closing_to_tray.setVisible(is_possible)
        self.closing_to_tray.setChecked(wanted)

    def show_effect(self, name: str, values: dict[str, float | str]) -> None:
        """Show an effect as the current one, with its controls."""
        self.gallery.show_effect(name, values)
        for page in self.pages.values():
            page.show_values(values)
        form = self.pages.get(name)
        self._forms.setCurrentWidget(form if form is not None and form.controls else self._description)
        file = next((str(values.get(key, "")) for key in file_keys(name)), "")
        self.pictures.show_chosen(Path(file) if file else None)
        if not file:
            described = {
                "none": self.tr("Others see your room."),
                "transparent": self.tr("Black in programs that show no transparency."),
                "screen": self.tr("Others see this screen, without Backdrop's own windows."),
            }
            self._description.setText(described.get(name, ""))

    def _show_picture(self, path: Path) -> None:
        """Show a picture as chosen while it is being checked."""
        self.gallery.show_effect("", {})
        self._forms.setCurrentWidget(self._description)
        self.pictures.show_chosen(path)

    def open_cameras(self) -> None:
        """Open the list of cameras."""
        self.camera.setFocus(Qt.FocusReason.OtherFocusReason)
        self.camera.showPopup()
