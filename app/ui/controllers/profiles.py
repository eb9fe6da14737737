"""The menu of profiles."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from app.engine.core.errors import BackdropError
from app.ui.widgets.text import menu_text

if TYPE_CHECKING:
    from app.ui.models.app_model import AppModel
    from app.ui.models.messages import Notifier
    from app.ui.views.panel_head import ProfileButton


def fill_profiles(menu: QMenu, model: AppModel) -> None:
    """Fill a menu with the profiles."""
    menu.clear()
    for name in model.stored.profiles:
        action = menu.addAction(menu_text(name))
        action.setCheckable(True)
        action.setChecked(name == model.profile)
        action.triggered.connect(lambda _=False, name=name: model.use_profile(name))


class ProfileController(QObject):
    """Fills the button's menu and runs its actions."""

    def __init__(self, model: AppModel, button: ProfileButton, notifier: Notifier, window: QWidget) -> None:
        """`notifier` shows what happened or what did not work."""
        super().__init__(window)
        self._model, self._button, self._notifier, self._window = model, button, notifier, window
        self.menu = QMenu(window)
        self._removal = QMenu(self.tr("Remove"), self.menu)
        button.setMenu(self.menu)
        self.show()

    def show(self) -> None:
        """Show the profiles and which one is in use."""
        self._button.show_name(self._model.profile)
        fill_profiles(self.menu, self._model)
        if self._model.stored.profiles:
            self.menu.addSeparator()
        self.menu.addAction(self.tr("Save as…")).triggered.connect(lambda: self._on_save_wanted())
        # One submenu for good: clear() deletes the actions of a menu, but not its submenus.
        self._removal.clear()
        self._removal.setEnabled(bool(self._model.stored.profiles))
        self.menu.addMenu(self._removal)
        for name in self._model.stored.profiles:
            action = self._removal.addAction(menu_text(name))
            action.triggered.connect(lambda _=False, name=name: self._remove(name))

    def _on_save_wanted(self) -> None:
        dialog = QInputDialog(self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(self.tr("Save profile"))
        dialog.setLabelText(self.tr("Save all settings, including camera and quality, under this name:"))
        dialog.setTextValue(self._model.stored.profile)
        dialog.textValueSelected.connect(self._save)
        dialog.open()

    def _save(self, name: str) -> None:
        try:
            self._model.save_profile(name)
        except BackdropError as error:
            self._notifier.warn(error)

    def _remove(self, name: str) -> None:
        settings = self._model.stored.profiles[name]
        self._model.remove_profile(name)
        sentence = self.tr("The profile '{name}' was removed.")
        self._notifier.notify(
            sentence.format(name=name), partial(self._model.restore_profile, name, settings)
        )
