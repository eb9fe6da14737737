"""What all tests share: pytest-qt where Qt can be loaded, the mark `slow_after_first`, no time limits."""

from __future__ import annotations

import importlib

import pytest
from hypothesis import settings

settings.register_profile("any machine", deadline=None)  # On a busy one, any example may take long.
settings.load_profile("any machine")


def _qt_loads() -> bool:
    """Whether pytest-qt can be loaded. Without Qt it would end the whole run."""
    try:
        importlib.import_module("PySide6.QtWidgets")
    except ImportError:
        return False
    return True


pytest_plugins = ["pytestqt.plugin"] if _qt_loads() else []


@pytest.hookimpl(tryfirst=True)  # Before pytest chooses by mark.
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all but the first parameters of tests with the mark `slow_after_first` as slow."""
    first: set[str] = set()
    for item in items:
        if item.get_closest_marker("slow_after_first") is not None:
            name = item.nodeid.partition("[")[0]
            if name in first:
                item.add_marker(pytest.mark.slow)
            first.add(name)
