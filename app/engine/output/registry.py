"""Which outputs there are. A new one is one class and one SINKS line here, and its name in OutputSettings."""

from __future__ import annotations

import sys
from collections.abc import Callable

from app.engine.core.settings import OutputSettings
from app.engine.output.recorder import Recorder
from app.engine.output.sinks import OtherVirtualCamera, Sink, VirtualCamera

SINKS: dict[str, Callable[[str], Sink]] = {
    "virtual_camera": VirtualCamera if sys.platform == "linux" else OtherVirtualCamera,
    "recording": Recorder,
}


def build_sinks(settings: OutputSettings) -> dict[str, Sink]:
    """The outputs that are on, none of them open yet, each by a key that says all it depends on."""
    chosen = {name: str(getattr(settings, name)) for name in SINKS}
    return {f"{name} {wanted}": SINKS[name](wanted) for name, wanted in chosen.items() if wanted}
