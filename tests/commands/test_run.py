"""`backdrop run`: no window, a virtual camera."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from app.__main__ import main
from tests.networks import write_network

ROOT = Path(__file__).resolve().parents[2]


def test_a_device_that_cannot_be_had_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("app.engine.networks.user_networks_folder", lambda: tmp_path)
    monkeypatch.setattr("app.commands.run.settings_file", lambda: tmp_path / "settings.json")
    write_network(tmp_path / "tiny.onnx")
    monkeypatch.setattr(signal, "signal", lambda number, handler: None)
    arguments = [
        "run",
        "--source",
        "demo",
        "--model",
        "tiny",
        "--virtual-camera",
        "/dev/none",
        "--seconds",
        "3",
    ]
    assert main(arguments) == 1
    told = capsys.readouterr().err
    assert "The virtual camera '/dev/none' cannot be used: No such file or directory." in told
    assert threading.active_count() == 1 or "backdrop" not in str(threading.enumerate())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to send")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    write_network(tmp_path / "backdrop" / "models" / "tiny.onnx")
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "app", "run", "--source", "demo", "--model", "tiny"]
    process = subprocess.Popen(
        [*command, "--virtual-camera", "/dev/none"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert "cannot be used" in process.stderr.readline(), "it runs, and says what is wrong"
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 1 and "Traceback" not in err
    assert out.startswith("Demo: ")
