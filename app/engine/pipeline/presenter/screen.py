"""A screen or a window as the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.engine.core.parameters import Parameter
from app.engine.pipeline.effect import Effect
from app.engine.screens.screen_feed import open_feed
from app.engine.screens.screens import parse_spec

if TYPE_CHECKING:
    from app.engine.core.errors import BackdropError
    from app.engine.core.parameters import Values
    from app.engine.core.types import Alpha, Frame, Picture


class Screen(Effect):
    """A screen or a window, as it is now; Backdrop's own windows are left out of it."""

    name, title = "screen", "Screen"
    takes_shade, is_private, has_memory = False, True, True
    parameters = (Parameter("screen", "Screen", "text", "screen:1"),)

    def __init__(self, values: Values, waits: bool = False) -> None:
        super().__init__(values, waits)
        spec = str(values["screen"])
        self._feed = open_feed(":".join(parse_spec(spec)))
        self._feed.prepare()

    @property
    def problem(self) -> BackdropError | None:
        """Why the picture is not the newest one."""
        return self._feed.problem

    def background(self, frame: Frame, alpha: Alpha) -> Picture | None:
        height, width = alpha.shape
        return self._feed.picture(height, width, self._waits)
