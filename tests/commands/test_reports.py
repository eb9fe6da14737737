"""The commands that print reports: devices, doctor, bench."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import app.engine.networks.catalogue as networks
from app.__main__ import main
from app.commands import devices, doctor
from app.engine.devices import v4l2
from app.engine.devices.cameras import CameraDevice
from app.engine.pipeline.effects import EFFECTS
from tests.networks import write_network

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def own_networks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(networks, "user_networks_folder", lambda: tmp_path)
    write_network(tmp_path / "tiny.onnx")
    (tmp_path / "broken.onnx").write_bytes(b"nothing")
    return tmp_path


def test_devices_lists_cameras_providers_and_networks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    camera = CameraDevice("usb-Acme", "Acme Cam", 0, 0, [(1280, 720), (640, 480)])
    monkeypatch.setattr(devices, "list_cameras", lambda: [camera])
    loopback = v4l2.VideoDevice("/dev/video10", "Backdrop", "v4l2 loopback", False, True)
    monkeypatch.setattr(v4l2, "list_devices", lambda: [loopback])
    assert main(["devices", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["cameras"][0]["name"] == "Acme Cam"
    assert found["cameras"][0]["sizes"] == [[1280, 720], [640, 480]]
    assert found["virtual_cameras"] == [{"path": "/dev/video10", "name": "Backdrop"}]
    assert {"name": "CPU"} in found["providers"]
    by_name = {network["name"]: network for network in found["networks"]}
    assert by_name["tiny"]["title"] == "Tiny" and by_name["tiny"]["working_pixels"] == 9216
    assert "cannot be loaded" in by_name["broken"]["error"]
    assert main(["devices"]) == 0
    told = capsys.readouterr().out
    assert "Acme Cam: 1280x720, 640x480" in told and "--source 'camera:usb-Acme'" in told
    assert "Backdrop: /dev/video10" in told and "broken: 'broken.onnx' cannot be loaded" in told


def test_devices_reports_missing_devices(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(devices, "list_cameras", list)
    monkeypatch.setattr(v4l2, "list_devices", list)
    monkeypatch.setattr(devices, "virtual_cameras", list)
    monkeypatch.setattr(devices, "list_microphones", list)
    monkeypatch.setattr(devices, "network_files", dict)
    assert main(["devices"]) == 0
    assert capsys.readouterr().out.count("none found") == 4


def test_doctor_reports_missing_parts_with_commands(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "settings.json").write_text('{"colour": 1}')
    monkeypatch.setattr(doctor, "settings_file", lambda: tmp_path / "settings.json")
    monkeypatch.setattr(doctor, "list_cameras", list)
    monkeypatch.setattr(v4l2, "list_devices", list)
    monkeypatch.setattr("platform.freedesktop_os_release", lambda: {"ID": "debian"})
    monkeypatch.setattr(doctor, "missing_display", lambda: "No window can be shown: there is no display.")
    monkeypatch.setattr(doctor, "network_file", lambda name: tmp_path / "tiny.onnx")
    assert main(["doctor", "--json"]) == 0, "everything required is present"
    findings = {finding["id"]: finding for finding in json.loads(capsys.readouterr().out)}
    assert findings["network"]["ok"] and "Tiny" in findings["network"]["text"]
    assert not findings["camera"]["ok"] and "Until then the demo plays." in findings["camera"]["text"]
    assert "v4l2loopback-dkms" in findings["virtual-camera"]["text"]
    assert findings["window"] == {
        "id": "window",
        "title": "window",
        "ok": False,
        "text": "No window can be shown: there is no display.",
        "commands": [],
        "needed": False,
    }
    assert findings["virtual-camera"]["commands"][0] == "sudo apt install v4l2loopback-dkms"
    assert "unknown field `colour`" in findings["settings"]["text"]
    assert main(["doctor"]) == 0
    assert "missing  camera: none found" in capsys.readouterr().out


def test_doctor_fails_without_a_network(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], own_networks: Path
) -> None:
    monkeypatch.setattr(doctor, "network_file", lambda name: own_networks / "broken.onnx")
    assert main(["doctor"]) == 1
    assert "missing  network: 'broken.onnx' cannot be loaded" in capsys.readouterr().out


@pytest.mark.slow_after_first
@pytest.mark.parametrize("effect", [name for name in EFFECTS if name not in ("image", "screen")])
def test_bench_times_each_stage(
    effect: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.commands.bench.engine_memory_mb", lambda *a: 99.0)  # test_bench.py has it
    arguments = ["bench", "--network", "tiny", "--size", "320x180", "--frames", "5", "--effect", effect]
    assert main([*arguments, "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    stages = figures["stages"]
    walked = [] if effect == "none" else ["network", "matte", "effect", "composite"]
    assert list(stages) == [*walked, "whole"]
    assert all(0 < t["median_ms"] <= t["p95_ms"] for t in stages.values())
    assert figures["frames"] == 5 and figures["fps"] > 0 and figures["peak_memory_mb"] > 10
    assert main(arguments) == 0
    assert "320x180" in capsys.readouterr().out


def test_bench_of_an_unknown_network_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--network", "unet"]) == 1
    assert "There is no network 'unet'" in capsys.readouterr().err
