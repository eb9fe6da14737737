"""The tray icon: on or off, effects and profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup, QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from app.engine.pipeline.effects import EFFECTS
from app.ui.controllers.profiles import fill_profiles
from app.ui.i18n.labels import effect_title
from app.ui.models.background_effects import can_be_used

if TYPE_CHECKING:
    from app.ui.models.app_model import AppModel

_SIZE_PX = 64


class Tray(QObject):
    """The icon and its menu. It shows the model and changes only the model."""

    show_wanted = Signal()
    quit_wanted = Signal()

    def __init__(self, model: AppModel, icon: QIcon, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._icons = {True: icon, False: QIcon(icon.pixmap(_SIZE_PX, QIcon.Mode.Disabled))}
        self.menu = QMenu()
        self.power = QAction(self.tr("Show my camera"), self.menu, checkable=True)
        self.power.triggered.connect(model.switch)
        self.menu.addAction(self.power)
        self.menu.addSeparator()
        group = QActionGroup(self.menu)
        self.effects = {
            name: self._effect_action(name, group) for name in EFFECTS if not EFFECTS[name].is_private
        }
        self.profiles = self.menu.addMenu(self.tr("Profile"))
        self.menu.addSeparator()
        self.menu.addAction(self.tr("Open Backdrop")).triggered.connect(self.show_wanted)
        self.menu.addAction(self.tr("Quit")).triggered.connect(self.quit_wanted)
        self.icon = QSystemTrayIcon(self)
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(self._on_activated)
        model.changed.connect(self._show)
        self._show()

    def _effect_action(self, name: str, group: QActionGroup) -> QAction:
        action = QAction(effect_title(EFFECTS[name].title), group, checkable=True)
        action.triggered.connect(lambda: self._model.use_effect_named(name))
        self.menu.addAction(action)
        return action

    def _show(self) -> None:
        effect = self._model.settings.effect
        self.power.setChecked(self._model.is_on)
        for name, action in self.effects.items():
            action.setChecked(name == effect.name)
            action.setEnabled(can_be_used(name, effect.values))
        fill_profiles(self.profiles, self._model)
        self.profiles.setEnabled(bool(self._model.stored.profiles))
        self.icon.setIcon(self._icons[self._model.is_on])
        self.icon.setToolTip(self.tr("Backdrop is on") if self._model.is_on else self.tr("Backdrop is off"))

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason == QSystemTrayIcon.ActivationReason.Trigger:
            self.show_wanted.emit()
