"""Whether the computer runs on its battery."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path
from typing import Literal

Power = Literal["mains", "battery", "none"]
"""What the computer runs on; none: it has no battery, or nobody tells."""

_SUPPLIES = Path("/sys/class/power_supply")
_NO_BATTERY = 128  # BatteryFlag of Windows' SYSTEM_POWER_STATUS


def power(supplies: Path = _SUPPLIES) -> Power:
    """What the computer runs on. supplies: the folder of Linux' power supplies."""
    if sys.platform == "win32":  # not seen on a real machine
        return _of_windows()
    if sys.platform != "linux":
        return "none"
    batteries = [supply for supply in _children(supplies) if _is_own_battery(supply)]
    if not batteries:
        return "none"
    return "battery" if any(_text(each / "status") == "Discharging" for each in batteries) else "mains"


def _children(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _is_own_battery(supply: Path) -> bool:
    """Whether it drives the computer: a mouse and a headset have batteries of the scope "Device"."""
    return _text(supply / "type") == "Battery" and _text(supply / "scope") != "Device"


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""


def _of_windows() -> Power:
    class Status(ctypes.Structure):
        _fields_ = (
            ("line", ctypes.c_ubyte),
            ("flag", ctypes.c_ubyte),
            ("rest", ctypes.c_ubyte * 10),
        )

    status = Status()
    if not ctypes.windll.kernel32.GetSystemPowerStatus(ctypes.byref(status)):  # type: ignore[attr-defined,unused-ignore]
        return "none"
    if status.flag & _NO_BATTERY:
        return "none"
    return "mains" if status.line else "battery"
