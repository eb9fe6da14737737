"""Run the real window on the demo for a moment, for `backdrop --self-test`."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from app.ending_signals import ending_signals
from app.engine.engine import Engine
from app.settings import StoredSettings
from app.ui.application import application
from app.ui.main_window import Window
from app.ui.models.background_library import BackgroundLibrary

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.engine.core.settings import Settings
    from app.engine.core.types import Composite, Picture, Stats

_PATIENCE = 12  # Reports of statistics, one each 0.4 s, with a fault and no picture, before the test ends.


@dataclass(frozen=True, slots=True)
class TrialResult:
    """The result of the run."""

    pictures: int
    """The number of composites; placeholders do not count."""
    first_at: float | None
    """When the first of them was painted (time.monotonic, seconds)."""
    looks_empty: bool
    """Whether the painted preview has only one colour."""
    stats: Stats
    """The statistics at the end."""


class _TrialWindow(Window):
    """Counts the composites and closes after enough of them."""

    def __init__(
        self, settings: Settings, folder: Path, make_engine: Callable[..., Engine], wanted: int
    ) -> None:
        library = BackgroundLibrary(own=folder / "own", cache=folder / "cache")
        initial = StoredSettings().with_current(settings)
        super().__init__(initial, folder / "settings.json", make_engine, cameras=list, library=library)
        self._wanted = wanted
        self.pictures = 0
        self.first_at: float | None = None
        self.looks_empty = True
        self._complaints = 0

    def _on_composite_ready(self, composite: Composite, before: Picture | None) -> None:
        super()._on_composite_ready(composite, before)
        if composite.is_placeholder:
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
    """Run the window until it has shown so many composites or the time is up; its files are in `folder`."""
    engines: list[Engine] = []

    def make_engine(settings: Settings, on_preview: Callable[[], None]) -> Engine:
        engines.append(Engine(settings, on_preview))
        return engines[-1]

    with ending_signals() as signals:
        app = application()
        window = _TrialWindow(settings, folder, make_engine, pictures)
        window.closed.connect(app.quit)
        window.model.record(settings.output.recording)  # The window starts no recording by itself.
        limit = QTimer(window, singleShot=True, interval=round(1000 * limit_s))
        limit.timeout.connect(window.end)
        limit.start()
        window.show()
        signals.call(window.end)
        app.exec()
    return TrialResult(window.pictures, window.first_at, window.looks_empty, engines[0].stats)
