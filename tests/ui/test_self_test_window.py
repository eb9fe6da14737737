"""`--self-test`: passes if everything works; otherwise it says what does not."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from app.commands.self_test import check
from app.engine.core.errors import BackdropError, Message
from app.engine.core.settings import NetworkSettings, SourceSettings
from app.engine.core.types import Stats
from app.ui.self_test_window import TrialResult
from tests.clips import write_clip
from tests.networks import write_network

ROOT = Path(__file__).resolve().parents[2]
SOURCE = SourceSettings("demo", 160, 96)
GOOD = TrialResult(pictures=60, first_at=1.0, looks_empty=False, stats=Stats(network="Tiny", provider="CPU"))


def self_test(home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run it as a program with another home, from a read-only folder."""
    own = {"HOME": home, "XDG_DATA_HOME": home / "data", "XDG_CONFIG_HOME": home / "config"}
    # Short, because a socket in it has at most 107 bytes. Otherwise its folder is made in TMPDIR.
    own["XDG_CACHE_HOME"] = home.parent / "c"
    variables = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    variables |= {name: str(value) for name, value in own.items()} | environment
    command = [sys.executable, "-m", "app", "--self-test"]
    where = "/proc" if sys.platform == "linux" else home
    return subprocess.run(
        command, cwd=where, env=variables, capture_output=True, text=True, check=False, timeout=240
    )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a tiny default network and a name that is not English."""
    home = tmp_path / "Zoë Müller 王"
    write_network(home / "data" / "backdrop" / "models" / f"{NetworkSettings().name}.onnx")
    return home


@pytest.mark.slow
def test_self_test_passes_and_leaves_no_file(home: Path, tmp_path: Path) -> None:
    done = self_test(home, TMPDIR=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Backdrop works here: 60 pictures in the window and ")
    assert "Tiny on CPU" in done.stdout
    assert list(tmp_path.glob("*backdrop-*")) == []
    assert not (home / "config").exists()


@pytest.mark.slow
def test_self_test_fails_with_broken_network(home: Path) -> None:
    (home / "data" / "backdrop" / "models" / f"{NetworkSettings().name}.onnx").write_bytes(b"nothing")
    done = self_test(home)
    assert done.returncode == 1
    assert "'bisenet.onnx' cannot be loaded" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
def test_self_test_fails_without_display(home: Path) -> None:
    done = self_test(home, QT_QPA_PLATFORM="", DISPLAY="", WAYLAND_DISPLAY="")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("No window can be shown: there is no display")


def test_self_test_checks_each_result(tmp_path: Path) -> None:
    recording = write_clip(tmp_path / "a.mp4", 61)
    assert check(GOOD, recording, SOURCE) == 61
    for seen, sentence in (
        (
            replace(GOOD, pictures=59, stats=Stats(message=Message("The camera sleeps."))),
            "59 of 60 .* camera sleeps",
        ),
        (replace(GOOD, looks_empty=True), "stays empty"),
        (replace(GOOD, stats=Stats(message=Message("The disk is full."))), "disk is full"),
        (replace(GOOD, pictures=70), "only 61 of 70"),
    ):
        with pytest.raises(BackdropError, match=sentence):
            check(seen, recording, SOURCE)
    assert check(replace(GOOD, pictures=70, stats=Stats(output_drops=9)), recording, SOURCE) == 61
    with pytest.raises(BackdropError, match="sizes"):
        check(GOOD, recording, SourceSettings("demo", 320, 180))
