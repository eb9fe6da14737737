"""What the banner says, and what its buttons do."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.engine.core.types import Stats
from app.ui.i18n.engine_messages import sentence
from app.ui.models.app_model import AppModel
from app.ui.models.messages import Message, Messages, Undo
from app.ui.widgets.basic import Banner


class BannerController(QObject):
    """Joins the banner, the messages and the model."""

    cameras_wanted = Signal()
    """The user wants to choose another camera."""

    def __init__(self, banner: Banner, model: AppModel, parent: QObject) -> None:
        super().__init__(parent)
        self._banner, self._model = banner, model
        self._messages = Messages()
        banner.acted.connect(self._on_acted)
        banner.dismissed.connect(self._on_dismissed)

    @property
    def stats(self) -> Stats:
        """The engine's last report."""
        return self._messages.stats

    def hear(self, stats: Stats) -> None:
        """The engine's next report has come."""
        self._messages.stats = stats
        self._show()

    def say(self, text: str, is_warning: bool = True, undo: Undo = None) -> None:
        """Tell what came of the user's last choice, with a way back where there is one."""
        self._messages.tell(text, is_warning, undo)
        self._show()

    def tell(self, error: Exception) -> None:
        """Tell why something did not work."""
        self.say(str(error))

    def forget(self) -> None:
        """The user has gone on: what came of the last choice is no longer of interest."""
        self._messages.notice = Message()
        self._show()

    def _show(self) -> None:
        settings = self._model.settings
        message = self._messages.current(settings.source.spec if settings.is_on else "")
        action = self.tr("Choose a camera") if message.offers_cameras else ""
        if message.undo is not None:
            action = self.tr("Undo")
        self._banner.show_message(sentence(message.text), message.is_warning, action)

    def _on_dismissed(self) -> None:
        self._messages.dismiss()
        self._show()

    def _on_acted(self) -> None:
        undo = self._messages.notice.undo
        if undo is None:
            self.cameras_wanted.emit()
        else:
            self.forget()
            undo()
