"""An engine that finishes about one composite per second, as on an emulated or very busy machine."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from app.engine.core.errors import BackdropError
from app.engine.core.mailbox import Mailbox
from app.engine.core.settings import Settings
from app.engine.engine import Engine
from app.engine.networks.segmenter import Segmenter
from tests.engine.faults import RELEASED
from tests.engine.rig import GREEN, RoomCamera, next_where, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from app.engine.core.types import Alpha, Composite, Frame, Picture

TAKES_S = 1.0


class SlowSegmenter(Segmenter):
    """A network that needs a second for each frame."""

    def infer(self, frame: Frame) -> Alpha:
        time.sleep(TAKES_S)
        return super().infer(frame)


class FaultyCamera(RoomCamera):
    """A camera that gives no more pictures once it hangs, and raises once it is gone."""

    hangs = is_gone = False

    def read(self) -> Picture:
        if self.hangs:
            RELEASED.wait(60)
        if self.is_gone:
            raise BackdropError("The camera is gone.")
        return super().read()


@pytest.fixture
def camera() -> Iterator[FaultyCamera]:
    RELEASED.clear()
    yield FaultyCamera()
    RELEASED.set()


@pytest.fixture
def engine(tiny: Path, camera: FaultyCamera) -> Iterator[Engine]:
    made = Engine(
        Settings(effect=GREEN),
        open_source=lambda settings: camera,
        load_segmenter=lambda settings: SlowSegmenter(tiny),
    )
    made.preview = Mailbox(slots=500)  # so that none is missed
    with running(made):
        yield made
        RELEASED.set()


def skip_first_seconds(engine: Engine) -> None:
    for _ in range(2):
        next_where(engine, lambda c: not c.is_placeholder)


@pytest.mark.slow
def test_slow_composites_are_not_mixed_with_placeholders(engine: Engine, camera: FaultyCamera) -> None:
    skip_first_seconds(engine)
    for _ in range(6):
        assert not next_where(engine, lambda c: True).is_placeholder
    assert not engine.stats.message
    camera.hangs = True
    last = time.monotonic()

    def is_placeholder(composite: Composite) -> bool:
        nonlocal last
        if not composite.is_placeholder:
            last = time.monotonic()
        return composite.is_placeholder

    next_where(engine, is_placeholder)
    assert 1.0 < time.monotonic() - last < 3.0 + 2.0, "3 s at most, and a busy machine"
    for _ in range(5):
        assert next_where(engine, lambda c: True).is_placeholder, "as long as it hangs"


@pytest.mark.slow
def test_composite_in_progress_is_discarded_when_source_is_lost(engine: Engine, camera: FaultyCamera) -> None:
    skip_first_seconds(engine)
    camera.is_gone = True
    next_where(engine, lambda c: c.is_placeholder)
    assert engine.stats.message == "The camera is gone."
    until = time.monotonic() + 2 * TAKES_S
    while time.monotonic() < until:
        assert next_where(engine, lambda c: True).is_placeholder
