"""The registry of outputs. A new one is one class, one SINKS line here and a field in OutputSettings."""

from __future__ import annotations

import importlib.util
import sys
from typing import TYPE_CHECKING

from app.engine.core.types import OutputId
from app.engine.devices.microphones import SystemMicrophone
from app.engine.output.all_cameras import AllCameras
from app.engine.output.first_camera import FirstCamera
from app.engine.output.obs_camera import ObsCamera
from app.engine.output.obs_extension_camera import ObsExtensionCamera
from app.engine.output.pipewire_camera import PIPEWIRE, PipeWireCamera
from app.engine.output.recorder import Recorder
from app.engine.output.sinks import OtherVirtualCamera, Sink, VirtualCamera
from app.engine.output.unity_capture_camera import UnityCaptureCamera

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.engine.core.settings import OutputSettings


OBS, UNITY_CAPTURE, PYVIRTUALCAM = "obs", "unitycapture", "pyvirtualcam"
"""The values of the setting `virtual_camera` on Windows and macOS, besides pyvirtualcam's own names."""


def senders(platform: str = sys.platform) -> dict[str, Callable[[], Sink]]:
    """What sends to a virtual camera on Windows or macOS, by name, the best first."""
    own: dict[str, Callable[[], Sink]] = {OBS: ObsExtensionCamera}
    if platform == "win32":
        own = {OBS: ObsCamera, UNITY_CAPTURE: UnityCaptureCamera}
    if importlib.util.find_spec("pyvirtualcam") is not None:
        own[PYVIRTUALCAM] = OtherVirtualCamera
    return own


def _virtual_camera(value: str) -> Sink:
    if sys.platform != "linux":
        known = senders()
        if value == "auto":
            return FirstCamera([make() for make in known.values()])
        return known[value]() if value in known else OtherVirtualCamera(value)
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
