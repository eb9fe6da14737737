"""The running engine: changes of settings, stopping, outputs."""

from __future__ import annotations

import threading
import time
from functools import partial
from typing import TYPE_CHECKING

import pytest

from app.engine.core.errors import BackdropError
from app.engine.core.settings import EffectSettings, OutputSettings, Settings, SourceSettings
from app.engine.core.types import OutputId
from app.engine.engine import Engine
from app.engine.networks.segmenter import Segmenter
from app.engine.output.sinks import Sink
from tests.engine.rig import GREEN, PERSON, RoomCamera, engine_of, next_where, running, shows_the_room

if TYPE_CHECKING:
    from pathlib import Path

    from app.engine.capture.source import Source
    from app.engine.core.types import Composite, Picture


def test_engine_emits_and_counts_composites(tiny: Path) -> None:
    with running(engine_of(tiny)) as engine:
        live = next_where(engine, lambda c: not c.is_placeholder and c.index > 40 and engine.stats.fps > 0)
        assert (live.picture[:, 100:] == PERSON).all() and (live.picture[:, :60] == (0, 255, 0)).all()
        stats = engine.stats
    assert stats.fps > 0 and stats.latency_ms > 0 and stats.message == ""
    assert stats.network == "Tiny" and stats.provider == "CPU" and stats.source == RoomCamera.title
    assert set(stats.stage_ms) == {"network", "matte", "effect", "composite"}


def test_start_and_stop_fifty_times_leaves_no_thread(tiny: Path) -> None:
    before = set(threading.enumerate())
    sources: list[RoomCamera] = []

    def source() -> Source:
        sources.append(RoomCamera())
        return sources[-1]

    for _ in range(50):
        engine = engine_of(tiny, source)
        engine.start()
        engine.stop()
    assert set(threading.enumerate()) <= before
    assert all(source.closed for source in sources)


def test_settings_change_on_running_engine(tiny: Path) -> None:
    with running(engine_of(tiny)) as engine:
        next_where(engine, lambda c: not c.is_placeholder)
        engine.update(Settings(effect=EffectSettings("colour", {"colour": "#202020"})))
        next_where(engine, lambda c: (c.picture[:, :60] == 0x20).all())
        engine.update(Settings(effect=EffectSettings("transparent")))
        next_where(engine, lambda c: c.picture.shape[2] == 4)


def test_invalid_setting_is_reported_and_engine_goes_on(tiny: Path) -> None:
    with running(engine_of(tiny)) as engine:
        next_where(engine, lambda c: not c.is_placeholder)
        engine.update(Settings(effect=EffectSettings("image", {"file": "/no/such.jpg"})))
        next_where(
            engine,
            lambda c: engine.stats.message == "There is no file '/no/such.jpg'." and not c.is_placeholder,
        )
        engine.update(Settings(effect=GREEN))
        next_where(engine, lambda c: engine.stats.message == "" and not c.is_placeholder)


def test_new_source_replaces_and_closes_old_one(tiny: Path) -> None:
    sources: dict[str, RoomCamera] = {}

    def open_source(settings: SourceSettings) -> Source:
        sources[settings.spec] = RoomCamera(size=(64, 64) if settings.spec == "small" else (96, 160))
        return sources[settings.spec]

    engine = Engine(
        Settings(effect=GREEN), open_source=open_source, load_segmenter=lambda settings: Segmenter(tiny)
    )
    with running(engine):
        next_where(engine, lambda c: c.picture.shape[:2] == (96, 160) and not c.is_placeholder)
        engine.update(Settings(source=SourceSettings(spec="small"), effect=GREEN))
        next_where(engine, lambda c: c.picture.shape[:2] == (64, 64) and not c.is_placeholder)
        assert sources["auto"].closed


def test_on_preview_is_called_after_each_composite(tiny: Path) -> None:
    announced = threading.Semaphore(0)
    engine = Engine(
        Settings(effect=GREEN),
        on_preview=announced.release,
        open_source=lambda settings: RoomCamera(),
        load_segmenter=lambda settings: Segmenter(tiny),
    )
    with running(engine):
        assert announced.acquire(timeout=20) and announced.acquire(timeout=20)
        assert engine.preview.get() is not None


def test_sinks_get_preview_composites_and_report_errors(tiny: Path) -> None:
    class Broken(Sink):
        title = "broken"

        def open(self, height_px: int, width_px: int) -> None:
            raise BackdropError("The output is taken.")

        def send(self, composite: Composite) -> None: ...

        def close(self) -> None: ...

    class Kept(Sink):
        title = "kept"

        def __init__(self) -> None:
            self.pictures: list[Picture] = []

        def open(self, height_px: int, width_px: int) -> None: ...

        def send(self, composite: Composite) -> None:
            self.pictures.append(composite.picture)

        def close(self) -> None: ...

    kept = Kept()
    engine = Engine(
        Settings(effect=GREEN),
        open_source=lambda settings: RoomCamera(),
        load_segmenter=lambda settings: Segmenter(tiny),
        build_sinks=lambda settings: {OutputId("kept", ""): kept, OutputId("broken", ""): Broken()},
    )
    with running(engine):
        next_where(
            engine, lambda c: engine.stats.message == "The output is taken." and len(kept.pictures) > 20
        )
        for _ in range(20):
            next_where(engine, lambda c: True)
            assert engine.stats.message == "The output is taken.", (
                "a working output does not hide the error of another"
            )
    assert not any(shows_the_room(picture) for picture in kept.pictures)
    assert any((picture[:, 100:] == PERSON).all() for picture in kept.pictures)


def test_outputs_switch_on_and_off_live(tiny: Path) -> None:
    made: list[Noted] = []

    class Noted(Sink):
        def __init__(self, title: str) -> None:
            self.title = title
            self.sent = self.closed = 0

        def open(self, height_px: int, width_px: int) -> None: ...

        def send(self, composite: Composite) -> None:
            self.sent += 1

        def close(self) -> None:
            self.closed += 1

    def build(settings: OutputSettings) -> dict[OutputId, Sink]:
        if not settings.virtual_camera:
            return {}
        made.append(Noted(settings.virtual_camera))
        return {OutputId("virtual_camera", settings.virtual_camera): made[-1]}

    def titles() -> tuple[str, ...]:
        return engine.stats.outputs

    def is_sent_to(name: str, composite: Composite) -> bool:
        return titles() == (name,) and made[-1].sent > 3

    engine = Engine(
        Settings(effect=GREEN),
        open_source=lambda settings: RoomCamera(),
        load_segmenter=lambda settings: Segmenter(tiny),
        build_sinks=build,
    )
    with running(engine):
        next_where(engine, lambda c: not c.is_placeholder)
        assert titles() == ()
        for name in ("one", "two"):
            engine.update(Settings(effect=GREEN, output=OutputSettings(name)))
            next_where(engine, partial(is_sent_to, name))
        assert made[0].closed and not made[1].closed
        engine.update(Settings(effect=GREEN))
        next_where(engine, lambda c: titles() == ())
    assert made[1].closed and len(made) == 2


class Read(Sink):
    """An output that `readers` programs read."""

    title = "read"
    readers: int | None = 0

    def open(self, height_px: int, width_px: int) -> None: ...

    def send(self, composite: Composite) -> None: ...

    def close(self) -> None: ...

    def consumers(self) -> int | None:
        return self.readers


@pytest.mark.slow
def test_camera_is_closed_while_not_in_use(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.engine.engine._LINGER_S", 0.3)
    sink, sources = Read(), []

    def open_source(settings: SourceSettings) -> Source:
        sources.append(RoomCamera())
        return sources[-1]

    engine = Engine(
        Settings(effect=GREEN),
        open_source=open_source,
        load_segmenter=lambda settings: Segmenter(tiny),
        build_sinks=lambda settings: {OutputId("read", ""): sink},
    )
    with running(engine):
        next_where(engine, lambda c: not c.is_placeholder)
        engine.is_previewed = False
        next_where(
            engine, lambda c: c.is_placeholder and engine.stats.is_camera_released and sources[-1].closed
        )
        assert engine.stats.message == "" and len(sources) == 1
        for readers in (1, None):  # None: unknown
            sink.readers, began = readers, time.monotonic()
            next_where(engine, lambda c: not c.is_placeholder)
            assert time.monotonic() - began < 15, "the camera is open again before the user gives up"
            sink.readers = 0
            next_where(engine, lambda c: c.is_placeholder and engine.stats.is_camera_released)
        engine.is_previewed = True
        next_where(engine, lambda c: not c.is_placeholder)
        engine.is_previewed = False
        engine.update(Settings(effect=GREEN, output=OutputSettings(release_camera=False)))
        time.sleep(0.6)
        next_where(engine, lambda c: not c.is_placeholder)
        assert not engine.stats.is_camera_released


def test_before_frames_reach_only_the_preview(tiny: Path) -> None:
    """The unchanged frame goes only into the mailbox `before`, and only while `is_compared`."""
    sent: list[Composite] = []

    class Kept(Sink):
        title = "kept"

        def open(self, height_px: int, width_px: int) -> None: ...

        def send(self, composite: Composite) -> None:
            sent.append(composite)

        def close(self) -> None: ...

    engine = Engine(
        Settings(effect=GREEN),
        open_source=lambda settings: RoomCamera(),
        load_segmenter=lambda settings: Segmenter(tiny),
        build_sinks=lambda settings: {OutputId("kept", ""): Kept()},
    )
    with running(engine):
        next_where(engine, lambda c: not c.is_placeholder)
        assert engine.before.is_empty
        engine.is_compared = True
        frame = engine.before.get(20.0)
        assert frame is not None and shows_the_room(frame.bgr)
        next_where(engine, lambda c: not c.is_placeholder and c.index > frame.index + 20)
        engine.is_compared = False
        next_where(engine, lambda c: not c.is_placeholder and c.index > frame.index + 40)
    assert len(sent) > 10 and not any(shows_the_room(composite.picture) for composite in sent)
