"""The settings file: saving, loading, errors."""

from __future__ import annotations

import stat
import sys
from typing import TYPE_CHECKING

import msgspec
import pytest

from app.engine.core.errors import BackdropError
from app.engine.core.settings import EffectSettings, NetworkSettings, Settings, SourceSettings
from app.settings import StoredSettings, load_settings, load_stored, save_settings

if TYPE_CHECKING:
    from pathlib import Path


def test_saved_settings_are_read_again(tmp_path: Path) -> None:
    chosen = Settings(
        network=NetworkSettings(threads=2),
        effect=EffectSettings("colour", {"colour": "#123456"}),
        looks={"exposure": 0.5, "colour_table": "/a.cube"},
    )
    path = tmp_path / "folder" / "settings.json"
    save_settings(chosen, path)
    assert load_settings(path) == chosen
    assert [p.name for p in path.parent.iterdir()] == ["settings.json"]
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
def test_stale_part_file_keeps_settings_private(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.with_suffix(".part").touch(mode=0o666)
    path.with_suffix(".part").chmod(0o666)
    save_settings(Settings(), path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_missing_settings_file_gives_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "settings.json") == StoredSettings().current


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "not valid"),
        (b"{", "not valid"),
        (b'{"efect": {}}', "unknown field `efect`"),
        (b'{"matte": {"steadiness": 7}}', r"<= 1.0 - at `\$.matte.steadiness`"),
        (b'{"network": {"provider": "tpu"}}', r"Invalid enum value 'tpu' - at `\$.network.provider`"),
        (b"\xff\xfe", "not valid"),
    ],
)
def test_invalid_settings_file_is_reported_and_kept(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    with pytest.raises(BackdropError, match=told):
        load_settings(path)
    assert path.read_bytes() == content


def test_read_only_settings_folder_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BackdropError, match="The settings cannot be kept in"):
        save_settings(Settings(), tmp_path / "file" / "settings.json")


def test_settings_without_profiles_are_read(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    chosen = Settings(effect=EffectSettings("colour", {"colour": "#123456", "strength": 0.2}))
    path.write_bytes(msgspec.json.encode(chosen))
    kept = load_stored(path)
    assert kept == StoredSettings().with_current(chosen) and kept.current == chosen


def test_profiles_are_stored_beside_settings(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    kept = StoredSettings(profiles={"Work": Settings(network=NetworkSettings(threads=2))}, profile="Work")
    save_settings(kept, path)
    assert load_stored(path) == kept
    assert load_settings(path) == StoredSettings().current


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"profiles": {"Work": {"efect": {}}}}', r"unknown field `efect` - at `\$.profiles\[...\]`"),
        (b'{"profiles": {"Work": {"profiles": {}}}}', "unknown field `profiles`"),
        (b'{"window": {"closes": true}}', r"unknown field `closes` - at `\$.window`"),
    ],
)
def test_profiles_are_validated(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    with pytest.raises(BackdropError, match=told):
        load_stored(path)


def test_name_that_is_not_utf8_is_reported(tmp_path: Path) -> None:
    settings = Settings(source=SourceSettings("caf\udce9.mp4"))
    with pytest.raises(BackdropError, match=r"^The settings cannot be kept in .*settings\.json': "):
        save_settings(settings, tmp_path / "settings.json")
    assert not (tmp_path / "settings.json").exists()
