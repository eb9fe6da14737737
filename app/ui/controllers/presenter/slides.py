"""Choose slides and turn their pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.engine.core.errors import BackdropError
from app.engine.core.settings import EffectSettings
from app.engine.pipeline.presenter.slides import MOST_PAGES, Slides
from app.ui.models.background_effects import with_slides

if TYPE_CHECKING:
    from pathlib import Path

    from app.engine.core.types import Stats
    from app.ui.controllers.backgrounds import BackgroundController
    from app.ui.models.app_model import AppModel


class SlideController(QObject):
    """Changes the page of the slides, wherever the wish comes from: keys, buttons, clicks or `ctl`."""

    pages_changed = Signal()
    """The number of pages has become known, or is another."""

    def __init__(self, model: AppModel, backgrounds: BackgroundController, parent: QObject) -> None:
        super().__init__(parent)
        self._model, self._backgrounds = model, backgrounds
        self.pages = 0
        """How many pages there are; 0 while that is not known."""

    @property
    def are_shown(self) -> bool:
        """Whether slides are the background."""
        return self._model.settings.effect.name == Slides.name

    @property
    def page(self) -> int:
        """The page that is shown, from 1."""
        page = int(float(self._model.settings.effect.values.get("page", 1)))
        return min(page, self.pages or page)

    def choose(self, path: Path) -> None:
        """Check a PDF or a folder and show its first page."""
        self._backgrounds.choose_effect(with_slides(self._model.settings.effect, path))

    def show_again(self) -> None:
        """Show the slides that were chosen before, at their page."""
        values = self._model.settings.effect.values
        if values.get("slides"):
            self._backgrounds.choose_effect(EffectSettings(Slides.name, values))

    def turn(self, by: int) -> None:
        """Go some pages on, or back; the first and the last page stop it."""
        self._show(self.page + by)

    def go_to(self, page: str) -> None:
        """Show the page of this number. Raises BackdropError if there is none."""
        last = self.pages or MOST_PAGES
        number = int(page) if page.isdecimal() and len(page) <= len(str(MOST_PAGES)) else 0
        if not 1 <= number <= last:
            raise BackdropError("There is no page {page}: the last one is {last}.", page=page, last=last)
        self._show(number)

    def on_stats(self, stats: Stats) -> None:
        """Note how many pages there are."""
        if stats.pages != self.pages:
            self.pages = stats.pages
            self.pages_changed.emit()

    def _show(self, page: int) -> None:
        if self.are_shown:
            self._model.use_value("page", float(min(max(page, 1), self.pages or MOST_PAGES)))
