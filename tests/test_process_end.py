"""The process ends as it should while threads are still in native libraries."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

BUSY = """
import sys, threading
from app.process_end import end_process
{setup}
threading.Thread(target=work, daemon=True, name="backdrop-busy").start()
began.wait()
print("done")
end_process({status})
"""
NETWORK = """
import numpy as np
from app.engine.core.paths import assets_folder
from app.engine.core.types import Frame
from app.engine.networks.segmenter import Segmenter
began, pictures = threading.Event(), np.random.default_rng(0)
def work():
    segmenter = Segmenter(assets_folder() / "models" / "sinet.onnx", "cpu")
    while True:
        try:
            segmenter.infer(Frame(0, 0.0, pictures.integers(0, 255, (720, 1280, 3), np.uint8)))
        finally:
            began.set()
"""
OPENCV = """
import cv2, numpy as np
began = threading.Event()
def work():
    while True:
        cv2.GaussianBlur(np.zeros((2000, 2000, 3), np.uint8), (99, 99), 20)
        began.set()
"""
HANGING = """
import time
began = threading.Event()
def work():
    began.set()
    time.sleep(3600)
"""
LOADING = """
from app.engine.core.paths import assets_folder
from app.engine.networks.segmenter import Segmenter
began = threading.Event()
def work():
    while True:
        began.set()
        Segmenter(assets_folder() / "models" / "bisenet.onnx", "cpu")
"""


@pytest.mark.slow
@pytest.mark.parametrize("setup", [NETWORK, OPENCV, HANGING, LOADING], ids=["run", "opencv", "hang", "load"])
@pytest.mark.parametrize("status", [0, 3])
def test_status_and_output_are_kept_while_a_thread_is_busy(setup: str, status: int) -> None:
    code = BUSY.format(setup=setup, status=status)
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (status, "done\n", "")


@pytest.mark.slow
@pytest.mark.parametrize("seconds", ["0.3", "3.05", "3.25", "3.5", "3.9"])
def test_run_ends_well_while_networks_are_measured(tmp_path: Path, seconds: str) -> None:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("XDG_")},
        "HOME": str(tmp_path),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "app", "run", "--source", "demo", "--seconds", seconds]
    done = subprocess.run(
        [*command, "--record", str(tmp_path / "talk.mp4")],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
