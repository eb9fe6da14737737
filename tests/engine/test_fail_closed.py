"""After a fault the room stays private, the fault is reported, and the engine recovers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import app.engine.capture.supervisor as capture
from app.engine.core.errors import BackdropError
from app.engine.core.settings import EffectSettings, NetworkSettings, Settings
from app.engine.engine import Engine
from app.engine.looks.sharpen import Sharpen
from app.engine.networks.segmenter import Segmenter
from tests.engine.rig import GREEN, RoomCamera, engine_of, next_where, running
from tests.networks import write_network

if TYPE_CHECKING:
    from pathlib import Path

    from app.engine.capture.source import Source


def test_broken_effect_at_start_shows_only_placeholder(tiny: Path) -> None:
    engine = engine_of(tiny, effect=EffectSettings("image", {"file": "/no/such.jpg"}))
    with running(engine):
        for _ in range(5):
            assert next_where(engine, lambda c: True).is_placeholder
        assert engine.stats.message == "There is no file '/no/such.jpg'."


def test_network_output_nan_shows_placeholder(tiny: Path, tmp_path: Path) -> None:
    files = {NetworkSettings().name: tiny, "nan": write_network(tmp_path / "nan.onnx", scale=float("nan"))}
    engine = Engine(
        Settings(effect=GREEN),
        open_source=lambda settings: RoomCamera(),
        load_segmenter=lambda settings: Segmenter(files[settings.name]),
    )
    with running(engine):
        next_where(engine, lambda c: not c.is_placeholder)
        engine.update(Settings(effect=GREEN, network=NetworkSettings(name="nan")))
        next_where(engine, lambda c: c.is_placeholder and "broken matte" in engine.stats.message)
        engine.update(Settings(effect=GREEN))
        next_where(engine, lambda c: not c.is_placeholder and engine.stats.message == "")


def test_missing_network_shows_only_placeholder() -> None:
    def missing(settings: NetworkSettings) -> Segmenter:
        raise BackdropError("There is no network 'gone'.")

    engine = Engine(Settings(), open_source=lambda settings: RoomCamera(), load_segmenter=missing)
    with running(engine):
        for _ in range(5):
            assert next_where(engine, lambda c: True).is_placeholder
        assert engine.stats.message == "There is no network 'gone'."


def test_failing_look_is_left_out_and_the_room_stays_hidden(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise ValueError("a fault made on purpose")

    engine = Engine(
        Settings(effect=GREEN),
        open_source=lambda settings: RoomCamera(),
        load_segmenter=lambda settings: Segmenter(tiny),
    )
    with running(engine):
        next_where(engine, lambda c: not c.is_placeholder)
        monkeypatch.setattr(Sharpen, "apply", fail)
        engine.update(Settings(effect=GREEN, looks={"sharpen": 1.0, "exposure": 0.5}))
        next_where(
            engine, lambda c: engine.stats.message == "The look 'Sharpness' is off: a fault made on purpose."
        )
        for _ in range(5):
            assert not next_where(engine, lambda c: True).is_placeholder
        engine.update(Settings(effect=GREEN))
        next_where(engine, lambda c: not c.is_placeholder and engine.stats.message == "")


@pytest.mark.slow
def test_lost_camera_shows_placeholder_and_returns(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture, "_RETRY_FIRST_S", 1.5)
    opened = 0

    def source() -> Source:
        nonlocal opened
        opened += 1
        if opened == 2:
            raise BackdropError("No camera was found.")
        return RoomCamera(fails_at=30 if opened == 1 else None)

    with running(engine_of(tiny, source)) as engine:
        next_where(engine, lambda c: not c.is_placeholder)
        next_where(engine, lambda c: c.is_placeholder and engine.stats.message == "The camera is gone.")
        next_where(engine, lambda c: c.is_placeholder and engine.stats.message == "No camera was found.")
        next_where(engine, lambda c: not c.is_placeholder and engine.stats.message == "")
    assert opened == 3
