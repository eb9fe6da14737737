"""Slides as the background."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.engine.core.errors import BackdropError
from app.engine.core.parameters import Parameter
from app.engine.media.slide_deck import open_deck
from app.engine.pipeline.effect import Effect

if TYPE_CHECKING:
    from app.engine.core.parameters import Values
    from app.engine.core.types import Alpha, Frame, Picture

MOST_PAGES = 10_000


class Slides(Effect):
    """A page of a PDF, or of a folder of pictures, drawn off the hot path."""

    name, title, takes_shade, has_memory = "slides", "Slides", False, True
    parameters = (
        Parameter("slides", "Slides", "file", ""),
        Parameter("page", "Page", "slider", 1.0, 1.0, float(MOST_PAGES), 1.0),
    )

    def __init__(self, values: Values, waits: bool = False) -> None:
        super().__init__(values, waits)
        if not values["slides"]:
            raise BackdropError("Choose a PDF or a folder of pictures as slides first.")
        self._page = int(float(values["page"]))
        self._deck = open_deck(Path(str(values["slides"])))
        self._deck.prepare(self._page)

    @property
    def problem(self) -> BackdropError | None:
        """The error of a page that is blank, because it cannot be drawn."""
        return self._deck.problem

    @property
    def pages(self) -> int:
        return self._deck.count

    def background(self, frame: Frame, alpha: Alpha) -> Picture | None:
        height, width = alpha.shape
        return self._deck.picture(self._page, height, width, self._waits)
