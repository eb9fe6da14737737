"""Every fault of the table, in a running engine: the room never shows, it is told, and it mends itself."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import onnxruntime as ort
import pytest

import app.engine.capture as capture
import app.engine.pipeline as pipeline
from app.engine.effects import Colour
from app.engine.errors import BackdropError
from app.engine.matte import MatteStage
from app.engine.session import Session
from app.engine.sinks import Sink
from app.engine.types import Composite, NetworkSettings, Settings
from app.engine.worker import Engine
from tests.engine.faults import FAULTS, Fault, Switch, _small_png
from tests.engine.rig import GREEN, Rooms, next_where, running, shows_the_room
from tests.engine.test_limits import external, huge_png
from tests.networks import write_network

PLACES: dict[str, tuple[Any, str]] = {
    "session": (ort.InferenceSession, "run"),
    "matte": (MatteStage, "apply"),
    "effect": (Colour, "background"),
    "composite": (pipeline, "composite"),
    "camera": (Rooms, "read"),
}


class Kept(Sink):
    """Counts what it gets and looks for the room in it."""

    title = "kept"

    def __init__(self) -> None:
        self.sent = 0
        self.showed_the_room = False

    def open(self, height_px: int, width_px: int) -> None: ...

    def send(self, composite: Composite) -> None:
        self.sent += 1
        self.showed_the_room |= shows_the_room(composite.picture)

    def close(self) -> None: ...


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Networks and pictures with every fault a file may have."""
    whole = write_network(tmp_path / f"{NetworkSettings().name}.onnx").read_bytes()
    (tmp_path / "empty.onnx").touch()
    (tmp_path / "truncated.onnx").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "altered.onnx").write_bytes(whole)
    (tmp_path / "altered.md").write_text(f"sha256: {hashlib.sha256(b'another').hexdigest()}\n")
    write_network(tmp_path / "contract.onnx", input_name="image")
    write_network(tmp_path / "nan.onnx", scale=float("nan"))
    external(tmp_path / "external.onnx")
    (tmp_path / "empty.png").touch()
    (tmp_path / "corrupt.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    (tmp_path / "deleted.png").write_bytes(_small_png(tmp_path))
    huge_png(tmp_path / "huge.png")
    huge_png(tmp_path / "zero.png", 0, 0)
    return tmp_path


@pytest.fixture
def switches(monkeypatch: pytest.MonkeyPatch) -> dict[str, Switch]:
    made = {place: Switch() for place in PLACES}
    for place, (owner, name) in PLACES.items():
        method = getattr(owner, name)
        monkeypatch.setattr(owner, name, _behind(made[place], method))
    return made


def _behind(switch: Switch, method: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args: switch(method, *args)


@pytest.fixture
def engine(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Engine, Kept]]:
    monkeypatch.setattr(Rooms, "is_live", True)
    monkeypatch.setattr(capture, "_RETRY_FIRST_S", 0.05)
    kept = Kept()

    def load(settings: NetworkSettings) -> Session:
        path = folder / f"{settings.name}.onnx"
        if not path.exists():
            raise BackdropError(f"There is no network '{settings.name}'.")
        return Session(path)

    made = Engine(
        Settings(effect=GREEN),
        open_source=lambda settings: Rooms(),
        load_session=load,
        build_sinks=lambda settings: {"kept": kept},
    )
    with running(made):
        yield made, kept
    assert not kept.showed_the_room and kept.sent


def wanted(fault: Fault, folder: Path) -> Settings:
    settings = msgspec.structs.replace(Settings(effect=GREEN), **fault.settings)
    if fault.place != "background":
        return settings
    values = {"file": str(folder / str(settings.effect.values["file"]))}
    return msgspec.structs.replace(settings, effect=msgspec.structs.replace(settings.effect, values=values))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name.replace(" ", "-"))
def test_a_fault(
    fault: Fault,
    engine: tuple[Engine, Kept],
    folder: Path,
    switches: dict[str, Switch],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    walk, kept = engine
    next_where(walk, lambda c: not c.private)
    if fault.place == "sink":
        switch = Switch()
        method = "open" if "open" in fault.what else "send"
        monkeypatch.setattr(Kept, method, _behind(switch, getattr(Kept, method)))
        if method == "open":
            monkeypatch.setattr(Kept, "send", _once_failing(Kept.send))
        monkeypatch.setattr("app.engine.outlet._RETRY_S", 0.05)
    else:
        switch = switches.get(fault.place, Switch())
    switch.fault = fault.make
    walk.update(wanted(fault, folder))
    said: list[str] = []

    def is_seen(composite: Composite) -> bool:
        said.append(walk.stats.message)
        if fault.shows == "composites" and composite.private and "camera" not in fault.place:
            raise AssertionError("a card, although nothing is wrong with the picture")
        shown = composite.private if fault.shows == "card" else not composite.private
        if fault.says:
            is_seen.shown = getattr(is_seen, "shown", False) or shown  # type: ignore[attr-defined]
            return bool(is_seen.shown and any(re.search(fault.says, text) for text in said))  # type: ignore[attr-defined]
        return shown and len(said) > 20 and not said[-1]

    next_where(walk, is_seen)
    if fault.what == "deleted while used":
        (folder / "deleted.png").unlink()
        next_where(walk, lambda c: not c.private and bool((c.picture[:, :60] == 60).all()))
    switch.fault = None
    if fault.place in ("network", "background"):
        walk.update(Settings(effect=GREEN))
    sent = kept.sent
    next_where(walk, lambda c: not c.private and not walk.stats.message and kept.sent > sent)
    next_where(walk, lambda c: bool((c.picture[:, :60] == (0, 255, 0)).all()))


def _once_failing(send: Callable[..., None]) -> Callable[..., None]:
    """A sink must fail once to be opened again."""
    calls = iter([True])

    def failing(*args: Any) -> None:
        if next(calls, False):
            raise BackdropError("The output is gone.")
        send(*args)

    return failing


@pytest.mark.parametrize("name", ["missing", "empty", "truncated", "altered", "contract", "external"])
def test_a_broken_network_at_the_start_keeps_the_camera_private(folder: Path, name: str) -> None:
    network = NetworkSettings(name=name)
    broken = Engine(
        Settings(effect=GREEN, network=network),
        open_source=lambda settings: Rooms(),
        load_session=lambda settings: Session(folder / f"{settings.name}.onnx"),
    )
    with running(broken):
        for _ in range(5):
            assert next_where(broken, lambda c: True).private
        next_where(broken, lambda c: bool(broken.stats.message))
        shutil.copy(folder / f"{NetworkSettings().name}.onnx", folder / "good.onnx")
        broken.update(Settings(effect=GREEN, network=NetworkSettings(name="good")))
        next_where(broken, lambda c: not c.private and not broken.stats.message)
