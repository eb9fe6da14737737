"""The messages that say why no window can open, from real sockets and a real loader where possible."""

from __future__ import annotations

import ctypes
import importlib
import socket
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from app import display_check as display
from app.display_check import missing_display
from app.engine.devices.distributions import DISTRIBUTIONS

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")

NO_DISPLAY = "No window can be shown: there is no display (set DISPLAY, or sign in to a desktop)."


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """No display, and all libraries present; a test may change both."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET", "XDG_RUNTIME_DIR", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(importlib, "import_module", lambda name: ModuleType(name))
    monkeypatch.setattr(ctypes, "CDLL", lambda path: None)


@pytest.fixture
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Qt's plug-ins for X and for offscreen."""
    for name in ("libqxcb.so", "libqoffscreen.so", "libqwayland.so"):
        (tmp_path / name).touch()
    monkeypatch.setattr(display, "_plugins_folder", lambda: tmp_path)
    return tmp_path


def loader_says(reason: str, about: str) -> Any:
    """A loader that cannot load files whose path holds `about`."""

    def load(path: str) -> None:
        if about in path:
            raise OSError(reason)

    return load


def test_missing_display_is_reported() -> None:
    assert missing_display() == NO_DISPLAY


def test_missing_display_is_reported_before_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> ModuleType:
        raise ImportError("libEGL.so.1: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(importlib, "import_module", fail)
    assert missing_display() == NO_DISPLAY


def test_unresponsive_x_display_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with socket.socket() as held:  # a port that nobody listens on
        held.bind(("127.0.0.1", 0))
        number = held.getsockname()[1] - 6000
        monkeypatch.setenv("DISPLAY", f"127.0.0.1:{number}")
        assert missing_display() == (
            f"No window can be shown: the display '127.0.0.1:{number}' does not answer "
            "(set DISPLAY to one that does, or sign in to a desktop)."
        )


def test_wayland_display_is_checked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, plugins: Path) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-7")
    assert missing_display() == NO_DISPLAY
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "wayland-7"))
        server.listen()
        assert missing_display() is None


@pytest.mark.parametrize("platform", ["offscreen", "offscreen:size=100x100", "nothing;offscreen"])
def test_offscreen_platform_needs_no_display(
    monkeypatch: pytest.MonkeyPatch, plugins: Path, platform: str
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", platform)
    assert missing_display() is None


def test_unknown_qt_platform_is_reported(monkeypatch: pytest.MonkeyPatch, plugins: Path) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "nothing")
    assert missing_display() == (
        "No window can be shown: Qt has no platform 'nothing' (unset QT_QPA_PLATFORM)."
    )


def test_missing_library_of_qt_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> ModuleType:
        raise ImportError("libEGL.so.1: cannot open shared object file: No such file or directory")

    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setattr(display, "distribution", lambda: DISTRIBUTIONS["debian"])
    monkeypatch.setattr(importlib, "import_module", fail)
    sentence = missing_display()
    assert sentence is not None
    assert sentence.startswith("No window can be shown: the system library libEGL.so.1 is missing (on Debian")
    assert " sudo apt install libegl1 " in sentence
    assert sentence.endswith(").")


def test_missing_library_of_platform_plugin_is_reported(
    monkeypatch: pytest.MonkeyPatch, plugins: Path
) -> None:
    monkeypatch.setattr(display, "distribution", lambda: DISTRIBUTIONS["debian"])
    monkeypatch.setattr(display, "_x11_answers", lambda name: True)
    monkeypatch.setenv("DISPLAY", ":0")
    assert missing_display() is None
    monkeypatch.setattr(
        ctypes, "CDLL", loader_says("libxcb-cursor.so.0: cannot open shared object file", about="libqxcb")
    )
    sentence = missing_display()
    assert sentence is not None
    assert "the system library libxcb-cursor.so.0 is missing" in sentence
    assert " libxcb-cursor0 " in sentence


def test_one_of_two_qt_platforms_is_enough(monkeypatch: pytest.MonkeyPatch, plugins: Path) -> None:
    monkeypatch.setattr(display, "_x11_answers", lambda name: True)
    monkeypatch.setattr(display, "_wayland_answers", lambda: True)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.setattr(ctypes, "CDLL", loader_says("libwayland-client.so.0: gone", about="libqwayland"))
    assert missing_display() is None


def test_missing_pyside_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> ModuleType:
        raise ModuleNotFoundError("No module named 'PySide6'")

    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setattr(importlib, "import_module", fail)
    assert missing_display() == (
        "No window can be shown: PySide6 is not installed (pip install PySide6-Essentials)."
    )
