"""Load pytest-qt only where Qt can be loaded; otherwise it would end the whole run."""

from __future__ import annotations

import importlib


def _qt_loads() -> bool:
    try:
        importlib.import_module("PySide6.QtWidgets")
    except ImportError:
        return False
    return True


pytest_plugins = ["pytestqt.plugin"] if _qt_loads() else []
