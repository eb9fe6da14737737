"""Backdrop's own windows are never in the picture of a screen, and nothing else is missing from it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from app.engine.screens import own_cover, x_grabbers
from app.engine.screens.own_cover import OwnCover
from app.engine.screens.x_display import XDisplay
from app.engine.screens.x_types import Area, SeenWindow
from tests.engine.screens.x_world import GREEN, RED, SECRET, WHOLE, colour_at, has

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.engine.core.types import Picture
    from tests.engine.screens.x_world import Program

    Start = Callable[..., Program]


@pytest.mark.parametrize(
    ("name", "pid"),
    [("backdrop", 1), ("python", os.getpid()), ("Backdrop", 2)],
    ids=["name", "number", "capital"],
)
def test_own_window_is_not_in_the_screen(
    start: Start, grab: Callable[..., Picture], name: str, pid: int
) -> None:
    start().open(WHOLE, GREEN)
    start(name, pid).open(Area(100, 50, 200, 100), SECRET)
    picture = grab()
    assert not has(picture, SECRET)
    assert (picture == (0, 255, 0)).all(), "the colour around it takes its place"


def test_own_menu_without_a_name_is_not_in_the_screen(start: Start, grab: Callable[..., Picture]) -> None:
    start().open(WHOLE, GREEN)
    own = start("backdrop")
    own.open(Area(10, 10, 20, 20), SECRET)
    own.open(Area(200, 200, 50, 50), SECRET, is_menu=True)
    assert not has(grab(), SECRET)


def test_own_window_in_the_frame_of_a_window_manager_is_left_out_with_its_frame(
    start: Start, grab: Callable[..., Picture]
) -> None:
    manager, own = start("manager"), start("backdrop")
    manager.open(WHOLE, GREEN)
    frame = manager.open(Area(100, 50, 200, 120), SECRET, is_menu=True)
    inner = manager.open(Area(0, 20, 200, 100), SECRET, parent=frame, is_menu=True)
    own.open(Area(0, 0, 200, 100), SECRET, parent=inner)
    picture = grab()
    assert not has(picture, SECRET)
    assert (picture == (0, 255, 0)).all()


def test_window_above_an_own_one_is_shown(start: Start, grab: Callable[..., Picture]) -> None:
    start().open(WHOLE, GREEN)
    start("backdrop").open(Area(100, 50, 200, 100), SECRET)
    start().open(Area(150, 50, 300, 80), RED)
    picture = grab()
    assert not has(picture, SECRET)
    assert (picture[50:130, 150:450] == (0, 0, 255)).all()


def test_own_window_below_a_whole_one_covers_nothing(start: Start, grab: Callable[..., Picture]) -> None:
    start("backdrop").open(Area(100, 50, 200, 100), SECRET)
    start().open(WHOLE, RED)
    assert (grab() == (0, 0, 255)).all()


def test_own_window_seen_through_a_translucent_one_is_covered(
    start: Start, grab: Callable[..., Picture]
) -> None:
    start().open(WHOLE, GREEN)
    start("backdrop").open(Area(100, 50, 200, 100), SECRET)
    above = start()
    window = above.open(Area(150, 50, 300, 80), RED)
    above.set_numbers(window, "_NET_WM_WINDOW_OPACITY", 0x80000000)
    picture = grab()
    assert colour_at(picture, 200, 60) != RED
    assert colour_at(picture, 400, 60) == RED


def test_own_window_seen_through_a_hole_is_covered(start: Start, grab: Callable[..., Picture]) -> None:
    start().open(WHOLE, GREEN)
    start("backdrop").open(Area(100, 50, 200, 100), SECRET)
    above = start()
    window = above.open(Area(100, 50, 200, 100), RED)
    above.set_shape(window, Area(0, 0, 50, 100), Area(150, 0, 50, 100))
    picture = grab()
    assert not has(picture, SECRET)
    assert colour_at(picture, 120, 100) == colour_at(picture, 280, 100) == RED


class Clock:
    now_s = 0.0


def test_place_that_an_own_window_has_left_stays_covered_for_half_a_second(
    start: Start, display: str
) -> None:
    start().open(WHOLE, GREEN)
    start().open(Area(0, 300, 640, 180), RED)
    own = start("backdrop")
    window = own.open(Area(100, 50, 200, 100), SECRET)
    x, clock = XDisplay(display), Clock()
    x.watch()
    cover = OwnCover(x, lambda: clock.now_s)

    def picture() -> Picture:
        cover.look(WHOLE)
        taken = x.picture_of_area(WHOLE)
        assert taken is not None
        cover.look(WHOLE)
        return cover.covered(taken)

    assert colour_at(picture(), 120, 60) not in (GREEN, RED, SECRET)
    own.move(window, 300, 300)
    for clock.now_s in (0.1, 0.3, 0.55):
        moved = picture()
        assert not has(moved, SECRET) and colour_at(moved, 120, 60) not in (GREEN, RED)
    clock.now_s = 0.7
    later = picture()
    assert colour_at(later, 120, 60) == GREEN and not has(later, SECRET)
    x.close()


def test_own_windows_are_looked_for_after_changes_and_once_a_second(
    start: Start, display: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[Area] = []
    monkeypatch.setattr(own_cover, "own_mask", lambda display, area: looks.append(area))
    program, x, clock = start(), XDisplay(display), Clock()
    x.watch()
    cover = OwnCover(x, lambda: clock.now_s)
    for clock.now_s in (0.0, 0.1, 0.9):
        cover.look(WHOLE)
    assert len(looks) == 1
    window = program.open(Area(0, 0, 10, 10), RED)
    x.picture_of_area(WHOLE)
    cover.look(WHOLE)
    cover.look(WHOLE)
    assert len(looks) == 2
    clock.now_s = 2.0
    cover.look(WHOLE)
    assert len(looks) == 3
    program.close(window)
    x.picture_of_area(WHOLE)
    cover.look(WHOLE)
    assert len(looks) == 4
    cover.look(Area(0, 0, 320, 480))
    assert len(looks) == 5 and looks[-1].width == 320
    x.close()


def test_own_window_that_comes_while_a_picture_is_taken_is_covered(
    start: Start, grab: Callable[..., Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    start().open(WHOLE, GREEN)
    grab()
    own, take = start("backdrop"), XDisplay.picture_of_area

    def late(display: XDisplay, area: Area) -> Picture | None:
        own.open(Area(100, 50, 200, 100), SECRET)
        return take(display, area)

    monkeypatch.setattr(XDisplay, "picture_of_area", late)
    assert not has(grab(), SECRET)


def test_own_window_is_left_out_with_its_border(start: Start, grab: Callable[..., Picture]) -> None:
    start().open(WHOLE, GREEN)
    start("backdrop").open(Area(100, 50, 120, 90), SECRET, border_px=7)
    assert not has(grab(), SECRET)


def test_unseen_window_above_an_own_one_does_not_show_it(start: Start, grab: Callable[..., Picture]) -> None:
    start().open(WHOLE, GREEN)
    start("backdrop").open(Area(100, 50, 120, 90), SECRET)
    start().open_unseen(WHOLE)
    assert not has(grab(), SECRET)


def test_of_a_window_with_transparency_only_the_opaque_region_hides_an_own_one(
    start: Start, grab: Callable[..., Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    start().open(WHOLE, GREEN)
    start("backdrop").open(Area(100, 50, 200, 100), SECRET)
    program = start()
    window = program.open(Area(100, 50, 200, 100), RED)
    seen_windows = XDisplay.seen_windows

    def with_transparency(display: XDisplay) -> list[SeenWindow]:
        seen = seen_windows(display)
        return [each._replace(depth=32) if each.window == window else each for each in seen]

    monkeypatch.setattr(XDisplay, "seen_windows", with_transparency)
    assert not has(grab(), RED)
    program.set_numbers(window, "_NET_WM_OPAQUE_REGION", 10, 10, 60, 80, 150, 0, 50, 50)
    other = x_grabbers.XScreenGrabber(os.environ["DISPLAY"], 1)
    picture = other.grab()
    other.close()
    red = (picture == (0, 0, 255)).all(axis=2)
    assert red[60:140, 110:170].all() and red[50:100, 250:300].all()
    assert red.sum() == 60 * 80 + 50 * 50


def test_unseen_own_window_covers_nothing(start: Start, grab: Callable[..., Picture]) -> None:
    own = start("backdrop")
    own.open(Area(0, 0, 10, 10), SECRET)
    start().open(WHOLE, RED)
    start().open(Area(0, 300, 640, 180), GREEN)
    own.open_unseen(Area(100, 50, 200, 100))
    assert (grab()[:300] == (0, 0, 255)).all()


def test_own_window_of_another_shape_is_left_out_where_it_is(
    start: Start, grab: Callable[..., Picture]
) -> None:
    start().open(WHOLE, GREEN)
    start().open(Area(0, 0, 640, 100), RED)
    own = start("backdrop")
    window = own.open(Area(100, 50, 200, 100), SECRET, border_px=7)
    own.set_shape(window, Area(20, 10, 30, 60), Area(-7, -7, 10, 10))
    picture = grab()
    assert not has(picture, SECRET)
    kinds = {RED: (140, 50), GREEN: (200, 120)}
    assert {colour: colour_at(picture, *at) for colour, at in kinds.items()} == {c: c for c in kinds}


def test_screen_of_another_size_has_nothing_of_the_one_before(start: Start, display: str) -> None:
    start().open(WHOLE, GREEN)
    start("backdrop").open(Area(100, 50, 200, 100), SECRET)
    x = XDisplay(display)
    x.watch()
    cover = OwnCover(x)
    cover.look(WHOLE)
    part = Area(150, 40, 300, 200)
    cover.look(part)
    taken = x.picture_of_area(part)
    x.close()
    assert taken is not None
    covered = cover.covered(taken)
    assert covered.shape == (200, 300, 3) and not has(covered, SECRET)
    assert colour_at(covered, 200, 50) == GREEN
