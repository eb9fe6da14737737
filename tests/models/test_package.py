"""The package `models`: what importing it does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run_python(code: str) -> str:
    """The output of a new Python without the telemetry variable in its environment."""
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_import_loads_neither_torch_nor_onnxruntime() -> None:
    code = "import models, sys; print(bool(models.REGISTRY), sys.modules.keys() & {'torch', 'onnxruntime'})"
    assert run_python(code) == "True set()"


@pytest.mark.slow
def test_telemetry_is_off_before_onnxruntime_is_imported() -> None:
    code = (
        "import os, sys\n"
        "class Finder:\n"
        "    def find_spec(self, name, path, target=None):\n"
        "        if name == 'onnxruntime':\n"
        "            print(os.environ.get('ORT_DISABLE_TELEMETRY'))\n"
        "sys.meta_path.insert(0, Finder())\n"
        "import models.evaluate\n"
    )
    assert run_python(code) == "1"
