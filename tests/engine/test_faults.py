"""Every fault of the table in a running engine: the room never appears, and the engine recovers."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
import tempfile
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import msgspec
import numpy as np
import onnxruntime as ort
import pytest

import app.engine.capture.supervisor as capture
import app.engine.pace as pace
from app.commands.arguments.options import usable_settings
from app.engine.core.errors import BackdropError
from app.engine.core.mailbox import Mailbox
from app.engine.core.settings import NetworkSettings, OutputSettings, PresenterSettings, Settings
from app.engine.core.types import OutputId
from app.engine.engine import Engine
from app.engine.media.writing.video_writer import VideoWriter
from app.engine.networks.parts_network import PartsNetwork
from app.engine.networks.segmenter import Segmenter
from app.engine.output.registry import build_sinks
from app.engine.output.sinks import Sink
from app.engine.pipeline.effects import Colour
from app.engine.pipeline.matte import MatteStage
from app.engine.pipeline.presenter.placement import Placement
from app.engine.pipeline.presenter.presenter import Presenter
from app.settings import StoredSettings
from tests.clips import Pixels, seen, write_clip
from tests.engine.faults import FAULTS, RELEASED, SETTINGS_FAULTS, Fault, Switch
from tests.engine.media.test_looping_video import broken
from tests.engine.media.video.test_limits import external, huge_png
from tests.engine.rig import GREEN, RoomCamera, next_where, running, shows_the_room
from tests.networks import write_network

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.engine.core.parameters import Values
    from app.engine.core.types import Composite

PLACES: dict[str, tuple[Any, str]] = {
    "session": (ort.InferenceSession, "run"),
    "matte": (MatteStage, "refined"),
    "effect": (Colour, "background"),
    "composite": (Placement, "composite"),
    "overlay": (Presenter, "draw"),
    "face": (PartsNetwork, "infer"),
    "face file": (PartsNetwork, "__init__"),
    "camera": (RoomCamera, "read"),
    "recorder": (VideoWriter, "write"),
}


class Output(Sink):
    """Counts its pictures and looks for the room in them."""

    title = "kept"

    def __init__(self) -> None:
        self.sent = 0
        self.showed_the_room = False
        self.said: list[str] = []
        """The engine's message at each composite."""

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
    cv2.imwrite(str(tmp_path / "deleted.png"), np.full((40, 60, 3), 60, np.uint8))
    huge_png(tmp_path / "huge.png")
    huge_png(tmp_path / "zero.png", 0, 0)
    (tmp_path / "huge.y4m").write_bytes(b"YUV4MPEG2 W50000 H50000 F25:1 C420\nFRAME\n" + bytes(1000))
    write_clip(tmp_path / "short.mkv", 5, grey)
    write_clip(tmp_path / "deleted.mkv", 20, grey)
    broken(tmp_path / "broken.mkv")
    return tmp_path


def grey(index: int) -> Pixels:
    """A different shade for each of five pictures in turn."""
    return np.full((40, 60, 3), 60 + 20 * (index % 5), np.uint8)


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
def engine(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Engine, Output]]:
    monkeypatch.setattr(RoomCamera, "is_live", True)
    monkeypatch.setattr(capture, "_RETRY_FIRST_S", 0.05)
    RELEASED.clear()
    kept = Output()

    def load(settings: NetworkSettings) -> Segmenter:
        path = folder / f"{settings.name}.onnx"
        if not path.exists():
            raise BackdropError(f"There is no network '{settings.name}'.")
        return Segmenter(path)

    made = Engine(
        Settings(effect=GREEN),
        lambda: kept.said.append(made.stats.message),
        open_source=lambda settings: RoomCamera(),
        load_segmenter=load,
        build_sinks=lambda settings: {OutputId("kept", ""): kept, **build_sinks(settings)},
    )
    made.preview = Mailbox(slots=500)  # so that none is missed
    try:
        with running(made):
            yield made, kept
    finally:
        RELEASED.set()
    assert not kept.showed_the_room and kept.sent


def wanted(fault: Fault, folder: Path) -> Settings:
    """The fault's settings; their files are in the folder."""
    settings = msgspec.structs.replace(Settings(effect=GREEN), **fault.settings)
    if fault.place == "recorder":
        return msgspec.structs.replace(
            settings, output=OutputSettings(recording=str(folder / settings.output.recording))
        )
    if "colour_table" in settings.looks:
        file = str(folder / str(settings.looks["colour_table"]))
        return msgspec.structs.replace(settings, looks={**settings.looks, "colour_table": file})
    if "file" in settings.presenter.logo:
        logo: Values = {"file": str(folder / str(settings.presenter.logo["file"]))}
        return msgspec.structs.replace(settings, presenter=PresenterSettings(logo=logo))
    if fault.place != "background":
        return settings
    values = {key: str(folder / str(file)) for key, file in settings.effect.values.items()}
    return msgspec.structs.replace(settings, effect=msgspec.structs.replace(settings.effect, values=values))


class Watch:
    """Decides when the expected result of a fault has appeared."""

    def __init__(self, fault: Fault, said: list[str]) -> None:
        self._fault, self._all_said, self._from = fault, said, len(said)
        self._seen = 0
        self._was_shown = False

    @property
    def said(self) -> list[str]:
        """Each message once."""
        return [text for text in dict.fromkeys(self._all_said[self._from :]) if text]

    def __call__(self, composite: Composite) -> bool:
        fault = self._fault
        self._seen += 1
        if fault.shows == "composites" and composite.is_placeholder and fault.place != "camera":
            raise AssertionError("a placeholder, although nothing is wrong with the picture")
        shown = composite.is_placeholder if fault.shows == "placeholder" else not composite.is_placeholder
        self._was_shown |= shown
        if fault.says:
            return self._was_shown and any(re.search(fault.says, text) for text in self.said)
        return shown and self._seen > 20 and not self._all_said[-1]


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(
            fault,
            id=fault.name.replace(" ", "-"),
            marks=[pytest.mark.slow] if "hangs for ever" in fault.name else [],
        )
        for fault in FAULTS
    ],
)
def test_fault_shows_no_room_and_ends(
    fault: Fault,
    engine: tuple[Engine, Output],
    folder: Path,
    switches: dict[str, Switch],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    record_property: Callable[[str, object], None],
) -> None:
    walk, kept = engine
    record_property("fault", fault.name)
    next_where(walk, lambda c: not c.is_placeholder)
    if fault.place == "sink":
        switch = Switch()
        method = "open" if "open" in fault.what else "send"
        monkeypatch.setattr(Output, method, _behind(switch, getattr(Output, method)))
        if method == "open":
            monkeypatch.setattr(Output, "send", _once_failing(Output.send))
        monkeypatch.setattr("app.engine.output.sink_thread._RETRY_S", 0.05)
    else:
        switch = switches.get(fault.place, Switch())
    if fault.shows == "composites":
        monkeypatch.setattr(pace, "_SHORTEST_S", 10.0)  # a busy machine must not look like the fault
        monkeypatch.setattr(capture, "_STALLED_S", 10.0)
    watch = Watch(fault, kept.said)
    switch.fault = fault.make
    walk.update(wanted(fault, folder))
    next_where(walk, watch)
    if fault.says:
        assert any(re.search(fault.says, record.getMessage()) for record in caplog.records), "it is logged"
    if "deleted" in fault.what:
        file = folder / str(fault.settings["effect"].values["file"])
        file.unlink()
        for shade in {"deleted.png": {60}, "deleted.mkv": {60, 80, 100, 120, 140}}[file.name]:
            next_where(walk, partial(_is_behind, shade))
    if "for ever" in fault.what:
        for _ in range(20):
            assert next_where(walk, lambda c: True).is_placeholder, "as long as it hangs"
    record_property("shown", fault.shows)
    record_property("said", " ".join(watch.said).replace(f"{folder}/", "") or "nothing")
    switch.fault = None
    RELEASED.set()
    if fault.place in (
        "network",
        "background",
        "recorder",
        "look",
        "overlay",
        "logo",
        "place",
        "face",
        "face file",
    ):
        walk.update(Settings(effect=GREEN))
    sent = kept.sent
    next_where(walk, lambda c: not c.is_placeholder and not walk.stats.message and kept.sent > sent)
    next_where(walk, lambda c: bool((c.picture[:, :60] == (0, 255, 0)).all()))
    if fault.place == "recorder":
        seen(folder / "talk.mp4")
    record_property("after", "composites, no message")


def _is_behind(shade: int, composite: Composite) -> bool:
    """Whether the room's half is of one grey."""
    return bool((abs(composite.picture[:, :60].astype(int) - shade) < 4).all())


def _once_failing(send: Callable[..., None]) -> Callable[..., None]:
    """A sink must fail once to be opened again."""
    calls = iter([True])

    def failing(*args: Any) -> None:
        if next(calls, False):
            raise BackdropError("The output is gone.")
        send(*args)

    return failing


@pytest.mark.slow_after_first
@pytest.mark.parametrize("name", ["missing", "empty", "truncated", "altered", "contract", "external"])
def test_broken_network_at_start_shows_only_placeholder(folder: Path, name: str) -> None:
    network = NetworkSettings(name=name)
    broken = Engine(
        Settings(effect=GREEN, network=network),
        open_source=lambda settings: RoomCamera(),
        load_segmenter=lambda settings: Segmenter(folder / f"{settings.name}.onnx"),
    )
    with running(broken):
        for _ in range(5):
            assert next_where(broken, lambda c: True).is_placeholder
        next_where(broken, lambda c: bool(broken.stats.message))
        shutil.copy(folder / f"{NetworkSettings().name}.onnx", folder / "good.onnx")
        broken.update(Settings(effect=GREEN, network=NetworkSettings(name="good")))
        next_where(broken, lambda c: not c.is_placeholder and not broken.stats.message)


NOBODY = 65534


@pytest.mark.parametrize("what", SETTINGS_FAULTS)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
def test_settings_fault_is_reported_and_room_hidden(
    what: str,
    tiny: Path,
    capsys: pytest.CaptureFixture[str],
    record_property: Callable[[str, object], None],
) -> None:
    spoil, says = SETTINGS_FAULTS[what]
    record_property("fault", f"settings {what}")
    with tempfile.TemporaryDirectory() as made:  # pytest's own folders are closed to others
        folder = Path(made)
        path = folder / "settings.json"
        spoil(path)
        is_other = what == "of another user"
        if is_other:
            folder.chmod(0o755)
        with as_nobody() if is_other else nullcontext():
            settings = usable_settings(path).current
        said = capsys.readouterr().err
        assert re.search(says, said) and said.count("\n") == 1
        assert settings == StoredSettings().current
        aside = folder / "settings.json.bad"
        assert (path.exists(), aside.exists()) == (is_other, not is_other), "no settings are lost"
    engine = Engine(
        msgspec.structs.replace(settings, effect=GREEN),
        open_source=lambda settings: RoomCamera(),
        load_segmenter=lambda settings: Segmenter(tiny),
    )
    with running(engine):
        next_where(engine, lambda c: not c.is_placeholder and not engine.stats.message)
    record_property("shown", "composites")
    record_property("said", said.strip().replace(made, "~"))
    record_property("after", "the file is left as it is" if is_other else "the file is kept aside")


@contextmanager
def as_nobody() -> Iterator[None]:
    """Run as an unprivileged user, because root may do everything."""
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
