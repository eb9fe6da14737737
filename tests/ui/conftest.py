"""Fixtures of the window's tests, offscreen; without Qt's system libraries the tests are skipped."""

from __future__ import annotations

import importlib
import os
from functools import partial
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tests.ui.desk import Desk

_TIMEOUT_MS = 30_000
_NEED_NO_QT = {"test_settings_store.py"}


class SkippedModule(pytest.Module):
    """A test file that cannot be imported here."""

    reason = ""

    def collect(self) -> Iterator[pytest.Item]:
        pytest.skip(self.reason)


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    if module_path.name in _NEED_NO_QT:
        return None
    try:
        importlib.import_module("PySide6.QtWidgets")
    except ImportError as error:
        skipped = SkippedModule.from_parent(parent, path=module_path)
        skipped.reason = f"Qt cannot be loaded: {error}"
        return skipped
    return None


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    """Offscreen as an argument, not in the environment, which child processes would inherit."""
    return ["backdrop"] if "QT_QPA_PLATFORM" in os.environ else ["backdrop", "-platform", "offscreen"]


@pytest.fixture
def qtbot(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> QtBot:
    """pytest-qt's, which waits for 30 s instead of 5, because the machine may be busy."""
    for name in ("waitUntil", "waitSignal"):
        monkeypatch.setattr(qtbot, name, partial(getattr(qtbot, name), timeout=_TIMEOUT_MS))
    return qtbot


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    """A desk whose window is closed at the end."""
    from tests.ui.desk import Desk

    made = Desk(qtbot, tmp_path / "config" / "settings.json")
    yield made
    if made.engines and not made.engine.is_stopped:
        made.close()
