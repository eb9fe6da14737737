"""Automatic choice of a network: measured once, cached, measured again on another computer."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

import app.engine.networks.auto_select as auto_network
from app.engine.core.settings import NetworkSettings, Settings
from app.engine.engine import Engine
from app.engine.networks.auto_select import BUDGET_MS, AutoNetwork, Measured, measured, remembered
from app.engine.networks.catalogue import AUTO, LEVELS
from app.engine.networks.segmenter import Segmenter
from tests.engine.rig import GREEN, RoomCamera, next_where, running

if TYPE_CHECKING:
    from pathlib import Path

WANTED = NetworkSettings(AUTO)
FASTEST, BALANCED, BEST = LEVELS.values()


@pytest.mark.parametrize(
    ("ms", "name"),
    [
        ((1.0, 2.0, 4.0), BEST),
        ((1.0, 2.0, BUDGET_MS + 1), BALANCED),
        ((1.0, BUDGET_MS + 1, BUDGET_MS + 2), FASTEST),
        ((50.0, 70.0, 90.0), FASTEST),
    ],
)
def test_auto_network_is_best_within_budget(ms: tuple[float, ...], name: str) -> None:
    assert Measured({}, dict(zip(LEVELS.values(), ms, strict=True))).name == name


def test_auto_network_skips_missing_network() -> None:
    assert Measured({}, {FASTEST: 1.0, BALANCED: 2.0}).name == BALANCED
    assert Measured({}, {BEST: 90.0}).name == BEST


def test_network_speed_is_measured_once_per_computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, runs = tmp_path / "cache" / "network.json", []

    def measure(settings: NetworkSettings, stopping: threading.Event) -> dict[str, float]:
        runs.append(settings)
        return {FASTEST: 1.0, BALANCED: 2.0}

    monkeypatch.setattr(auto_network, "_measure", measure)
    assert remembered(WANTED, path) is None
    assert measured(WANTED, path).name == BALANCED
    assert measured(WANTED, path) == remembered(WANTED, path) and len(runs) == 1
    assert remembered(NetworkSettings(AUTO, "cpu"), path) is None, "another computer may be fast enough"
    monkeypatch.setattr(auto_network, "_processor", lambda: "another")
    assert remembered(WANTED, path) is None
    measured(WANTED, path)
    assert len(runs) == 2
    for spoilt in (b"", b"{", b'{"machine": {}, "ms": {}}'):
        path.write_bytes(spoilt)
        assert remembered(WANTED, path) is None


def test_shipped_networks_are_measured(tmp_path: Path) -> None:
    found = measured(NetworkSettings(AUTO, "cpu"), tmp_path / "network.json")
    assert set(found.ms) == set(LEVELS.values()) and min(found.ms.values()) > 0
    assert found.name in LEVELS.values()


def test_unrelated_outputs_go_on_after_change() -> None:
    mine = NetworkSettings("mine", threads=3)
    assert AutoNetwork(lambda: None).resolved(mine) is mine


def test_engine_starts_with_default_network_then_uses_measured_one(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, loaded = threading.Event(), []

    def measure(self: AutoNetwork, settings: NetworkSettings) -> None:
        go_on.wait(20)
        self._found[settings] = BEST
        self._on_known()

    def load(settings: NetworkSettings) -> Segmenter:
        loaded.append(settings.name)
        return Segmenter(tiny)

    monkeypatch.setattr(auto_network, "remembered", lambda settings: None)
    monkeypatch.setattr(AutoNetwork, "_find", measure)
    engine = Engine(
        Settings(effect=GREEN, network=WANTED),
        open_source=lambda settings: RoomCamera(),
        load_segmenter=load,
    )
    with running(engine):
        next_where(engine, lambda c: not c.is_placeholder)
        assert loaded == [NetworkSettings().name]
        go_on.set()
        next_where(engine, lambda c: not c.is_placeholder and loaded == [NetworkSettings().name, BEST])
