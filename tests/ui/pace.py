"""Measure how fast the window reacts: `python -m tests.ui.pace`, on a screen or Xvfb.

Prints when the window is visible, the longest gap in its event loop while it starts and while camera, network
and effect change, and what painting costs. A gap's second figure is the processor time of the window's own
thread in it: if the first is much larger, other programs used the processor.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from unittest.mock import patch

BEGAN = time.time()  # before all that is slow to import

from PySide6.QtCore import QObject, Qt, QTimer  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QShowEvent

    from app.engine.core.types import Composite
    from app.ui.main_window import Window

_STEPS: tuple[tuple[str, Callable[[Window], None]], ...] = (
    ("start", lambda window: None),
    ("camera change", lambda window: window.model.use_source("demo")),
    ("network change", lambda window: window.model.use_network("bisenet_large")),
    ("effect change", lambda window: window.model.use_effect_named("lens")),
    ("off", lambda window: window.model.switch(False)),
    ("on", lambda window: window.model.switch(True)),
)
_STEP_MS, _START_MS = 3000, 5000


class Gaps(QObject):
    """Measures the longest time between two turns of the event loop, in milliseconds."""

    def __init__(self) -> None:
        super().__init__()
        self._timer = QTimer(self, interval=0, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_turn)
        self.begin()
        self._timer.start()

    def begin(self) -> None:
        """Start a new measurement."""
        self._last = time.perf_counter(), time.thread_time()
        self.longest_ms = self.own_ms = 0.0

    def end(self) -> None:
        """Stop measuring."""
        self._timer.stop()

    def _on_turn(self) -> None:
        now = time.perf_counter(), time.thread_time()
        gap_ms, own_ms = (1e3 * (new - old) for new, old in zip(now, self._last, strict=True))
        if gap_ms > self.longest_ms:
            self.longest_ms = gap_ms
        self.own_ms = max(self.own_ms, own_ms)
        self._last = now
        time.sleep(0.001)  # a turn every millisecond is enough, and leaves the processor to others


def main() -> int:
    """Open the program's own window and change things."""
    with TemporaryDirectory() as folder:
        import os

        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"):
            os.environ[name] = folder
        import app.ui.application
        from app.settings import StoredSettings, WindowSettings
        from app.ui.main_window import Window

        gaps: list[Gaps] = []

        class Timed(Window):
            def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
                super().showEvent(event)
                QTimer.singleShot(0, shown)

        def shown() -> None:
            window = next(w for w in QApplication.topLevelWidgets() if isinstance(w, Window))
            there_ms, own_ms = 1e3 * (time.time() - started), 1e3 * time.process_time()
            print(f"window there after      {there_ms:6.0f} ms, own work {own_ms:4.0f} ms")
            gaps.append(Gaps())
            window._engine_bridge.composite_ready.connect(lambda composite, _: composed(window, composite))
            QTimer.singleShot(_START_MS, lambda: step(window, 0))

        def composed(window: Window, composite: Composite) -> None:
            if not composite.is_placeholder and not window.property("seen"):
                window.setProperty("seen", True)
                print(f"first composite after   {1e3 * (time.time() - started):6.0f} ms")

        def painted(window: Window, own_s: float, at_s: float) -> None:
            share = (time.thread_time() - own_s) / (time.perf_counter() - at_s)
            print(
                f"window's own thread {100 * share:4.1f}% of a core at {window.stats.fps:.0f} frames a second"
            )
            window.end()

        def step(window: Window, number: int) -> None:
            name = _STEPS[number][0]
            print(f"longest gap, {name:<15}{gaps[0].longest_ms:6.0f} ms, own work {gaps[0].own_ms:4.0f} ms")
            if number + 1 == len(_STEPS):
                gaps[0].end()
                began = time.thread_time(), time.perf_counter()
                QTimer.singleShot(_STEP_MS, lambda: painted(window, *began))
                return
            gaps[0].begin()
            _STEPS[number + 1][1](window)
            QTimer.singleShot(_STEP_MS, lambda: step(window, number + 1))

        started = float(sys.argv[1]) if len(sys.argv) > 1 else BEGAN
        with patch("app.ui.application.Window", Timed):
            kept = StoredSettings(window=WindowSettings(is_welcomed=True))
            return app.ui.application.run(kept, Path(folder) / "settings.json", str(Path(folder) / "socket"))


if __name__ == "__main__":
    sys.exit(main())
