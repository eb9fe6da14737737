"""The start of the window: what it says first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.engine.core.errors import Message
from app.settings import StoredSettings, WindowSettings
from app.ui.application import _begin

if TYPE_CHECKING:
    from tests.ui.desk import Desk


def test_settings_that_were_kept_aside_are_told_in_the_banner(desk: Desk) -> None:
    window = desk.open(StoredSettings(window=WindowSettings(is_welcomed=True)))
    aside = Message("Backdrop starts with its default settings; yours are in '{aside}'.", aside="/x.bad")
    _begin(window, False, [aside])
    assert window.banner.text == aside and window.banner.isVisible()


def test_banner_says_nothing_when_all_is_well(desk: Desk) -> None:
    window = desk.open(StoredSettings(window=WindowSettings(is_welcomed=True)))
    _begin(window, False, [])
    assert not window.banner.isVisible()
