"""Pictures of the screen and of windows on a real X server."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from app.engine.core.errors import BackdropError
from app.engine.screens import x_grabbers
from app.engine.screens.grabber import Target
from app.engine.screens.screens import list_targets, open_grabber
from app.engine.screens.x_display import XDisplay
from app.engine.screens.x_types import Area, Pointer
from tests.engine.screens.x_world import SIZE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.engine.core.types import Picture
    from app.engine.screens.grabber import Grabber
    from tests.engine.screens.x_world import Program

    Start = Callable[..., Program]

POINTER = XDisplay.pointer  # Before the fixtures hide it.
RED, GREEN, BLUE = 0xFF0000, 0x00FF00, 0x0000FF
SECRET = 0xFF00FF
"""The colour of Backdrop's own windows, which no picture may have."""
WHOLE = Area(0, 0, *SIZE)


@pytest.fixture
def grab(display: str) -> Iterator[Callable[[str], Picture]]:
    """Takes a picture of a screen or a window, with the same grabber for the same name."""
    grabbers: dict[str, Grabber] = {}

    def picture(spec: str = "screen") -> Picture:
        if spec not in grabbers:
            grabbers[spec] = open_grabber(spec)
        return grabbers[spec].grab()

    yield picture
    for each in grabbers.values():
        each.close()


def colour_at(picture: Picture, x: int, y: int) -> int:
    blue, green, red = map(int, picture[y, x])
    return red << 16 | green << 8 | blue


def has(picture: Picture, colour: int) -> bool:
    bgr = (colour & 0xFF, colour >> 8 & 0xFF, colour >> 16)
    return bool((picture == np.array(bgr, np.uint8)).all(axis=2).any())


def test_screen_shows_the_windows_where_they_are(start: Start, grab: Callable[..., Picture]) -> None:
    program = start()
    program.open(WHOLE, GREEN)
    program.open(Area(100, 50, 200, 100), RED)
    picture = grab()
    assert picture.shape == (SIZE[1], SIZE[0], 3)
    assert (picture[50:150, 100:300] == (0, 0, 255)).all()
    assert {colour_at(picture, *at) for at in ((99, 50), (100, 49), (300, 149), (299, 150))} == {GREEN}


@pytest.mark.parametrize(("name", "pid"), [("backdrop", 1), ("python", os.getpid()), ("Backdrop", 2)])
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


def test_place_that_an_own_window_has_left_stays_covered_for_a_while(
    start: Start, grab: Callable[..., Picture]
) -> None:
    start().open(WHOLE, GREEN)
    start().open(Area(0, 0, 10, 10), RED)
    own = start("backdrop")
    window = own.open(Area(100, 50, 200, 100), SECRET)
    first = colour_at(grab(), 120, 60)
    own.move(window, 300, 300)
    moved = grab()
    assert not has(moved, SECRET) and colour_at(moved, 120, 60) == first
    for _ in range(10):
        later = grab()
    assert colour_at(later, 120, 60) == GREEN and not has(later, SECRET)


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


def test_screen_that_is_not_there_is_told(grab: Callable[..., Picture]) -> None:
    with pytest.raises(BackdropError, match="There is no screen 7: the last one is 1"):
        grab("screen:7")


def test_window_is_shown_although_others_cover_it(
    start: Start, grab: Callable[..., Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(x_grabbers, "_REPAINT_S", 0.0)
    program = start()
    program.open(Area(50, 60, 120, 90), BLUE, "My talk")
    assert (grab("window:my TALK") == (255, 0, 0)).all()
    start("backdrop").open(WHOLE, SECRET)
    picture = grab("window:my TALK")
    assert picture.shape == (90, 120, 3) and (picture == (255, 0, 0)).all()


def test_window_is_followed_when_it_moves_and_is_renamed(
    start: Start, grab: Callable[..., Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(x_grabbers, "_REPAINT_S", 0.0)
    program = start()
    program.open(WHOLE, GREEN)
    window = program.open(Area(50, 60, 120, 90), BLUE, "Slide 1")
    grab("window:Slide 1")
    program.set_text(window, "_NET_WM_NAME", "Slide 2")
    program.move(window, 300, 200)
    assert (grab("window:Slide 1") == (255, 0, 0)).all()


def test_window_within_its_frame_is_shown_alone(
    start: Start, grab: Callable[..., Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(x_grabbers, "_REPAINT_S", 0.0)
    manager, program = start("manager"), start()
    frame = manager.open(Area(100, 50, 200, 120), RED, is_menu=True)
    inner = program.open(Area(5, 20, 190, 95), BLUE, "Inside", parent=frame)
    monkeypatch.setattr(XDisplay, "user_windows", lambda display: [inner])
    picture = grab("window:Inside")
    assert picture.shape == (95, 190, 3) and (picture == (255, 0, 0)).all()


def test_window_that_is_hidden_and_one_that_is_closed_are_told(
    start: Start, grab: Callable[..., Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(x_grabbers, "_REPAINT_S", 0.0)
    program = start()
    window = program.open(Area(50, 60, 120, 90), BLUE, "Talk")
    grab("window:Talk")
    program.hide(window)
    with pytest.raises(BackdropError, match="The window 'Talk' is minimised; its last picture stays"):
        grab("window:Talk")
    program.close(window)
    with pytest.raises(BackdropError, match="The window 'Talk' is closed: choose another one"):
        grab("window:Talk")


def test_window_waits_until_it_has_painted_itself(start: Start, display: str) -> None:
    start().open(Area(50, 60, 120, 90), BLUE, "Talk")
    began = time.monotonic()
    open_grabber("window:Talk").close()
    assert time.monotonic() - began >= 0.5


@pytest.mark.parametrize("title", ["backdrop", "Nothing like it", "secret"])
def test_unknown_window_and_own_one_cannot_be_chosen(start: Start, display: str, title: str) -> None:
    start("backdrop").open(Area(50, 60, 120, 90), SECRET, "A secret")
    with pytest.raises(BackdropError, match=f"There is no window '{title}': choose another one"):
        open_grabber(f"window:{title}")


def test_whole_title_comes_before_a_part_of_one(
    start: Start, grab: Callable[..., Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(x_grabbers, "_REPAINT_S", 0.0)
    program = start()
    program.open(Area(0, 0, 30, 30), BLUE, "Talk")
    program.open(Area(50, 60, 120, 90), RED, "Talk of yesterday")
    assert (grab("window:Talk") == (255, 0, 0)).all()
    assert (grab("window:yesterday") == (0, 0, 255)).all()


def test_list_has_the_screen_and_each_title_once_but_nothing_of_ours(start: Start, display: str) -> None:
    start("backdrop").open(Area(0, 0, 30, 30), SECRET, "Backdrop")
    program = start()
    for title in ("Talk", "Mail  and\nmore", "Talk", ""):
        program.open(Area(0, 0, 30, 30), BLUE, title)
    first, *windows = list_targets()
    assert first.spec == "screen:1"
    assert windows == [Target("window:Talk", "Talk"), Target("window:Mail and more", "Mail and more")]


def test_window_manager_tells_the_order_of_windows(start: Start, display: str) -> None:
    program = start()
    windows = [program.open(Area(0, 0, 30, 30), BLUE, title) for title in "abc"]
    x = XDisplay(display)
    try:
        program.set_numbers(x.root.window, "_NET_CLIENT_LIST_STACKING", windows[1], windows[0])
        assert [target.title for target in list_targets()[1:]] == ["a", "b"]
        program.set_numbers(x.root.window, "_NET_CLIENT_LIST_STACKING")
    finally:
        x.close()


def test_server_that_is_gone_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", ":4711")
    for use in (list_targets, lambda: open_grabber("screen"), lambda: open_grabber("window:x")):
        with pytest.raises(BackdropError, match="The screen cannot be reached"):
            use()


def test_monitor_of_the_server_is_asked_for_its_name(display: str) -> None:
    x = XDisplay(display)
    try:
        (screen,) = x.screens()
        assert screen.area == WHOLE and screen.name
    finally:
        x.close()


def arrow(alpha: int = 255) -> Picture:
    """A pointer of 4 x 6 pixels; its colours are multiplied by alpha."""
    return np.tile(np.array((alpha, 0, 0, alpha), np.uint8), (4, 6, 1))


@pytest.mark.parametrize(
    ("alpha", "colour"), [(255, BLUE), (0, GREEN), (128, 0x007F80)], ids=["opaque", "clear", "half"]
)
@pytest.mark.parametrize("place", [(50, 60), (-3, -2), (637, 478)])
def test_pointer_is_drawn_where_it_is(
    start: Start,
    grab: Callable[..., Picture],
    monkeypatch: pytest.MonkeyPatch,
    place: tuple[int, int],
    alpha: int,
    colour: int,
) -> None:
    start().open(WHOLE, GREEN)
    monkeypatch.setattr(XDisplay, "pointer", lambda display: Pointer(*place, arrow(alpha)))
    wanted = np.full((SIZE[1], SIZE[0], 3), (0, 255, 0), np.uint8)
    x, y = place
    wanted[max(0, y) : y + 4, max(0, x) : x + 6] = (colour & 0xFF, colour >> 8 & 0xFF, colour >> 16)
    assert np.array_equal(grab(), wanted)


@pytest.mark.parametrize("place", [(-6, 0), (0, -4), (640, 0), (0, 480), (-900, -900), (9000, 10)])
def test_pointer_outside_the_screen_is_not_drawn(
    start: Start, grab: Callable[..., Picture], monkeypatch: pytest.MonkeyPatch, place: tuple[int, int]
) -> None:
    start().open(WHOLE, GREEN)
    monkeypatch.setattr(XDisplay, "pointer", lambda display: Pointer(*place, arrow()))
    assert (grab() == (0, 255, 0)).all()


def test_pointer_of_the_server_is_at_its_place(start: Start, display: str) -> None:
    start().move_pointer(123, 45)
    x = XDisplay(display)
    try:
        pointer = POINTER(x)
    finally:
        x.close()
    assert pointer is not None and pointer.bgra.shape[2] == 4
    height, width = pointer.bgra.shape[:2]
    assert 0 <= 123 - pointer.x < width and 0 <= 45 - pointer.y < height
    assert (pointer.bgra[..., :3] <= pointer.bgra[..., 3:]).all(), "colours are multiplied by alpha"
