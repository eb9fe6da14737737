"""Settings files of every kind: nothing is lost, and Backdrop starts."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from app.commands.arguments.options import usable_settings
from app.engine.core.settings import EffectSettings, Settings
from app.settings import StoredSettings, load_stored, save_settings

if TYPE_CHECKING:
    from pathlib import Path

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
TEXT = '{"effect": {"name": "lens"}, "profiles": {"客厅": {}}}'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.json"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_settings_in_any_unicode_encoding_are_read(path: Path, encoding: str) -> None:
    path.write_bytes(TEXT.encode(encoding))
    kept = load_stored(path)
    assert kept.effect.name == "lens" and list(kept.profiles) == ["客厅"]


@pytest.mark.parametrize(
    "content", [b"", b" \n", b"nothing", TEXT.encode("gbk"), b"\xff\xfe", b"[" * 100_000, b"\0" * 40, b"null"]
)
def test_broken_settings_are_kept_aside(
    path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    path.write_bytes(content)
    assert usable_settings(path) == StoredSettings()
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and "Backdrop starts with its default settings; yours are in" in told
    assert path.with_name("settings.json.bad").read_bytes() == content and not path.exists()
    path.write_bytes(content)
    usable_settings(path)
    assert path.with_name("settings.json.bad2").read_bytes() == content


def test_folder_in_place_of_settings_is_kept_aside(path: Path) -> None:
    path.mkdir()
    (path / "file").touch()
    assert usable_settings(path) == StoredSettings()
    assert (path.with_name("settings.json.bad") / "file").exists()
    save_settings(StoredSettings(), path)


@posix
def test_pipe_in_place_of_settings_does_not_hang(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(path)
    assert usable_settings(path) == StoredSettings()
    assert "it is a pipe or a device, not a file" in capsys.readouterr().err


@posix
def test_link_to_broken_settings_stays_a_link(path: Path, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.json"
    real.write_text("broken")
    path.symlink_to(real)
    assert usable_settings(path) == StoredSettings()
    assert path.is_symlink() and path.with_name("settings.json.bad").read_text() == "broken"
    save_settings(Settings(effect=EffectSettings("none")), path)
    assert path.is_symlink() and load_stored(real).effect.name == "none"


@posix
@pytest.mark.parametrize("target", ["missing.json", "settings.json"])
def test_link_to_nothing_or_itself_gives_defaults(path: Path, target: str) -> None:
    path.symlink_to(target)
    assert usable_settings(path) == StoredSettings()
    save_settings(StoredSettings(), path)
    assert load_stored(path) == StoredSettings()


def test_screen_is_not_shown_again_by_a_start(path: Path) -> None:
    values: dict[str, float | str] = {"screen": "window:Mail", "strength": 0.9}
    effect = EffectSettings("screen", values)
    save_settings(StoredSettings(effect=effect, profiles={"talk": Settings(effect=effect)}), path)
    kept = load_stored(path)
    assert kept.effect == EffectSettings("blur", values)
    assert kept.profiles["talk"].effect == effect, "a profile is chosen by the user"
