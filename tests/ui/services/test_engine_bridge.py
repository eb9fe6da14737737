"""The bridge from the engine's threads to the window's thread."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QThread

from app.engine.core.settings import EffectSettings, Settings
from app.engine.core.types import Composite, Stats
from app.ui.services.engine_bridge import Bridge
from tests.fakes import FakeEngine

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot


@pytest.fixture
def engine() -> list[FakeEngine]:
    return []


@pytest.fixture
def bridge(qapp: QApplication, engine: list[FakeEngine]) -> Bridge:
    def make(settings: Settings, tell: Callable[[], None]) -> FakeEngine:
        engine.append(FakeEngine(settings, tell))
        return engine[0]

    return Bridge(Settings(), make)


def picture(value: int) -> np.ndarray:
    return np.full((4, 4, 3), value, np.uint8)


def in_thread(work: Callable[[], None]) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def test_composites_arrive_on_window_thread(bridge: Bridge, engine: list[FakeEngine], qtbot: QtBot) -> None:
    threads: list[QThread] = []
    seen: list[Composite] = []
    bridge.composite_ready.connect(lambda composite, _: threads.append(QThread.currentThread()))
    bridge.composite_ready.connect(lambda composite, _: seen.append(composite))
    with qtbot.waitSignal(bridge.composite_ready):
        in_thread(lambda: engine[0].show(picture(7)))
    assert threads == [bridge.thread()]
    assert seen[0].picture[0, 0, 0] == 7


def test_many_composites_give_one_notice_with_the_newest(
    bridge: Bridge, engine: list[FakeEngine], qtbot: QtBot
) -> None:
    seen: list[int] = []
    notices: list[None] = []
    bridge.composite_ready.connect(lambda composite, _: seen.append(int(composite.picture[0, 0, 0])))
    bridge._arrived.connect(lambda: notices.append(None))

    def show_many() -> None:
        for value in range(100):
            engine[0].show(picture(value))

    in_thread(show_many)
    assert seen == []  # nothing arrives before the window's event loop runs
    QCoreApplication.processEvents()
    QCoreApplication.processEvents()
    assert seen == [99]
    assert len(notices) == 1
    in_thread(lambda: engine[0].show(picture(100)))
    QCoreApplication.processEvents()
    assert seen == [99, 100]


def test_muted_bridge_emits_nothing(bridge: Bridge, engine: list[FakeEngine]) -> None:
    seen: list[Composite] = []
    bridge.composite_ready.connect(lambda composite, _: seen.append(composite))
    in_thread(lambda: engine[0].show(picture(1)))  # in transit when the bridge is muted
    bridge.mute()
    in_thread(lambda: engine[0].show(picture(2)))
    QCoreApplication.processEvents()
    assert seen == []


def test_starts_updates_and_stops_the_engine(bridge: Bridge, engine: list[FakeEngine]) -> None:
    other = Settings(effect=EffectSettings("none"))
    bridge.start()
    bridge.update(other)
    assert engine[0].is_started
    assert engine[0].settings == [Settings(), other]
    bridge.mute()
    bridge.stop_engine()
    assert engine[0].is_stopped


def test_statistics_arrive_periodically(bridge: Bridge, engine: list[FakeEngine], qtbot: QtBot) -> None:
    engine[0].stats = Stats(fps=29.5)
    with qtbot.waitSignal(bridge.stats_ready) as got:
        bridge.start()
    assert got.args == [Stats(fps=29.5)]
    bridge.mute()
