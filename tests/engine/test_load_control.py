"""Saving computing time while the computer is busy."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from app.engine.core.settings import NetworkSettings, Settings
from app.engine.engine import Engine
from app.engine.load_control import SAVINGS, LoadControl, reduced
from app.engine.networks.catalogue import AUTO
from app.engine.networks.segmenter import Segmenter
from tests.engine.rig import GREEN, RoomCamera, running

if TYPE_CHECKING:
    from pathlib import Path

    from app.engine.core.types import Alpha, Frame, Picture

INTERVAL_S = 1 / 30


class Machine:
    """A load control with a camera of 30 frames per second; composites take `work_s`, less per step saved."""

    def __init__(self, work_s: float, is_auto: bool = True) -> None:
        self.now = 0.0
        self.work_s = work_s
        self.saved_per_step = 0.15
        self.is_auto = is_auto
        self.control = LoadControl(lambda: self.now)
        self.changes: list[tuple[float, int]] = []
        self._drops = 0.0

    def run(self, seconds: float) -> None:
        until = self.now + seconds
        while self.now < until:
            work_s = self.work_s * (1 - self.saved_per_step * self.control.level)
            self.now += max(work_s, INTERVAL_S)
            self._drops += max(0.0, work_s / INTERVAL_S - 1)
            if self.control.add(work_s, int(self._drops), self.is_auto):
                self.changes.append((self.now, self.control.level))


def test_engine_that_keeps_up_saves_nothing() -> None:
    machine = Machine(0.8 * INTERVAL_S)
    machine.run(60)
    assert machine.changes == []


def test_one_slow_composite_saves_nothing() -> None:
    machine = Machine(0.5 * INTERVAL_S)
    machine.run(5)
    machine.work_s = 12 * INTERVAL_S
    machine.run(0.1)
    machine.work_s = 0.5 * INTERVAL_S
    machine.run(5)
    assert machine.changes == []


def test_very_busy_engine_saves_everything_within_three_seconds() -> None:
    machine = Machine(5 * INTERVAL_S)
    machine.run(3.0)
    assert machine.control.level == len(SAVINGS)


def test_busy_engine_saves_no_more_steps_than_needed() -> None:
    machine = Machine(1.4 * INTERVAL_S)
    machine.run(30)
    assert machine.changes[-1][0] < 4 and 0 < machine.control.level < len(SAVINGS)


def test_busy_engine_with_chosen_network_saves_preview_only() -> None:
    machine = Machine(5 * INTERVAL_S, is_auto=False)
    machine.run(10)
    assert machine.control.level == 1


def test_choosing_a_network_ends_other_savings() -> None:
    machine = Machine(5 * INTERVAL_S)
    machine.run(10)
    machine.is_auto, machine.work_s = False, 0.1 * INTERVAL_S
    machine.run(1)
    assert machine.control.level <= 1


def test_engine_that_is_idle_again_takes_every_step_back() -> None:
    machine = Machine(5 * INTERVAL_S)
    machine.run(5)
    machine.work_s = 0.3 * INTERVAL_S
    machine.run(60)
    assert machine.control.level == 0
    levels = [level for _, level in machine.changes]
    assert levels == [1, 2, 3, 4, 3, 2, 1, 0]


def test_engine_at_its_limit_changes_ever_less_often() -> None:
    machine = Machine(1.25 * INTERVAL_S)
    machine.saved_per_step = 0.6  # One step too few is too slow, one more leaves much spare time.
    machine.run(600)
    first = sum(at < 200 for at, _ in machine.changes)
    last = sum(at > 400 for at, _ in machine.changes)
    assert last <= 4 and last < first


def test_preview_is_shown_less_often_while_saving() -> None:
    machine = Machine(5 * INTERVAL_S)
    assert all(machine.control.is_preview_due() for _ in range(9))
    machine.run(5)
    shown = 0
    for _ in range(300):
        machine.now += INTERVAL_S
        shown += machine.control.is_preview_due()
    assert 120 < shown < 180


def test_preview_is_shown_half_as_often_while_the_battery_is_spared() -> None:
    machine = Machine(INTERVAL_S / 2)
    shown = 0
    for _ in range(300):
        machine.now += INTERVAL_S
        shown += machine.control.is_preview_due(is_sparing=True)
    assert 120 < shown < 180


@pytest.mark.parametrize("level", range(len(SAVINGS) + 1))
def test_reduced_settings_save_what_the_level_says(level: int) -> None:
    settings = Settings(network=NetworkSettings(AUTO))
    saved = reduced(settings, level)
    assert (saved.matte.steadiness == 0) == (level >= 2)
    assert saved.matte.follow_edges == (level < 3)
    assert saved.network.name == ("sinet" if level >= 4 else AUTO)
    assert saved.matte.room_memory and saved.effect == settings.effect and saved.source == settings.source


class SlowSegmenter(Segmenter):
    """A network that takes `takes_s` more for each frame."""

    takes_s = 0.0

    def infer(self, frame: Frame) -> Alpha:
        time.sleep(type(self).takes_s)
        return super().infer(frame)


class PacedCamera(RoomCamera):
    """A camera of 20 frames per second."""

    def read(self) -> Picture:
        time.sleep(0.05)
        return super().read()


@pytest.mark.slow
def test_running_engine_steps_down_and_up_without_a_placeholder(tiny: Path) -> None:
    loaded: list[str] = []
    shown = threading.Semaphore(0)

    def load(settings: NetworkSettings) -> Segmenter:
        loaded.append(settings.name)
        return SlowSegmenter(tiny)

    engine = Engine(
        Settings(effect=GREEN, network=NetworkSettings(AUTO)),
        shown.release,
        open_source=lambda settings: PacedCamera(),
        load_segmenter=load,
    )

    def level_is(wanted: int, timeout_s: float) -> bool:
        until = time.monotonic() + timeout_s
        while time.monotonic() < until:
            composite = engine.preview.get(0.2)
            if seen and composite is not None:
                assert not composite.is_placeholder
            if composite is not None and not composite.is_placeholder:
                seen.append(composite.index)
            if engine.stats.savings == wanted:
                return True
        return False

    seen: list[int] = []
    SlowSegmenter.takes_s = 0.2
    try:
        with running(engine):
            assert level_is(len(SAVINGS), 60)
            assert shown.acquire(timeout=20)
            # The network of the step is loaded on the thread that builds.
            until = time.monotonic() + 20
            while loaded[-1] != "sinet" and time.monotonic() < until:
                time.sleep(0.05)
            assert loaded[-1] == "sinet"
            SlowSegmenter.takes_s = 0.0
            assert level_is(len(SAVINGS) - 1, 120)
    finally:
        SlowSegmenter.takes_s = 0.0


def test_engine_at_its_limit_tries_again_every_two_minutes() -> None:
    machine = Machine(1.25 * INTERVAL_S)
    machine.saved_per_step = 0.6
    machine.run(3000)
    assert sum(at > 2000 for at, _ in machine.changes) >= 12


def test_chosen_network_is_never_replaced() -> None:
    settings = Settings(network=NetworkSettings("bisenet_large"))
    assert reduced(settings, len(SAVINGS)).network == settings.network
