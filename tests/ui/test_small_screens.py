"""The window and the welcome fit on small and scaled screens, with long names, in both languages."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

# 1024x600, 1280x720 and 1366x768 at 200%, 150%, 125% and 100%; in device-independent pixels.
SIZES = ["512x300", "640x360", "683x384", "683x400", "853x480", "911x512", "1024x576", "1093x614", "1366x768"]
QUICK = {("512x300", "zh_CN"), ("683x384", "en_GB")}


@pytest.mark.parametrize(
    ("size", "language"),
    [
        pytest.param(size, language, marks=[] if (size, language) in QUICK else [pytest.mark.slow])
        for size in SIZES
        for language in ("en_GB", "zh_CN")
    ],
)
def test_everything_fits_on_screen(size: str, language: str) -> None:
    command = [sys.executable, "-m", "tests.ui.on_screen", *size.split("x"), language]
    # The offscreen platform has one screen for the life of a process.
    done = subprocess.run(
        command, env={**os.environ, "QT_SCALE_FACTOR": "1"}, capture_output=True, text=True, timeout=300
    )
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stdout + done.stderr
