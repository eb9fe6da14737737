"""The table of faults: what breaks, how, and what must come of it. `test_faults.py` tries each.

`python -m tests.engine.faults` prints it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np

from app.engine.errors import BackdropError
from app.engine.types import EffectSettings, NetworkSettings

WENT_WRONG = "Something went wrong; Backdrop keeps trying."


class Switch:
    """Turns a fault on and off; stands in front of a method of the engine's."""

    def __init__(self) -> None:
        self.fault: Callable[..., Any] | None = None
        self.calls = 0

    def __call__(self, method: Callable[..., Any], *args: Any) -> Any:
        """What the method gives, or what the fault makes of it."""
        if self.fault is None:
            return method(*args)
        self.calls += 1
        return self.fault(self.calls, method, *args)


Making = Callable[[int, Callable[..., Any]], Any]


def raising(every: int, once: bool = False) -> Making:
    """Raise at the first call or at every so-manyth."""

    def fault(call: int, method: Callable[..., Any], *args: Any) -> Any:
        if call == 1 if once else call % every == 0:
            raise ValueError("a fault made on purpose")
        return method(*args)

    return fault


def giving(value: float) -> Making:
    """A network's answer of one value."""
    return lambda call, method, *args: [np.full_like(method(*args)[0], value)]


def shaped(call: int, method: Callable[..., Any], *args: Any) -> Any:
    return [np.zeros((3, 3, 3, 3), np.float32)]


def hanging(seconds: float) -> Making:
    def fault(call: int, method: Callable[..., Any], *args: Any) -> Any:
        if call == 1:
            time.sleep(seconds)
        return method(*args)

    return fault


def told(sentence: str) -> Making:
    def fault(call: int, method: Callable[..., Any], *args: Any) -> Any:
        raise BackdropError(sentence)

    return fault


def picture(make: Callable[[Any], Any]) -> Making:
    """Another picture than the camera's."""
    return lambda call, method, *args: make(method(*args))


def slow(call: int, method: Callable[..., Any], *args: Any) -> Any:
    time.sleep(0.3)
    return method(*args)


@dataclass(frozen=True)
class Fault:
    """`shows`: what comes out meanwhile, a card now and then, or composites as before."""

    place: str
    what: str
    shows: Literal["card", "composites"]
    says: str
    """A pattern of the message; '' for none."""
    make: Making | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    files: Callable[[Path], None] = lambda folder: None

    @property
    def name(self) -> str:
        return f"{self.place} {self.what}"


def network(name: str) -> dict[str, Any]:
    return {"network": NetworkSettings(name=name)}


def image(name: str) -> dict[str, Any]:
    return {"effect": EffectSettings("image", {"file": name})}


def _small_png(folder: Path) -> bytes:
    data: bytes = cv2.imencode(".png", np.full((40, 60, 3), 60, np.uint8))[1].tobytes()
    return data


FAULTS = [
    Fault(
        "network", "file missing", "composites", "There is no network 'missing'", settings=network("missing")
    ),
    Fault("network", "file empty", "composites", "cannot be loaded", settings=network("empty")),
    Fault("network", "file truncated", "composites", "'truncated.onnx'", settings=network("truncated")),
    Fault("network", "wrong sha256", "composites", "not what its model card", settings=network("altered")),
    Fault("network", "wrong contract", "composites", "must have one input", settings=network("contract")),
    Fault("network", "external data", "composites", "weights in another file", settings=network("external")),
    Fault("network", "gives NaN from its file", "card", "broken matte", settings=network("nan")),
    Fault("session", "raises once", "card", WENT_WRONG, raising(1, once=True)),
    Fault("session", "raises every tenth time", "card", WENT_WRONG, raising(10)),
    Fault("session", "raises always, as a lost provider does", "card", WENT_WRONG, raising(1)),
    Fault("session", "gives NaN", "card", "broken matte", giving(float("nan"))),
    Fault("session", "gives all ones", "card", "whole picture for the person", giving(1.0)),
    Fault("session", "gives all zeros", "composites", "", giving(0.0)),
    Fault("session", "gives another shape", "card", "broken matte", shaped),
    Fault("session", "hangs for 3 s", "card", "does not answer", hanging(3.0)),
    *(
        Fault(stage, f"raises {text}", "card", WENT_WRONG, make)
        for stage in ("matte", "effect", "composite")
        for text, make in {
            "once": raising(1, once=True),
            "every tenth time": raising(10),
            "always": raising(1),
        }.items()
    ),
    Fault("camera", "unplugged", "card", "was unplugged", told("The camera 'Rooms' was unplugged.")),
    Fault("camera", "stalls for 3 s", "card", "has stopped giving pictures", hanging(3.0)),
    Fault("camera", "raises once", "composites", "", raising(1, once=True)),
    Fault("camera", "changes its size", "composites", "", picture(lambda bgr: bgr[:64, 32:128])),
    Fault("camera", "gives grey pictures", "card", "of a kind that", picture(lambda bgr: bgr[..., 0])),
    Fault("camera", "gives nothing", "card", "of a kind that", picture(lambda bgr: None)),
    Fault("camera", "gives an empty picture", "card", "of a kind that", picture(lambda bgr: bgr[:0])),
    Fault("sink", "refuses to open", "composites", "is taken", told("The output is taken.")),
    Fault("sink", "refuses pictures, then takes them", "composites", "gone", told("The output is gone.")),
    Fault("sink", "is slow", "composites", "", slow),
    Fault("sink", "hangs for 3 s", "composites", "", hanging(3.0)),
    Fault("background", "file missing", "composites", "There is no file", settings=image("missing.png")),
    Fault("background", "file corrupt", "composites", "not a picture", settings=image("corrupt.png")),
    Fault("background", "file empty", "composites", "is empty", settings=image("empty.png")),
    Fault("background", "50,000 px wide and high", "composites", "too large", settings=image("huge.png")),
    Fault("background", "0 px wide and high", "composites", "not a picture", settings=image("zero.png")),
    Fault("background", "deleted while used", "composites", "", settings=image("deleted.png")),
]

if __name__ == "__main__":
    for fault in FAULTS:
        print(f"| {fault.place} | {fault.what} | {fault.shows} | {fault.says or 'nothing'} |")
