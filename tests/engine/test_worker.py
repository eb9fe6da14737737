"""The engine at work: live changes, clean ends, and closed under faults.

The room is painted in pure blue, which must never come out; the tiny network takes red for the person.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

import app.engine.pipeline as pipeline
import app.engine.worker as worker
from app.engine.errors import BackdropError
from app.engine.session import Session
from app.engine.sinks import Sink
from app.engine.sources import Source
from app.engine.types import (
    Composite,
    EffectSettings,
    NetworkSettings,
    OutputSettings,
    Picture,
    Settings,
    SourceSettings,
)
from app.engine.worker import Engine
from tests.networks import write_network

PERSON = (0, 0, 255)
GREEN = EffectSettings("colour", {"colour": "#00ff00"})


class Rooms(Source):
    """A camera that always sees what `paint` paints, until it fails."""

    title = "Rooms"

    def __init__(self, fails_at: int | None = None, size: tuple[int, int] = (96, 160)) -> None:
        self.count = 0
        self.closed = False
        self._fails_at = fails_at
        self._size = size

    def read(self) -> Picture:
        time.sleep(0.002)
        self.count += 1
        if self.count == self._fails_at:
            raise BackdropError("The camera is gone.")
        return paint(self._size)

    def close(self) -> None:
        self.closed = True


def paint(size: tuple[int, int]) -> Picture:
    """Blue room left, red person right."""
    bgr = np.zeros((*size, 3), np.uint8)
    bgr[:, : size[1] // 2, 0] = 255
    bgr[:, size[1] // 2 :, 2] = 255
    bgr.setflags(write=False)
    return bgr


def shows_the_room(picture: Picture) -> bool:
    """Whether pure blue, the room's colour, is anywhere."""
    blue = picture[..., 0].astype(int)
    return bool(((blue > 150) & (picture[..., 1] < 60)).any())


@contextmanager
def running(engine: Engine) -> Iterator[Engine]:
    engine.start()
    try:
        yield engine
    finally:
        engine.stop()


def engine_of(tiny: Path, source: Callable[[], Source] = Rooms, effect: EffectSettings = GREEN) -> Engine:
    return Engine(
        Settings(effect=effect),
        open_source=lambda settings: source(),
        load_session=lambda settings: Session(tiny),
    )


def next_where(engine: Engine, wanted: Callable[[Composite], bool], timeout_s: float = 20.0) -> Composite:
    """The first composite that is as wanted; none may show the room on the way."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        composite = engine.preview.get(0.1)
        if composite is None:
            continue
        assert not shows_the_room(composite.picture)
        if wanted(composite):
            return composite
    raise AssertionError("no such composite came")


def test_composites_flow_and_are_counted(tiny: Path) -> None:
    with running(engine_of(tiny)) as engine:
        live = next_where(engine, lambda c: not c.private and c.index > 40)
        assert (live.picture[:, 100:] == PERSON).all() and (live.picture[:, :60] == (0, 255, 0)).all()
        stats = engine.stats
    assert stats.fps > 0 and stats.latency_ms > 0 and stats.message == ""
    assert stats.network == "Tiny" and stats.provider == "CPU" and stats.source == "Rooms"
    assert set(stats.stage_ms) == {"network", "matte", "effect", "composite"}


def test_start_and_stop_fifty_times_leaves_no_thread(tiny: Path) -> None:
    before = threading.active_count()
    sources: list[Rooms] = []

    def source() -> Source:
        sources.append(Rooms())
        return sources[-1]

    for _ in range(50):
        engine = engine_of(tiny, source)
        engine.start()
        engine.stop()
    assert threading.active_count() == before
    assert all(source.closed for source in sources)


def test_settings_change_live(tiny: Path) -> None:
    with running(engine_of(tiny)) as engine:
        next_where(engine, lambda c: not c.private)
        engine.update(Settings(effect=EffectSettings("colour", {"colour": "#202020"})))
        next_where(engine, lambda c: (c.picture[:, :60] == 0x20).all())
        engine.update(Settings(effect=EffectSettings("transparent")))
        next_where(engine, lambda c: c.picture.shape[2] == 4)


def test_a_bad_choice_is_told_and_what_ran_goes_on(tiny: Path) -> None:
    with running(engine_of(tiny)) as engine:
        next_where(engine, lambda c: not c.private)
        engine.update(Settings(effect=EffectSettings("image", {"file": "/no/such.jpg"})))
        next_where(
            engine, lambda c: engine.stats.message == "There is no file '/no/such.jpg'." and not c.private
        )
        engine.update(Settings(effect=GREEN))
        next_where(engine, lambda c: engine.stats.message == "" and not c.private)


def test_a_broken_effect_at_the_start_keeps_the_camera_private(tiny: Path) -> None:
    engine = engine_of(tiny, effect=EffectSettings("image", {"file": "/no/such.jpg"}))
    with running(engine):
        for _ in range(5):
            assert next_where(engine, lambda c: True).private
        assert engine.stats.message == "There is no file '/no/such.jpg'."


@pytest.mark.parametrize("fault", ["raises", "wrong shape"])
def test_a_failing_network_shows_a_card_and_recovers(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    faulty = threading.Event()
    infer = Session.infer

    def broken(self: Session, bgr: Picture) -> object:
        if not faulty.is_set():
            return infer(self, bgr)
        if fault == "raises":
            raise RuntimeError("provider lost")
        return np.zeros((3, 3, 3, 3), np.float32)

    monkeypatch.setattr(Session, "infer", broken)
    with running(engine_of(tiny)) as engine:
        next_where(engine, lambda c: not c.private)
        faulty.set()
        next_where(engine, lambda c: c.private)
        assert engine.stats.message
        faulty.clear()
        next_where(engine, lambda c: not c.private and engine.stats.message == "")


def test_a_network_that_gives_no_numbers_shows_a_card(tiny: Path, tmp_path: Path) -> None:
    files = {NetworkSettings().name: tiny, "nan": write_network(tmp_path / "nan.onnx", scale=float("nan"))}
    engine = Engine(
        Settings(effect=GREEN),
        open_source=lambda settings: Rooms(),
        load_session=lambda settings: Session(files[settings.name]),
    )
    with running(engine):
        next_where(engine, lambda c: not c.private)
        engine.update(Settings(effect=GREEN, network=NetworkSettings(name="nan")))
        next_where(engine, lambda c: c.private and "broken matte" in engine.stats.message)
        engine.update(Settings(effect=GREEN))
        next_where(engine, lambda c: not c.private and engine.stats.message == "")


@pytest.mark.parametrize("stage", ["matte", "effect", "compositor"])
@pytest.mark.parametrize("every", [1, 10])
def test_whatever_stage_raises_the_room_stays_private(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, stage: str, every: int
) -> None:
    calls = 0

    def broken(original: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object) -> object:
            nonlocal calls
            calls += 1
            if calls % every == 0:
                raise ValueError("a fault made on purpose")
            return original(*args)

        return call

    from app.engine.effects import Colour
    from app.engine.matte import MatteStage

    owner, name = {
        "matte": (MatteStage, "apply"),
        "effect": (Colour, "background"),
        "compositor": (pipeline, "composite"),
    }[stage]
    monkeypatch.setattr(owner, name, broken(getattr(owner, name)))
    with running(engine_of(tiny)) as engine:
        next_where(engine, lambda c: c.private and calls > 0)
        assert engine.stats.message in ("Something went wrong; Backdrop keeps trying.", "")
        if every > 1:
            next_where(engine, lambda c: not c.private)


def test_no_network_keeps_the_camera_private() -> None:
    def missing(settings: NetworkSettings) -> Session:
        raise BackdropError("There is no network 'gone'.")

    engine = Engine(Settings(), open_source=lambda settings: Rooms(), load_session=missing)
    with running(engine):
        for _ in range(5):
            assert next_where(engine, lambda c: True).private
        assert engine.stats.message == "There is no network 'gone'."


def test_a_lost_camera_shows_a_card_and_comes_back(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_RETRY_S", 1.5)
    monkeypatch.setattr(worker, "_STALE_S", 0.2)
    opened = 0

    def source() -> Source:
        nonlocal opened
        opened += 1
        if opened == 2:
            raise BackdropError("No camera was found.")
        return Rooms(fails_at=30 if opened == 1 else None)

    with running(engine_of(tiny, source)) as engine:
        next_where(engine, lambda c: not c.private)
        next_where(engine, lambda c: c.private and engine.stats.message == "The camera is gone.")
        next_where(engine, lambda c: c.private and engine.stats.message == "No camera was found.")
        next_where(engine, lambda c: not c.private and engine.stats.message == "")
    assert opened == 3


def test_another_source_takes_over_and_the_first_is_closed(tiny: Path) -> None:
    sources: dict[str, Rooms] = {}

    def open_source(settings: SourceSettings) -> Source:
        sources[settings.spec] = Rooms(size=(64, 64) if settings.spec == "small" else (96, 160))
        return sources[settings.spec]

    engine = Engine(
        Settings(effect=GREEN), open_source=open_source, load_session=lambda settings: Session(tiny)
    )
    with running(engine):
        next_where(engine, lambda c: c.picture.shape[:2] == (96, 160) and not c.private)
        engine.update(Settings(source=SourceSettings(spec="small"), effect=GREEN))
        next_where(engine, lambda c: c.picture.shape[:2] == (64, 64) and not c.private)
        assert sources["auto"].closed


def test_the_preview_is_announced_after_each_composite(tiny: Path) -> None:
    announced = threading.Semaphore(0)
    engine = Engine(
        Settings(effect=GREEN),
        on_preview=announced.release,
        open_source=lambda settings: Rooms(),
        load_session=lambda settings: Session(tiny),
    )
    with running(engine):
        assert announced.acquire(timeout=20) and announced.acquire(timeout=20)
        assert engine.preview.get() is not None


def test_sinks_get_the_same_as_the_preview_and_their_failures_are_told(tiny: Path) -> None:
    class Broken(Sink):
        title = "broken"

        def open(self, height_px: int, width_px: int) -> None:
            raise BackdropError("The output is taken.")

        def send(self, picture: Picture) -> None: ...

        def close(self) -> None: ...

    class Kept(Sink):
        title = "kept"

        def __init__(self) -> None:
            self.pictures: list[Picture] = []

        def open(self, height_px: int, width_px: int) -> None: ...

        def send(self, picture: Picture) -> None:
            self.pictures.append(picture)

        def close(self) -> None: ...

    kept = Kept()
    engine = Engine(
        Settings(effect=GREEN),
        open_source=lambda settings: Rooms(),
        load_session=lambda settings: Session(tiny),
        build_sinks=lambda settings: [kept, Broken()],
    )
    with running(engine):
        next_where(
            engine, lambda c: engine.stats.message == "The output is taken." and len(kept.pictures) > 20
        )
        for _ in range(20):
            next_where(engine, lambda c: True)
            assert engine.stats.message == "The output is taken.", "an output that works does not hide it"
    assert not any(shows_the_room(picture) for picture in kept.pictures)
    assert any((picture[:, 100:] == PERSON).all() for picture in kept.pictures)


def test_outputs_are_switched_live(tiny: Path) -> None:
    made: list[Noted] = []

    class Noted(Sink):
        def __init__(self, title: str) -> None:
            self.title = title
            self.sent = self.closed = 0

        def open(self, height_px: int, width_px: int) -> None: ...

        def send(self, picture: Picture) -> None:
            self.sent += 1

        def close(self) -> None:
            self.closed += 1

    def build(settings: OutputSettings) -> list[Sink]:
        made.extend([Noted(settings.virtual_camera)] if settings.virtual_camera else [])
        return list(made[-1:]) if settings.virtual_camera else []

    engine = Engine(
        Settings(effect=GREEN),
        open_source=lambda settings: Rooms(),
        load_session=lambda settings: Session(tiny),
        build_sinks=build,
    )
    with running(engine):
        next_where(engine, lambda c: not c.private)
        assert engine.stats.outputs == ()
        for name in ("one", "two"):
            engine.update(Settings(effect=GREEN, output=OutputSettings(name)))
            next_where(engine, lambda c, name=name: engine.stats.outputs == (name,) and made[-1].sent > 3)  # type: ignore[misc]
        assert made[0].closed and not made[1].closed
        engine.update(Settings(effect=GREEN))
        next_where(engine, lambda c: engine.stats.outputs == ())
    assert made[1].closed and len(made) == 2
