"""Switching off takes effect at once with every effect, and closes the camera."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest

from app.engine.core.settings import EffectSettings, Settings
from app.engine.core.types import OutputId
from app.engine.engine import Engine
from app.engine.networks.segmenter import Segmenter
from app.engine.output.sinks import Sink
from app.engine.pipeline.pipeline import Pipeline, Processed
from app.engine.placeholder import off_placeholder
from tests.engine.rig import RoomCamera, running, shows_the_room

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.engine.core.types import Composite, Picture


class Kept(Sink):
    """Keeps all its pictures."""

    title = "kept"

    def __init__(self) -> None:
        self.sent: list[Picture] = []

    def open(self, height_px: int, width_px: int) -> None: ...

    def send(self, composite: Composite) -> None:
        self.sent.append(composite.picture)

    def close(self) -> None: ...


class Desk:
    """An engine that shows the room unchanged until it is switched off."""

    def __init__(self, tiny: Path, effect: str = "none", is_on: bool = True) -> None:
        self.source = RoomCamera()
        self.opened = 0
        self.kept = Kept()
        self.settings = Settings(effect=EffectSettings(effect), is_on=is_on)
        self.engine = Engine(
            self.settings,
            open_source=self._open,
            load_segmenter=lambda settings: Segmenter(tiny),
            build_sinks=lambda settings: {OutputId("kept", ""): self.kept},
        )

    def _open(self, settings: object) -> RoomCamera:
        self.opened += 1
        self.source = RoomCamera()
        return self.source

    def switch(self, is_on: bool) -> None:
        self.engine.update(msgspec.structs.replace(self.settings, is_on=is_on))

    def wait_for(self, wanted: Callable[[Composite], bool]) -> Composite:
        for _ in range(400):
            composite = self.engine.preview.get(0.1)
            if composite is not None and wanted(composite):
                return composite
        raise AssertionError("no such composite came")


@pytest.mark.slow_after_first
@pytest.mark.parametrize("effect", ["none", "blur", "transparent"])
def test_switching_off_is_immediate_and_closes_camera(tiny: Path, effect: str) -> None:
    desk = Desk(tiny, effect)
    with running(desk.engine):
        for _ in range(5):
            desk.wait_for(lambda c: not c.is_placeholder)
            desk.switch(False)
            newest = desk.engine.preview.get(1.0)
            assert newest is not None and newest.is_placeholder
            placeholder = off_placeholder(*newest.picture.shape[:2])
            assert np.array_equal(newest.picture, placeholder)
            for _ in range(3):
                composite = desk.engine.preview.get(1.0)
                assert composite is not None and np.array_equal(composite.picture, placeholder)
            while not desk.engine.stats.is_camera_released or not desk.source.closed:
                threading.Event().wait(0.01)
            opened = desk.opened
            desk.switch(True)
            while desk.opened == opened:  # a picture in transit may come first
                threading.Event().wait(0.01)
        desk.wait_for(lambda c: not c.is_placeholder)
    assert desk.opened == 6


def test_switching_off_lets_at_most_one_picture_in_transit_through(tiny: Path) -> None:
    desk = Desk(tiny)
    with running(desk.engine):
        desk.wait_for(lambda c: not c.is_placeholder)
        while not any(shows_the_room(picture) for picture in desk.kept.sent):
            threading.Event().wait(0.01)
        desk.switch(False)
        before = len(desk.kept.sent)
        while len(desk.kept.sent) < before + 4:
            threading.Event().wait(0.01)
        assert not any(shows_the_room(picture) for picture in desk.kept.sent[before + 1 :])


def test_switching_off_discards_in_flight_frame(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The network gets the frame before the switch and finishes after it."""
    begun, go_on = threading.Event(), threading.Event()
    process = Pipeline.process

    def held(*args: Any) -> Processed:
        processed = process(*args)
        begun.set()
        go_on.wait(20)
        return processed

    monkeypatch.setattr(Pipeline, "process", held)
    desk = Desk(tiny)
    with running(desk.engine):
        assert begun.wait(20)
        desk.switch(False)
        while desk.engine.preview.get() is not None:
            pass
        go_on.set()
        for _ in range(4):
            composite = desk.engine.preview.get(2.0)
            assert composite is not None and composite.is_placeholder
        assert not any(shows_the_room(picture) for picture in desk.kept.sent)


def test_engine_started_off_never_opens_camera(tiny: Path) -> None:
    desk = Desk(tiny, is_on=False)
    with running(desk.engine):
        for _ in range(3):
            composite = desk.engine.preview.get(5.0)
            assert composite is not None and composite.is_placeholder
            assert np.array_equal(composite.picture, off_placeholder(*composite.picture.shape[:2]))
        assert desk.opened == 0
        desk.switch(True)
        desk.wait_for(lambda c: not c.is_placeholder)
