"""Fixtures of the window's tests, offscreen; without Qt's system libraries the tests are skipped."""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tests.ui.desk import Desk

_NEED_NO_QT = {"test_settings_store.py"}


class SkippedModule(pytest.Module):
    """A test file that cannot even be imported here."""

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
    """No screen, unless the environment asks for one, which it is not made to: children would inherit it."""
    return ["backdrop"] if "QT_QPA_PLATFORM" in os.environ else ["backdrop", "-platform", "offscreen"]


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    """A desk whose window, where the test opened one, is closed at the end."""
    from tests.ui.desk import Desk

    made = Desk(qtbot, tmp_path / "config" / "settings.json")
    yield made
    if made.engines and not made.engine.is_stopped:
        made.close()
