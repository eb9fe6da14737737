"""Start with the system: one entry in the place where each system looks for it.

Linux: an XDG autostart file. Windows: a value of the registry's Run key. macOS: a LaunchAgent.
The entry itself stores whether it is on.
"""

from __future__ import annotations

import importlib
import os
import plistlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.engine.core.errors import BackdropError, disk_reason

if TYPE_CHECKING:
    from collections.abc import Sequence

_RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"
_RUN_NAME = "Backdrop"
_AGENT = "org.backdrop.start"


def command() -> list[str]:
    """The command that starts this Backdrop in the background, from any folder."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--minimised"]
    return [sys.executable, "-m", "app", "--minimised"]


def entry_file() -> Path:
    """The file of the entry; Windows has none."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "LaunchAgents" / f"{_AGENT}.plist"
    folder = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(folder) / "autostart" / "backdrop.desktop"


def starts_with_system() -> bool:
    """Whether the entry exists. Blocks on the disk."""
    if sys.platform == "win32":
        return _run_value() is not None
    return entry_file().exists()


def start_with_system(wanted: bool) -> bool:
    """Write or remove the entry; return `wanted`. Raises BackdropError. Blocks on the disk."""
    try:
        if sys.platform == "win32":
            _set_run_value(wanted)
        elif wanted:
            entry_file().parent.mkdir(parents=True, exist_ok=True)
            entry_file().write_bytes(
                agent(command()) if sys.platform == "darwin" else desktop_entry(command()).encode()
            )
        else:
            entry_file().unlink(missing_ok=True)
    except OSError as error:
        raise BackdropError(
            "Starting with the system cannot be changed in '{path}': {reason}.",
            path=entry_file(),
            reason=disk_reason(error),
        ) from error
    return wanted


def desktop_entry(words: Sequence[str]) -> str:
    """An autostart file of freedesktop.org's Desktop Entry Specification."""
    lines = ["[Desktop Entry]", "Type=Application", "Name=Backdrop", "Icon=backdrop", "Terminal=false"]
    return "\n".join([*lines, f"Exec={' '.join(map(_quoted, words))}", ""])


def _quoted(word: str) -> str:
    """A word of Exec, quoted and escaped twice: for the quotes and for the file's string type."""
    for character in '\\"`$':
        word = word.replace(character, f"\\{character}")
    return '"' + word.replace("\\", "\\\\").replace("%", "%%") + '"'


def agent(words: Sequence[str]) -> bytes:
    """A LaunchAgent that runs the command at login."""
    return plistlib.dumps({"Label": _AGENT, "ProgramArguments": list(words), "RunAtLoad": True})


def _run_value() -> str | None:
    winreg: Any = importlib.import_module("winreg")
    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, _RUN_KEY) as key:
            return str(winreg.QueryValueEx(key, _RUN_NAME)[0])
    except FileNotFoundError:
        return None


def _set_run_value(wanted: bool) -> None:
    winreg: Any = importlib.import_module("winreg")
    with winreg.CreateKey(winreg.HKEY_CURRENT_USER, _RUN_KEY) as key:
        if wanted:
            line = " ".join(f'"{word}"' for word in command())
            winreg.SetValueEx(key, _RUN_NAME, 0, winreg.REG_SZ, line)
        elif _run_value() is not None:
            winreg.DeleteValue(key, _RUN_NAME)
