"""What doctor and the self-test say of the virtual cameras of Windows and macOS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands import devices, doctor
from app.commands.self_test import virtual_camera_trial
from app.engine.core.errors import BackdropError
from app.engine.output.sinks import Sink

if TYPE_CHECKING:
    import pytest

    from app.engine.core.types import Composite


class Works(Sink):
    title = "OBS Virtual Camera"

    def open(self, height_px: int, width_px: int) -> None:
        pass

    def send(self, composite: Composite) -> None:
        assert composite.is_placeholder

    def close(self) -> None:
        pass


class Lacks(Works):
    title = "Unity Video Capture"

    def missing(self) -> BackdropError | None:
        return BackdropError("UnityCapture is not installed.")

    def open(self, height_px: int, width_px: int) -> None:
        raise BackdropError("UnityCapture is not installed.")


class Breaks(Works):
    def send(self, composite: Composite) -> None:
        raise ValueError("odd")


def test_doctor_names_what_is_ready_else_each_missing_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setattr(doctor, "senders", lambda: {"unitycapture": Lacks, "obs": Works})
    finding = doctor._virtual_camera()
    assert (finding.ok, finding.text) == (True, "OBS Virtual Camera (not yet seen on a real machine)")
    monkeypatch.setattr(doctor, "senders", lambda: {"unitycapture": Lacks})
    finding = doctor._virtual_camera()
    expected = "UnityCapture is not installed. (not yet seen on a real machine)"
    assert (finding.ok, finding.text) == (False, expected)


def test_devices_lists_what_is_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setattr("app.engine.devices.loopbacks.outputs", list)
    monkeypatch.setattr("app.engine.devices.libpipewire.is_running", lambda: False)
    monkeypatch.setattr(devices, "senders", lambda: {"obs": Works, "unitycapture": Lacks})
    name = "OBS Virtual Camera (not yet seen on a real machine)"
    assert devices.virtual_cameras() == [{"path": "obs", "name": name}]


def test_self_test_says_what_happened_with_each() -> None:
    line = virtual_camera_trial({"obs": Works, "unitycapture": Lacks, "pyvirtualcam": Breaks})
    assert line == (
        "Virtual cameras (not yet seen on a real machine): obs: took 30 pictures; "
        "unitycapture: UnityCapture is not installed.; pyvirtualcam: ValueError: odd"
    )
