"""The button "Learn my room": asks the user to step aside, and tells how it went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.engine.pipeline.effects import EFFECTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QPushButton

    from app.engine.core.types import Stats
    from app.ui.controllers.banner import BannerController
    from app.ui.models.app_model import AppModel


class RoomLessonController(QObject):
    """Connects the button, the engine and the banner."""

    def __init__(
        self,
        model: AppModel,
        button: QPushButton,
        learn_room: Callable[[], None],
        banner: BannerController,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._model, self._learn_room, self._banner = model, learn_room, banner
        self._state = "none"
        button.clicked.connect(self.begin)

    def begin(self) -> None:
        """Ask the user to step aside, and learn the room then."""
        if not self._model.is_on or not EFFECTS[self._model.settings.effect.name].needs_matte:
            self._banner.warn(
                self.tr("Show your camera with a background first: then the room can be learnt.")
            )
            return
        if not self._model.settings.matte.room_memory:
            self._model.use_field("matte", "room_memory", True)
        self._state = "waiting"
        self._learn_room()
        self._banner.notify(self.tr("Please step out of the picture for three seconds."))

    def on_stats(self, stats: Stats) -> None:
        """Tell how far it is, if that has changed."""
        if self._state not in ("waiting", "learning") or stats.room_lesson == self._state:
            return
        self._state = stats.room_lesson
        if self._state == "learning":
            self._banner.notify(self.tr("Your room is being learnt: please stay outside a moment longer."))
        elif self._state == "learned":
            self._banner.notify(self.tr("Your room is known now. It is kept in memory only."))
        elif self._state == "missed":
            self._banner.warn(self.tr("Somebody was in the picture all the time. Please try again."))
