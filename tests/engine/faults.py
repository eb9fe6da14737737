"""The table of faults: what fails, how, and the expected result. `test_faults.py` tries each.

`python -m tests.engine.faults` tries them all and prints what came of each.
"""

from __future__ import annotations

import errno
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest

from app.engine.core.errors import BackdropError
from app.engine.core.settings import EffectSettings, NetworkSettings, OutputSettings, PresenterSettings

RELEASED = threading.Event()
"""Ends what hangs."""

WENT_WRONG = "Something went wrong; Backdrop keeps trying."


class Switch:
    """Turns a fault on and off; replaces a method of the engine."""

    def __init__(self) -> None:
        self.fault: Callable[..., Any] | None = None
        self.calls = 0

    def __call__(self, method: Callable[..., Any], *args: Any) -> Any:
        """The method's result, or the fault's."""
        if self.fault is None:
            return method(*args)
        self.calls += 1
        return self.fault(self.calls, method, *args)


Making = Callable[[int, Callable[..., Any]], Any]


def raising(every: int, once: bool = False) -> Making:
    """Raise at the first call, or at every n-th."""

    def fault(call: int, method: Callable[..., Any], *args: Any) -> Any:
        if call == 1 if once else call % every == 0:
            raise ValueError("a fault made on purpose")
        return method(*args)

    return fault


def giving(value: float) -> Making:
    """Alpha of one value."""
    return lambda call, method, *args: [np.full_like(method(*args)[0], value)]


def shaped(call: int, method: Callable[..., Any], *args: Any) -> Any:
    return [np.zeros((3, 3, 3, 3), np.float32)]


def hanging(seconds: float | None) -> Making:
    """Hang once for some seconds; None: for ever."""

    def fault(call: int, method: Callable[..., Any], *args: Any) -> Any:
        if call == 1:
            RELEASED.wait(seconds)
        return method(*args)

    return fault


def raising_message(sentence: str) -> Making:
    def fault(call: int, method: Callable[..., Any], *args: Any) -> Any:
        raise BackdropError(sentence)

    return fault


def full(call: int, method: Callable[..., Any], *args: Any) -> Any:
    """A disk that is full after a hundred pictures."""
    if call > 100:
        raise OSError(errno.ENOSPC, "No space left on device")
    return method(*args)


def picture(make: Callable[[Any], Any]) -> Making:
    """Change the camera's picture."""
    return lambda call, method, *args: make(method(*args))


def slow(call: int, method: Callable[..., Any], *args: Any) -> Any:
    time.sleep(0.3)
    return method(*args)


@dataclass(frozen=True)
class Fault:
    """`shows`: what comes out meanwhile: placeholders now and then, or composites as before."""

    place: str
    what: str
    shows: Literal["placeholder", "composites"]
    says: str
    """A pattern of the message; '' for none."""
    make: Making | None = None
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.place} {self.what}"


def late(call: int, method: Callable[..., Any], *args: Any) -> Any:
    """Take 60 ms longer each time."""
    RELEASED.wait(0.06)
    return method(*args)


TOUCH_UP: dict[str, Any] = {"looks": {"touch_up": 1.0}}


def network(name: str) -> dict[str, Any]:
    return {"network": NetworkSettings(name=name)}


def image(name: str) -> dict[str, Any]:
    return {"effect": EffectSettings("image", {"file": name})}


def video(name: str) -> dict[str, Any]:
    return {"effect": EffectSettings("video", {"file": name})}


def table(name: str) -> dict[str, Any]:
    return {"looks": {"colour_table": name, "exposure": 0.3}}


def slides(name: str) -> dict[str, Any]:
    return {"effect": EffectSettings("slides", {"slides": name})}


def logo(name: str) -> dict[str, Any]:
    return {"presenter": PresenterSettings(logo={"file": name})}


TAG = {"presenter": PresenterSettings({"shape": "circle"}, {"name": "Ada"})}
STAR = {"presenter": PresenterSettings({"shape": "star"})}

FAULTS = [
    Fault(
        "network", "file missing", "composites", "There is no network 'missing'", settings=network("missing")
    ),
    Fault("network", "file empty", "composites", "cannot be loaded", settings=network("empty")),
    Fault("network", "file truncated", "composites", "'truncated.onnx'", settings=network("truncated")),
    Fault("network", "wrong sha256", "composites", "not what its model card", settings=network("altered")),
    Fault("network", "wrong contract", "composites", "must have one input", settings=network("contract")),
    Fault("network", "external data", "composites", "weights in another file", settings=network("external")),
    Fault("network", "gives NaN from its file", "placeholder", "broken matte", settings=network("nan")),
    Fault("session", "raises once", "placeholder", "cannot be run", raising(1, once=True)),
    Fault("session", "raises every tenth time", "placeholder", "cannot be run", raising(10)),
    Fault("session", "raises always, as a lost provider does", "placeholder", "cannot be run", raising(1)),
    Fault("session", "gives NaN", "placeholder", "broken matte", giving(float("nan"))),
    Fault("session", "gives all ones", "placeholder", "whole picture for the person", giving(1.0)),
    Fault("session", "gives all zeros", "composites", "", giving(0.0)),
    Fault("session", "gives another shape", "placeholder", "broken matte", shaped),
    Fault("session", "hangs for 3 s", "placeholder", "does not answer", hanging(3.0)),
    Fault("session", "hangs for ever", "placeholder", "does not answer", hanging(None)),
    *(
        Fault(stage, f"raises {text}", "placeholder", WENT_WRONG, make)
        for stage in ("matte", "effect", "composite")
        for text, make in {
            "once": raising(1, once=True),
            "every tenth time": raising(10),
            "always": raising(1),
        }.items()
    ),
    Fault(
        "camera",
        "unplugged",
        "placeholder",
        "was unplugged",
        raising_message("The camera 'RoomCamera' was unplugged."),
    ),
    Fault("camera", "stalls for 3 s", "placeholder", "has stopped giving pictures", hanging(3.0)),
    Fault("camera", "raises once", "composites", "", raising(1, once=True)),
    Fault("camera", "changes its size", "composites", "", picture(lambda bgr: bgr[:64, 32:128])),
    Fault("camera", "gives grey pictures", "placeholder", "of a kind that", picture(lambda bgr: bgr[..., 0])),
    Fault(
        "camera",
        "gives NaN",
        "placeholder",
        "of a kind that",
        picture(lambda bgr: np.full(bgr.shape, np.nan)),
    ),
    Fault("camera", "gives nothing", "placeholder", "of a kind that", picture(lambda bgr: None)),
    Fault("camera", "gives an empty picture", "placeholder", "of a kind that", picture(lambda bgr: bgr[:0])),
    Fault("sink", "refuses to open", "composites", "is taken", raising_message("The output is taken.")),
    Fault(
        "sink",
        "refuses pictures, then takes them",
        "composites",
        "gone",
        raising_message("The output is gone."),
    ),
    Fault("sink", "is slow", "composites", "", slow),
    Fault("sink", "hangs for 3 s", "composites", "", hanging(3.0)),
    Fault(
        "recorder",
        "disk full",
        "composites",
        "recording has ended: the disk is full",
        full,
        {"output": OutputSettings(recording="talk.mp4")},
    ),
    Fault("background", "file missing", "composites", "There is no file", settings=image("missing.png")),
    Fault("background", "file corrupt", "composites", "not a picture", settings=image("corrupt.png")),
    Fault("background", "file empty", "composites", "is empty", settings=image("empty.png")),
    Fault("background", "50,000 px wide and high", "composites", "too large", settings=image("huge.png")),
    Fault("background", "0 px wide and high", "composites", "not a picture", settings=image("zero.png")),
    Fault("background", "deleted while used", "composites", "", settings=image("deleted.png")),
    Fault("background", "video missing", "composites", "There is no file", settings=video("missing.mkv")),
    Fault("background", "video corrupt", "composites", "not a video", settings=video("corrupt.png")),
    Fault(
        "background", "video 50,000 px wide and high", "composites", "not a video", settings=video("huge.y4m")
    ),
    Fault("background", "video ends", "composites", "", settings=video("short.mkv")),
    Fault(
        "background",
        "video broken in the middle",
        "composites",
        "'.*broken.mkv' is (not complete|broken in the middle)",
        settings=video("broken.mkv"),
    ),
    Fault("background", "video deleted while used", "composites", "", settings=video("deleted.mkv")),
    Fault("background", "slides missing", "composites", "There is no file", settings=slides("gone.pdf")),
    Fault("background", "slides corrupt", "composites", "not a picture", settings=slides("corrupt.png")),
    Fault("overlay", "raises once", "placeholder", WENT_WRONG, raising(1, once=True), TAG),
    Fault("overlay", "raises always", "placeholder", WENT_WRONG, raising(1), TAG),
    Fault("logo", "file missing", "composites", "There is no file", settings=logo("gone.png")),
    Fault("logo", "file corrupt", "composites", "not a picture", settings=logo("corrupt.png")),
    Fault("place", "unknown shape", "composites", "Place must be one of", settings=STAR),
    Fault("look", "table missing", "composites", "there is no such file", settings=table("missing.cube")),
    Fault("look", "table corrupt", "composites", "line 1 is not understood", settings=table("corrupt.png")),
    Fault("face", "raises once", "composites", "looks for the face are off", raising(1, once=True), TOUCH_UP),
    Fault("face", "raises always", "composites", "looks for the face are off", raising(1), TOUCH_UP),
    Fault("face", "is slow", "composites", "This computer is too slow for them", late, TOUCH_UP),
    Fault(
        "face file",
        "is missing",
        "composites",
        "There is no network for the parts of a face",
        raising_message("There is no network for the parts of a face: please install Backdrop again."),
        TOUCH_UP,
    ),
    Fault("look", "unknown", "composites", "There is no look 'shine'", settings={"looks": {"shine": 1.0}}),
]

SETTINGS_FAULTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "corrupt": (lambda path: path.write_bytes(b"{"), "are not valid: Input data was truncated"),
    "from the future": (lambda path: path.write_bytes(b'{"hologram": {}}'), "unknown field `hologram`"),
    "a folder in its place": (lambda path: path.mkdir(), "cannot be read: it is a folder"),
    "of another user": (lambda path: path.touch(mode=0), "cannot be read: you do not have permission"),
}


class Outcomes:
    """Collects the result of each fault."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, ...]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        noted = dict(report.user_properties)
        if report.when == "teardown" and "fault" in noted:
            self.rows.append(tuple(str(noted.get(key, "")) for key in ("fault", "shown", "said", "after")))


def main() -> int:
    outcomes = Outcomes()
    here = Path(__file__).with_name("test_faults.py")
    status = pytest.main(["-q", "-p", "no:cacheprovider", str(here)], plugins=[outcomes])
    print("\n| fault | what came out | what was said | once the cause was gone |\n|---|---|---|---|")
    for row in outcomes.rows:
        print(f"| {' | '.join(row)} |")
    return int(status)


if __name__ == "__main__":
    sys.exit(main())
