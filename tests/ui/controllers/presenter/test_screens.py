"""Choosing a screen or a window in the section "Presenter" and with `ctl`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from app.engine.core.settings import EffectSettings, Settings
from app.engine.screens.grabber import Target
from app.engine.screens.x_types import Area
from app.ui.controllers.presenter.screens import ScreenController
from app.ui.remote_commands import RemoteCommands
from tests.engine.screens.x_world import SIZE, Program, use_display, x_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.ui.main_window import Window
    from app.ui.views.presenter.screen_chooser import ScreenChooser
    from tests.ui.desk import Desk

SCREEN = EffectSettings("screen", {"screen": "screen:1"})


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    with x_server() as display:
        use_display(display, monkeypatch)
        program = Program(display)
        program.open(Area(0, 0, *SIZE), 0xFF0000, "My talk")
        yield program
        program.end()


def chooser_of(window: Window) -> ScreenChooser:
    return window.panel.presenter.screen_chooser


def titles(window: Window) -> list[str]:
    chooser = chooser_of(window).chooser
    return [chooser.itemText(row) for row in range(chooser.count())]


def opened_list(desk: Desk, window: Window) -> None:
    chooser = chooser_of(window).chooser
    chooser.showPopup()
    desk.qtbot.waitUntil(lambda: chooser.count() > 1, timeout=20_000)
    chooser.hidePopup()


def test_list_has_the_screen_and_the_windows(desk: Desk, program: Program) -> None:
    window = desk.open()
    assert titles(window) == ["Off"]
    opened_list(desk, window)
    assert titles(window) == ["Off", "Whole screen", "My talk"]
    assert chooser_of(window).chooser.currentText() == "Off"


def test_chosen_window_becomes_the_background_and_off_takes_it_away(desk: Desk, program: Program) -> None:
    window = desk.open(Settings(effect=EffectSettings("lens", {"strength": 0.7})))
    opened_list(desk, window)
    chooser = chooser_of(window).chooser
    chooser.chosen.emit("window:My talk")
    desk.qtbot.waitUntil(lambda: desk.settings.effect.name == "screen", timeout=20_000)
    assert desk.settings.effect.values == {"strength": 0.7, "screen": "window:My talk"}
    assert chooser.currentText() == "My talk"
    chooser.chosen.emit("")
    assert desk.settings.effect.name == "blur" and chooser.currentText() == "Off"


def test_window_that_is_gone_is_told_and_the_choice_before_stays(desk: Desk, program: Program) -> None:
    window = desk.open()
    chooser_of(window).chooser.chosen.emit("window:Nothing like it")
    desk.qtbot.waitUntil(lambda: "Nothing like it" in window.banner.text, timeout=20_000)
    assert desk.settings.effect.name == "blur"
    assert chooser_of(window).chooser.currentText() == "Off"


def test_reason_is_shown_where_no_screen_can_be_listed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    window = desk.open()
    chooser, problem = (
        chooser_of(window).chooser,
        chooser_of(window).problem,
    )
    chooser.showPopup()
    desk.qtbot.waitUntil(lambda: not problem.isHidden(), timeout=20_000)
    chooser.hidePopup()
    assert problem.text().startswith("On Wayland, Backdrop cannot show the screen yet")
    assert titles(window) == ["Off"]


def test_screens_have_numbers_once_there_are_several(desk: Desk) -> None:
    window = desk.open(Settings(effect=EffectSettings("screen", {"screen": "screen:2"})))
    chooser_of(window).show_targets([Target("screen:1", "DP-1"), Target("screen:2", "HDMI-1")])
    assert titles(window) == ["Off", "Screen 1 (DP-1)", "Screen 2 (HDMI-1)"]
    assert chooser_of(window).chooser.currentText() == "Screen 2 (HDMI-1)"


def test_window_that_is_not_in_the_list_keeps_its_name(desk: Desk) -> None:
    window = desk.open(Settings(effect=EffectSettings("screen", {"screen": "window:Mail: inbox"})))
    assert chooser_of(window).chooser.currentText() == "Mail: inbox"


def test_screen_has_no_tile_and_says_what_others_see(desk: Desk) -> None:
    window = desk.open(Settings(effect=SCREEN))
    assert "screen" not in window.panel.gallery.tiles
    assert not any(tile.isChecked() for tile in window.panel.gallery.tiles.values())
    assert window.panel._description.text() == "Others see this screen, without Backdrop's own windows."


def test_ctl_shows_a_screen_or_a_window(desk: Desk, program: Program) -> None:
    remote, replies = RemoteCommands(desk.open()), list[dict[str, Any]]()
    for wanted, spec in (("screen", "screen:1"), ("window:my TALK", "window:my TALK")):
        remote.answer({"command": "effect", "name": wanted}, replies.append)
        desk.qtbot.waitUntil(lambda: bool(replies), timeout=20_000)
        reply = replies.pop()
        assert (reply["ok"], reply["effect"], reply["background"]) == (True, "screen", spec)
    remote.answer({"command": "effect", "name": "window:none"}, replies.append)
    desk.qtbot.waitUntil(lambda: bool(replies), timeout=20_000)
    assert replies[0]["ok"] is False and "There is no window 'none'" in replies[0]["message"]


def test_ctl_refuses_what_is_no_screen(desk: Desk) -> None:
    remote, replies = RemoteCommands(desk.open()), list[dict[str, Any]]()
    remote.answer({"command": "effect", "name": "screen:x"}, replies.append)
    desk.qtbot.waitUntil(lambda: bool(replies), timeout=20_000)
    assert replies[0]["ok"] is False and "'screen:x' is not a screen or a window" in replies[0]["message"]


def test_list_that_fails_unexpectedly_is_told(desk: Desk) -> None:
    def fail() -> list[Target]:
        raise RuntimeError("broken")

    window = desk.open()
    chooser = chooser_of(window)
    ScreenController(window.model, chooser, window.backgrounds, window._tasks, window, fail)
    chooser.targets_wanted.emit()
    desk.qtbot.waitUntil(lambda: chooser.problem.text() == "broken", timeout=20_000)
