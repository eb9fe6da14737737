"""The registry of outputs. A new one is one class, one SINKS line here and a field in OutputSettings."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from app.engine.core.types import OutputId
from app.engine.devices.microphones import SystemMicrophone
from app.engine.output.all_cameras import AllCameras
from app.engine.output.pipewire_camera import PIPEWIRE, PipeWireCamera
from app.engine.output.recorder import Recorder
from app.engine.output.sinks import OtherVirtualCamera, Sink, VirtualCamera

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.engine.core.settings import OutputSettings


def _virtual_camera(value: str) -> Sink:
    if sys.platform != "linux":
        return OtherVirtualCamera(value)
    if value == PIPEWIRE:
        return PipeWireCamera()
    return AllCameras([VirtualCamera(), PipeWireCamera()]) if value == "auto" else VirtualCamera(value)


SINKS: dict[str, Callable[[str], Sink]] = {
    "virtual_camera": _virtual_camera,
    "recording": Recorder,
}


def build_sinks(settings: OutputSettings) -> dict[OutputId, Sink]:
    """The outputs that are on, not open yet."""
    sinks = {output: SINKS[output.field](output.value) for output in output_ids(settings)}
    for sink in sinks.values():
        if isinstance(sink, Recorder) and settings.record_microphone:
            sink.microphone = SystemMicrophone(settings.microphone)
    return sinks


def output_ids(settings: OutputSettings) -> list[OutputId]:
    """The ids of the outputs that are on."""
    ids = [OutputId(field, str(getattr(settings, field))) for field in SINKS]
    return [output for output in ids if output.value]
