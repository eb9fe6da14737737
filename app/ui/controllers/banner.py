"""The content and the buttons of the banner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.engine.core.addresses import without_secrets
from app.engine.core.errors import BackdropError
from app.ui.i18n.engine_messages import translated
from app.ui.models.messages import BannerMessage, Messages, Undo

if TYPE_CHECKING:
    from app.engine.core.types import Stats
    from app.ui.models.app_model import AppModel
    from app.ui.widgets.banner import Banner


class BannerController(QObject):
    """Connects the banner, the messages and the model."""

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
        """The latest statistics of the engine."""
        return self._messages.stats

    def on_stats(self, stats: Stats) -> None:
        """Take new statistics of the engine."""
        self._messages.stats = stats
        self._show()

    def notify(self, text: str, undo: Undo = None) -> None:
        """Show what the user's last action did; `undo` takes it back."""
        self._messages.add(text, is_warning=False, undo=undo)
        self._show()

    def warn(self, problem: str | Exception) -> None:
        """Show what did not work."""
        if isinstance(problem, Exception):
            ours = problem.message if isinstance(problem, BackdropError) else None
            problem = without_secrets(str(problem)) if ours is None else ours
        self._messages.add(problem, is_warning=True)
        self._show()

    def forget(self) -> None:
        """Remove the message about the user's last action."""
        self._messages.notice = BannerMessage()
        self._show()

    def _show(self) -> None:
        settings = self._model.settings
        message = self._messages.current(settings.source.spec if settings.is_on else "")
        action = self.tr("Choose a camera") if message.offers_cameras else ""
        if message.undo is not None:
            action = self.tr("Undo")
        self._banner.show_message(translated(message.text), message.is_warning, action)

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
