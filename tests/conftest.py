"""Loads pytest-qt only where Qt can be loaded: by itself it would end the whole run elsewhere."""

from __future__ import annotations

import importlib


def _qt_loads() -> bool:
    try:
        importlib.import_module("PySide6.QtWidgets")
    except ImportError:
        return False
    return True


pytest_plugins = ["pytestqt.plugin"] if _qt_loads() else []
