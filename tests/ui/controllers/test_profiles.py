"""Profiles hold all choices, in the window, the tray and `ctl`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QInputDialog, QMenu, QPushButton

from app.engine.core.errors import BackdropError
from app.engine.core.settings import EffectSettings, NetworkSettings, OutputSettings, Settings, SourceSettings
from app.settings import StoredSettings, load_stored
from app.ui.controllers.tray.tray import Tray
from app.ui.models.app_model import AppModel
from app.ui.remote_commands import RemoteCommands
from tests.ui.desk import child

if TYPE_CHECKING:
    from tests.ui.desk import Desk

WORK = Settings(
    source=SourceSettings("camera:a", 640, 360),
    network=NetworkSettings("b", threads=2),
    effect=EffectSettings("blur", {"strength": 0.9}),
    output=OutputSettings("auto"),
)
FAMILY = Settings(effect=EffectSettings("colour", {"colour": "#112233"}))
KEPT = StoredSettings(profiles={"Work": WORK, "R&D": FAMILY})


def action(desk: Desk, *path: str) -> QAction:
    """An entry of the menu, or of its submenus along the path."""
    menu = desk.window.profiles.menu
    for title in path[:-1]:
        submenu = next(a for a in menu.actions() if a.text() == title).menu()
        assert isinstance(submenu, QMenu)
        menu = submenu
    return next(a for a in menu.actions() if a.text() == path[-1])


def test_profile_is_saved_and_used_again(desk: Desk) -> None:
    window = desk.open(WORK)
    assert window.panel.profile.text() == "Profile"
    action(desk, "Save as…").trigger()
    dialog = child(window, QInputDialog)
    dialog.setTextValue("  Work  calls ")
    dialog.accept()
    assert window.model.stored.profiles == {"Work calls": WORK}
    assert window.panel.profile.text() == "Work calls"
    desk.click_tile("none")
    assert window.panel.profile.text() == "Profile"
    action(desk, "Work calls").trigger()
    assert desk.settings == WORK and window.panel.profile.text() == "Work calls"
    assert action(desk, "Work calls").isChecked()
    desk.close()
    kept = load_stored(desk.path)
    assert (kept.current, kept.profiles, kept.profile) == (WORK, {"Work calls": WORK}, "Work calls")


def test_profile_menu_shown_again_keeps_one_submenu(desk: Desk) -> None:
    window = desk.open(KEPT)
    for _ in range(20):
        window.profiles.show()
    assert len(window.profiles.menu.findChildren(QMenu)) == 1
    entries = window.profiles.menu.findChildren(QMenu)[0].actions()
    assert [entry.text() for entry in entries] == ["Work", "R&&D"]


def test_profile_without_name_is_refused(desk: Desk) -> None:
    window = desk.open()
    window.profiles._save("  ")
    assert window.banner.text == "Give the profile a name."
    assert window.model.stored.profiles == {}


def test_removed_picture_can_be_restored(desk: Desk) -> None:
    window = desk.open(KEPT)
    action(desk, "Remove", "R&&D").trigger()
    assert window.model.stored.profiles == {"Work": WORK}
    assert window.banner.text == "The profile 'R&D' was removed."
    desk.qtbot.mouseClick(window.banner.findChild(QPushButton, "action"), Qt.MouseButton.LeftButton)
    assert window.model.stored.profiles == KEPT.profiles
    assert window.banner.text == ""


def test_minimised_start_is_in_tray(qtbot: object) -> None:
    model = AppModel(KEPT)
    tray = Tray(model, QIcon())
    next(a for a in tray.profiles.actions() if a.text() == "Work").trigger()
    assert model.settings == WORK
    assert [a.isChecked() for a in tray.profiles.actions()] == [True, False]


def test_by_ctl(desk: Desk) -> None:
    answers = RemoteCommands(desk.open(KEPT))
    replies: list[dict[str, object]] = []
    answers.answer({"command": "profile", "name": "Work"}, replies.append)
    assert replies[0]["profile"] == "Work" and desk.settings == WORK
    with pytest.raises(BackdropError, match=r"There is no profile 'Play'\. Saved profiles: Work, R&D"):
        answers.answer({"command": "profile", "name": "Play"}, replies.append)


def test_profile_does_not_switch_camera_on(desk: Desk) -> None:
    window = desk.open(KEPT)
    window.model.switch(False)
    window.model.use_profile("Work")
    assert not desk.settings.is_on and desk.settings.source == WORK.source
    window.model.save_profile("Later")
    window.model.switch(True)
    assert window.model.profile == "Later", "a profile does not change on or off"


def test_long_profile_names_are_cut_and_shortened(desk: Desk) -> None:
    window = desk.open(StoredSettings(profiles={"A profile & its very long name " * 4: Settings()}))
    width = window.panel.width()
    window.profiles._save("Long name " * 30)
    assert max(map(len, list(window.model.stored.profiles)[1:])) <= 60
    window.model.use_profile(next(iter(window.model.stored.profiles)))
    profile = window.panel.profile
    assert window.panel.width() == width and "…" in profile.text() and profile.full.startswith("A profile &")
    assert all(len(entry.text()) <= 41 for entry in window.profiles.menu.actions())


def test_turning_a_page_does_not_leave_the_profile(desk: Desk) -> None:
    window = desk.open(Settings(effect=EffectSettings("slides", {"slides": "/talk.pdf", "page": 4.0})))
    window.model.save_profile("Talk")
    window.slides.turn(1)
    assert desk.settings.effect.values["page"] == 5 and window.model.profile == "Talk"
    window.model.use_profile("Talk")
    assert "page" not in desk.settings.effect.values
