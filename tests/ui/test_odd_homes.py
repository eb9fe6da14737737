"""Homes and runtime folders that cannot be used: the window opens, and ctl finds it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIVE = Path("/run/user", str(os.getuid()) if sys.platform != "win32" else "", "backdrop", "ctl.socket")
pytestmark = [
    pytest.mark.skipif(LIVE.exists(), reason="a window of this user is open, which ctl would find"),
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has other folders for a user"),
]


@pytest.mark.parametrize("broken", ["home", "cache and runtime", "settings and runtime"])
def test_window_opens_and_ctl_finds_it(tmp_path: Path, broken: str) -> None:
    home, temporary = tmp_path / "home", tmp_path / "t"
    temporary.mkdir()
    if broken == "home":
        home.touch()
    else:
        home.mkdir()
        (home / (".cache" if broken.startswith("cache") else ".config")).touch()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    environment = {
        **kept,
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "XDG_RUNTIME_DIR": str(tmp_path / "missing"),
        "QT_QPA_PLATFORM": "offscreen",
    }
    window = [sys.executable, "-m", "app", "--source", "demo"]
    ctl = [sys.executable, "-m", "app", "ctl", "effect", "Portrait blur"]
    process = subprocess.Popen(window, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + 120
        while True:
            environment.pop("XDG_RUNTIME_DIR", None)  # Asked as from cron.
            done = subprocess.run(ctl, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
            if done.returncode == 0:
                break
            assert process.poll() is None and time.monotonic() < deadline, done.stderr
            assert done.stderr == "Backdrop is not running: open its window first.\n"
        assert json.loads(done.stdout)["effect"] == "lens"
    finally:
        process.terminate()
        _, told = process.communicate(timeout=120)
    assert process.returncode == 0 and "Traceback" not in told, told
