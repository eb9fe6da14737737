"""Settings on their way to the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.engine.errors import BackdropError
from app.engine.types import EffectSettings, Settings
from app.settings import load_settings
from app.ui.keeper import Keeper

NONE = Settings(effect=EffectSettings("none"))


def test_writes_what_changed(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    keeper = Keeper(Settings(), path)
    keeper.save()
    assert not path.exists()
    keeper.settings = NONE
    keeper.save()
    assert load_settings(path) == NONE
    path.unlink()
    keeper.save()
    assert not path.exists()  # it has been written once


def test_writes_again_after_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.mkdir()
    keeper = Keeper(Settings(), path)
    keeper.settings = NONE
    with pytest.raises(BackdropError):
        keeper.save()
    path.rmdir()
    keeper.save()
    assert load_settings(path) == NONE
