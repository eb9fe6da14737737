"""Check whether a window can open. Qt aborts the whole process if it cannot, so this runs first."""

from __future__ import annotations

import ctypes
import importlib
import importlib.util
import os
import re
import socket
import sys
from pathlib import Path

from app.ending_signals import ending_signals
from app.engine.devices.distributions import distribution

_NO_DISPLAY = "No window can be shown: there is no display (set DISPLAY, or sign in to a desktop)."
_CONNECT_TIMEOUT_S = 1.0


def missing_display() -> str | None:
    """Why no window can open and what to do about it, in one sentence; None if one can open."""
    if sys.platform != "linux":
        return _missing_bindings()
    platforms = _requested_platforms()
    unreachable = [_missing_server(platform) for platform in platforms]
    reachable = [platform for platform, why in zip(platforms, unreachable, strict=True) if why is None]
    if not reachable:
        return unreachable[-1]
    return _missing_bindings() or _missing_plugin(reachable)


def _requested_platforms() -> list[str]:
    """The platform plug-ins that Qt will try, in its order."""
    requested = os.environ.get("QT_QPA_PLATFORM", "")
    names = [part.split(":")[0].strip() for part in requested.split(";")]
    if any(names):
        return [name for name in names if name]
    return ["wayland", "xcb"] if os.environ.get("WAYLAND_DISPLAY") else ["xcb"]


# Display server


def _missing_server(platform: str) -> str | None:
    """Why the display server cannot be reached; None if it can, or if none is needed."""
    if platform.startswith("wayland"):
        return None if _wayland_answers() else _NO_DISPLAY
    if platform != "xcb":
        return None
    display = os.environ.get("DISPLAY", "")
    if not display:
        return _NO_DISPLAY
    if _x11_answers(display):
        return None
    return (
        f"No window can be shown: the display '{display}' does not answer "
        "(set DISPLAY to one that does, or sign in to a desktop)."
    )


def _wayland_answers() -> bool:
    if os.environ.get("WAYLAND_SOCKET"):
        return True
    name = os.environ.get("WAYLAND_DISPLAY") or "wayland-0"
    path = Path(os.environ.get("XDG_RUNTIME_DIR", "/nonexistent")) / name
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(_CONNECT_TIMEOUT_S)
        try:
            client.connect(str(path))
        except OSError:
            return False
    return True


def _x11_answers(display: str) -> bool:
    """Whether the X server accepts a connection. True if libxcb is missing, which is reported separately."""
    network = re.fullmatch(r"(?:tcp/)?([^/]+):(\d+)(?:\.\d+)?", display)
    if network and network[1] != "unix":
        try:  # Before libxcb, whose own attempt has no time limit that we can set.
            address = network[1], 6000 + int(network[2])
            socket.create_connection(address, _CONNECT_TIMEOUT_S).close()
        except OSError:
            return False
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(display.encode(), None)
    refused = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not refused


# Libraries


def _missing_bindings() -> str | None:
    """Why Qt cannot be imported; None if it can."""
    try:
        with ending_signals() as signals:
            importlib.import_module("PySide6.QtWidgets")
        if signals.received:
            raise KeyboardInterrupt
    except ImportError as error:
        if isinstance(error, ModuleNotFoundError):
            return "No window can be shown: PySide6 is not installed (pip install PySide6-Essentials)."
        return _missing_library(str(error))
    return None


def _missing_plugin(platforms: list[str]) -> str | None:
    """Why no platform plug-in of Qt can be loaded; None if one can."""
    reasons = []
    for platform in platforms:
        files = sorted(_plugins_folder().glob(f"libq{platform.split('-')[0]}*.so"))
        if not files:
            reasons.append(
                f"No window can be shown: Qt has no platform '{platform}' (unset QT_QPA_PLATFORM)."
            )
        for file in files:
            try:
                ctypes.CDLL(str(file))
            except OSError as error:
                reasons.append(_missing_library(str(error)))
            else:
                return None
    return reasons[-1]


def _plugins_folder() -> Path:
    from PySide6.QtCore import QLibraryInfo

    return Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)) / "platforms"


def _missing_library(reason: str) -> str:
    """The message for an error of the dynamic loader."""
    library = re.search(r"lib[\w.+-]+?\.so[.\d]*", reason)
    if library is None or sys.platform != "linux":
        return f"No window can be shown: Qt cannot be loaded ({reason.rstrip('.')})."
    system = distribution()
    advice = (
        f"on {system.name}: {system.libraries}" if system.libraries else "install it with your system's tools"
    )
    return f"No window can be shown: the system library {library[0]} is missing ({advice})."
