"""The window's thread waits for nothing: all that may be slow is, and its event loop turns all the same.

`python -m tests.ui.pace` measures how quick it is.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from app.engine.capture.sources import Source, open_source
from app.engine.core.settings import EffectSettings, NetworkSettings, Settings, SourceSettings
from app.engine.engine import Engine
from app.settings import StoredSettings
from app.ui.main_window import Window
from app.ui.models.background_library import BackgroundLibrary
from app.ui.models.choices import Choice
from tests.fakes import FakeSegmenter
from tests.ui.pace import Gaps

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

SLOW_S = 1.5


def test_window_thread_never_blocks(qtbot: QtBot, tmp_path: Path) -> None:
    done: list[str] = []

    def slowly(what: str, work: Callable[..., object]) -> Callable[..., object]:
        def wait(*args: object) -> object:
            time.sleep(SLOW_S)
            done.append(what)
            return work(*args)

        return wait

    class SlowLibrary(BackgroundLibrary):
        backgrounds = slowly("library", lambda self: [])

    def make(settings: Settings, tell: Callable[[], None]) -> Engine:
        source: Callable[[SourceSettings], Source] = slowly("source", open_source)  # type: ignore[assignment]
        return Engine(settings, tell, source, slowly("network", lambda wanted: FakeSegmenter()))  # type: ignore[arg-type]

    settings = Settings(source=SourceSettings("demo", 320, 180), effect=EffectSettings("blur"))
    folders = (tmp_path / "ours", tmp_path / "own", tmp_path / "cache")
    cameras = slowly("cameras", lambda: [Choice("camera:a", "A")])
    networks = slowly("networks", list)
    gaps = Gaps()
    window = Window(
        StoredSettings().with_choices(settings),
        tmp_path / "s.json",
        make,
        cameras,
        networks,
        SlowLibrary(*folders),
    )
    window.show()

    def wait_for(*what: str) -> None:
        qtbot.waitUntil(lambda: all(done.count(name) >= what.count(name) for name in what), timeout=20_000)

    wait_for("library", "source", "network", "cameras", "networks")
    window.panel.source_chosen.emit("demo")
    window.model.use_field("source", "width_px", 640)
    wait_for("source", "source")
    window.model.use(Settings(source=window.model.settings.source, network=NetworkSettings("b")))
    wait_for("network", "network")
    window.panel.cameras_wanted.emit()
    wait_for("cameras", "cameras")
    gaps.end()
    assert 0 < gaps.longest_ms < 1e3 * SLOW_S / 2, "the event loop stood still"
    with qtbot.waitSignal(window.closed, timeout=10_000):
        window.close()
    window.deleteLater()
