"""The window's thread never blocks, even if everything around it is slow.

`python -m tests.ui.pace` measures how fast it reacts.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import pytest

from app.engine.capture.sources import open_source
from app.engine.core.settings import EffectSettings, NetworkSettings, Settings, SourceSettings
from app.engine.engine import Engine
from app.settings import StoredSettings
from app.ui.main_window import Window
from app.ui.models.background_library import Background, BackgroundLibrary
from app.ui.models.choices import Choice
from tests.fakes import FakeSegmenter
from tests.ui.pace import Gaps

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.engine.networks.segmenter import Segmenter

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

SLOW_S = 1.5


@pytest.mark.slow
def test_window_thread_never_blocks(qtbot: QtBot, tmp_path: Path) -> None:
    done: list[str] = []

    def slowly(what: str, work: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
        def wait(*args: Arguments.args, **named: Arguments.kwargs) -> Result:
            assert threading.current_thread() is not threading.main_thread(), what
            time.sleep(SLOW_S)
            done.append(what)
            return work(*args, **named)

        return wait

    class SlowLibrary(BackgroundLibrary):
        def backgrounds(self) -> list[Background]:
            return slowly("library", super().backgrounds)()

    def make(settings: Settings, tell: Callable[[], None]) -> Engine:
        return Engine(settings, tell, slowly("source", open_source), slowly("network", load_segmenter))

    def load_segmenter(wanted: NetworkSettings) -> Segmenter:
        return FakeSegmenter()

    settings = Settings(source=SourceSettings("demo", 320, 180), effect=EffectSettings("blur"))
    folders = (tmp_path / "ours", tmp_path / "own", tmp_path / "cache")
    cameras = slowly("cameras", lambda: [Choice("camera:a", "A")])
    networks = slowly("networks", lambda: list[Choice]())
    gaps = Gaps()
    window = Window(
        StoredSettings().with_current(settings),
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
    assert 0 < gaps.longest_ms < 1e3 * SLOW_S, "the event loop stood still"
    with qtbot.waitSignal(window.closed, timeout=10_000):
        window.close()
    window.deleteLater()
