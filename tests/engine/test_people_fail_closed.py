"""A person who is hidden never reaches an output, whatever happens to the network that tells people apart."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest

import app.engine.builder as builder
from app.engine.core.errors import BackdropError
from app.engine.core.settings import MatteSettings, Settings
from app.engine.engine import Engine
from app.engine.networks.people_network import PeopleNetwork
from app.engine.networks.segmenter import Segmenter
from app.engine.people.people import People
from tests.engine.rig import GREEN, RoomCamera, running
from tests.networks import write_network, write_people_network

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.engine.core.types import Composite, Frame, Picture
    from app.engine.networks.people_network import PeopleMaps

RELEASED = threading.Event()
OTHER = (130, 0, 255)


class TwoPeople(RoomCamera):
    """Blue room; the main person red in the middle; another one, in a colour of their own, at the side."""

    def read(self) -> Picture:
        bgr = super().read().copy()
        bgr[:] = (255, 0, 0)
        bgr[16:, 60:120] = (0, 0, 255)
        if self.count > 5:
            bgr[30:, 6:36] = OTHER
        return bgr


class Faulty(PeopleNetwork):
    """A network that has a fault from its third run on."""

    runs = 0
    fault: Callable[[], None] = staticmethod(lambda: None)

    def infer(self, frame: Frame) -> PeopleMaps:
        self.runs += 1
        if self.runs > 2:
            self.fault()
        return super().infer(frame)


def fail() -> None:
    raise ValueError("a fault made on purpose")


def hang() -> None:
    RELEASED.wait(60)


def sees_other(picture: Picture) -> bool:
    """Whether the hidden person's colour is anywhere."""
    blue, green, red = (picture[..., channel].astype(int) for channel in range(3))
    return bool(((red > 190) & (blue > 60) & (green < 80)).any())


def sees_main(composite: Composite) -> bool:
    blue, green, red = composite.picture[60, 90].astype(int)
    return not composite.is_placeholder and bool(red > 200 and blue < 60 and green < 80)


@pytest.mark.parametrize("what", ["nothing", "missing", "raises", "hangs"])
def test_hidden_person_never_reaches_an_output(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    RELEASED.clear()

    def load() -> PeopleNetwork:
        if what == "missing":
            raise BackdropError("There is no network.")
        network = Faulty(write_people_network(tmp_path / "people.onnx", scale=0.0))
        network.fault = {"raises": fail, "hangs": hang}.get(what, lambda: None)
        return network

    monkeypatch.setattr(builder, "People", lambda limit_s=0.3: People(load, 0.3))
    tiny = write_network(tmp_path / "tiny.onnx")
    settings = Settings(effect=GREEN, matte=MatteSettings(people="main"))
    engine = Engine(
        settings,
        open_source=lambda settings: TwoPeople(),
        load_segmenter=lambda settings: Segmenter(tiny),
    )
    shown, until = 0, time.monotonic() + 60
    try:
        with running(engine):
            while shown < 150 and time.monotonic() < until:
                composite = engine.preview.get(0.1)
                if composite is not None:
                    assert not sees_other(composite.picture)
                    shown += sees_main(composite)
            message = str(engine.stats.message)
    finally:
        RELEASED.set()
    assert shown == 150
    assert message.startswith("People who touch each other cannot") == (what != "nothing")


def test_click_hides_and_shows_while_the_engine_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def load() -> PeopleNetwork:
        return PeopleNetwork(write_people_network(tmp_path / "people.onnx", scale=0.0))

    monkeypatch.setattr(builder, "People", lambda limit_s=None: People(load, limit_s))
    tiny = write_network(tmp_path / "tiny.onnx")
    settings = Settings(effect=GREEN)
    engine = Engine(
        settings,
        open_source=lambda settings: TwoPeople(),
        load_segmenter=lambda settings: Segmenter(tiny),
    )

    def wait(is_wanted: Callable[[Composite], bool]) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            composite = engine.preview.get(0.1)
            if composite is not None and is_wanted(composite):
                return
        raise AssertionError("no such composite came")

    with running(engine):
        wait(lambda composite: sees_other(composite.picture) and sees_main(composite))
        assert engine.people.get(0.0) is None
        engine.watch_people(True)
        until = time.monotonic() + 60
        outlines: tuple[object, ...] = ()
        while len(outlines) < 2 and time.monotonic() < until:
            outlines = engine.people.get(0.1) or outlines
            engine.preview.get(0.0)
        other, main = engine.people.get(5.0) or ()
        assert other.is_shown and main.is_shown
        points = np.concatenate(other.polygons)
        assert points[:, 0].max() < 0.3 and points[:, 1].min() > 0.25
        engine.update(msgspec.structs.replace(settings, matte=MatteSettings(people="chosen")))
        engine.toggle_person(other.number)
        wait(lambda composite: sees_main(composite) and not sees_other(composite.picture))
        for _ in range(30):
            composite = engine.preview.get(5.0)
            assert composite is not None and not sees_other(composite.picture)
        engine.toggle_person(main.number)
        wait(lambda composite: not composite.is_placeholder and not sees_main(composite))
        engine.toggle_person(other.number)
        wait(lambda composite: sees_other(composite.picture))
