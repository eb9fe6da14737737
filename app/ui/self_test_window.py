"""The real window on the demo for a moment, for `backdrop --self-test`."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QTimer

from app.engine.core.settings import Settings
from app.engine.core.types import Composite, Picture, Stats
from app.engine.engine import Engine
from app.settings import StoredSettings
from app.ui.application import application
from app.ui.main_window import Window
from app.ui.models.background_library import BackgroundLibrary

_PATIENCE = 12  # reports, one each 0.4 s: what is wrong for so long without a picture stays wrong


@dataclass(frozen=True, slots=True)
class TrialResult:
    """What the window showed."""

    pictures: int
    """Composites; privacy cards do not count."""
    first_at: float | None
    """When the first of them was painted (time.monotonic, seconds)."""
    looks_empty: bool
    """Whether the preview, as painted, is of one colour."""
    stats: Stats
    """After the end."""


class _TrialWindow(Window):
    """Counts the composites and ends after enough of them."""

    def __init__(
        self, settings: Settings, folder: Path, make_engine: Callable[..., Engine], wanted: int
    ) -> None:
        library = BackgroundLibrary(own=folder / "own", cache=folder / "cache")
        kept = StoredSettings().with_choices(settings)
        super().__init__(kept, folder / "settings.json", make_engine, cameras=list, library=library)
        self._wanted = wanted
        self.pictures = 0
        self.first_at: float | None = None
        self.looks_empty = True
        self._complaints = 0

    def _on_composite_ready(self, composite: Composite, before: Picture | None) -> None:
        super()._on_composite_ready(composite, before)
        if composite.private:
            return
        self.pictures += 1
        if self.first_at is None:
            self.preview.repaint()
            self.first_at = time.monotonic()
        self._complaints = 0
        if self.pictures == self._wanted:
            image = self.preview.grab().toImage().scaled(16, 9)
            pixels = {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}
            self.looks_empty = len(pixels) < 2
            self.end()

    def _on_stats_ready(self, stats: Stats) -> None:
        super()._on_stats_ready(stats)
        self._complaints += bool(stats.message)
        if self._complaints == _PATIENCE:
            self.end()


def show(settings: Settings, folder: Path, pictures: int, limit_s: float) -> TrialResult:
    """Show the window until it has had so many composites, or the time is up; all it keeps is in `folder`."""
    engines: list[Engine] = []

    def make_engine(settings: Settings, on_preview: Callable[[], None]) -> Engine:
        engines.append(Engine(settings, on_preview))
        return engines[-1]

    app = application()
    window = _TrialWindow(settings, folder, make_engine, pictures)
    window.closed.connect(app.quit)
    window.model.record(settings.output.recording)  # the window begins none by itself
    limit = QTimer(window, singleShot=True, interval=round(1000 * limit_s))
    limit.timeout.connect(window.end)
    limit.start()
    window.show()
    app.exec()
    return TrialResult(window.pictures, window.first_at, window.looks_empty, engines[0].stats)
