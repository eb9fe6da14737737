"""Files that are damaged at random are read, or refused in one sentence, within limits of time and memory."""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING

import pytest

if sys.platform == "win32":
    pytest.skip("needs the limits and signals of POSIX", allow_module_level=True)

from tests.fuzz.runner import fuzz
from tests.fuzz.targets import TARGETS, kept_inputs

if TYPE_CHECKING:
    from pathlib import Path

_FEW = 8
_COUNT = int(os.environ.get("BACKDROP_FUZZ", "200"))


def _has_qt() -> bool:
    try:
        importlib.import_module("PySide6.QtWidgets")
    except ImportError:
        return False
    return True


_NAMES = [name for name in TARGETS if name != "requests" or _has_qt()]


@pytest.mark.slow
def test_few_damaged_inputs_and_all_that_once_failed_break_nothing(tmp_path: Path) -> None:
    jobs = {name: range(-len(kept_inputs(name)), _FEW) for name in _NAMES}
    found = fuzz(jobs, tmp_path)
    assert not found, "\n".join(map(str, found))


@pytest.mark.slow
@pytest.mark.parametrize("name", _NAMES)
def test_many_damaged_inputs_break_nothing(name: str, tmp_path: Path) -> None:
    found = fuzz({name: range(_COUNT)}, tmp_path)
    assert not found, f"{len(found)} of {_COUNT}:\n" + "\n".join(map(str, found[:20]))


def test_every_kept_input_belongs_to_a_target() -> None:
    assert {path.name for path in kept_inputs("")} <= TARGETS.keys()
