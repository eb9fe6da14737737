"""Starting with the system."""

from __future__ import annotations

import plistlib
import shlex
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from app import autostart
from app.engine.core.errors import BackdropError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config" / "autostart" / "backdrop.desktop"


def test_autostart_entry_is_written_and_removed(entry: Path) -> None:
    assert not autostart.starts_with_system()
    assert autostart.start_with_system(True) and autostart.starts_with_system()
    lines = entry.read_text().splitlines()
    assert lines[0] == "[Desktop Entry]" and "Type=Application" in lines
    assert not stat.S_IMODE(entry.stat().st_mode) & stat.S_IXUSR
    assert not autostart.start_with_system(False) and not autostart.starts_with_system()
    autostart.start_with_system(False)


def test_autostart_entry_starts_this_backdrop(entry: Path, tmp_path: Path) -> None:
    autostart.start_with_system(True)
    line = next(line for line in entry.read_text().splitlines() if line.startswith("Exec="))
    words = shlex.split(line.removeprefix("Exec="))
    assert words[-1] == "--minimised"
    done = subprocess.run(
        [*words[:-1], "--version"], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.startswith("backdrop ")


def test_autostart_quotes_unusual_folders() -> None:
    """As in the Desktop Entry Specification: escaped for the quotes, then for the file."""
    text = autostart.desktop_entry(['/home/a b/100%/"$x"/py\\thon'])
    assert 'Exec="/home/a b/100%%/\\\\"\\\\$x\\\\"/py\\\\\\\\thon"' in text


def test_read_only_settings_folder_is_reported(entry: Path, tmp_path: Path) -> None:
    (tmp_path / "config").touch()
    with pytest.raises(BackdropError, match="Starting with the system cannot be changed"):
        autostart.start_with_system(True)


def test_launch_agent_names_the_command() -> None:
    agent = plistlib.loads(autostart.agent(["/opt/backdrop", "--minimised"]))
    assert agent["ProgramArguments"] == ["/opt/backdrop", "--minimised"] and agent["RunAtLoad"] is True
