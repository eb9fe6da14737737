"""Saving of settings from the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from app.engine.core.errors import BackdropError
from app.engine.core.settings import EffectSettings, Settings, SourceSettings
from app.settings import StoredSettings, load_stored
from app.ui.services.settings_store import SettingsStore

if TYPE_CHECKING:
    from pathlib import Path

NONE = StoredSettings(effect=EffectSettings("none"))


def test_store_writes_only_changes(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    keeper = SettingsStore(StoredSettings(), path)
    keeper.save()
    assert not path.exists()
    keeper.settings = NONE
    keeper.save()
    assert load_stored(path) == NONE
    path.unlink()
    keeper.save()
    assert not path.exists()  # it has been written once


def test_store_writes_again_after_failure(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.mkdir()
    keeper = SettingsStore(StoredSettings(), path)
    keeper.settings = NONE
    with pytest.raises(BackdropError):
        keeper.save()
    path.rmdir()
    keeper.save()
    assert load_stored(path) == NONE


def test_store_reports_each_failure_once(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "settings.json"
    path.parent.touch()
    keeper = SettingsStore(StoredSettings(), path)
    for effect, is_told in (("none", True), ("lens", False), ("colour", False)):
        keeper.settings = StoredSettings(effect=EffectSettings(effect))
        if is_told:
            with pytest.raises(BackdropError, match="The settings cannot be kept in"):
                keeper.save()
        else:
            keeper.save()
    path.parent.unlink()
    keeper.save()
    assert load_stored(path).effect.name == "colour"


def test_options_of_command_line_are_not_written(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    stored = StoredSettings(source=SourceSettings("camera:a"), effect=EffectSettings("colour"))
    started = stored.with_current(
        Settings(source=SourceSettings("demo"), effect=EffectSettings("blur"), network=stored.network)
    )
    store = SettingsStore(started, path, stored)
    store.save()
    assert not path.exists()
    store.settings = store.settings.with_current(
        msgspec.structs.replace(store.settings.current, effect=EffectSettings("lens"))
    )
    store.save()
    kept = load_stored(path)
    assert kept.source == SourceSettings("camera:a"), "the option was for this time"
    assert kept.effect == EffectSettings("lens"), "this was chosen in the window"
