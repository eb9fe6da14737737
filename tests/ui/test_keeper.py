"""Settings on their way to the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.engine.errors import BackdropError
from app.engine.types import EffectSettings
from app.settings import Kept, load_kept
from app.ui.keeper import Keeper

NONE = Kept(effect=EffectSettings("none"))


def test_writes_what_changed(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    keeper = Keeper(Kept(), path)
    keeper.save()
    assert not path.exists()
    keeper.settings = NONE
    keeper.save()
    assert load_kept(path) == NONE
    path.unlink()
    keeper.save()
    assert not path.exists()  # it has been written once


def test_writes_again_after_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.mkdir()
    keeper = Keeper(Kept(), path)
    keeper.settings = NONE
    with pytest.raises(BackdropError):
        keeper.save()
    path.rmdir()
    keeper.save()
    assert load_kept(path) == NONE
