"""Pictures of the screen and of windows on a real X server."""

from __future__ import annotations

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
from tests.engine.screens.x_world import BLUE, GREEN, RED, SECRET, SIZE, WHOLE, colour_at, has

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.engine.core.types import Picture
    from tests.engine.screens.x_world import Program

    Start = Callable[..., Program]

POINTER = XDisplay.pointer  # Before the fixtures hide it.


def test_screen_shows_the_windows_where_they_are(start: Start, grab: Callable[..., Picture]) -> None:
    program = start()
    program.open(WHOLE, GREEN)
    program.open(Area(100, 50, 200, 100), RED)
    picture = grab()
    assert picture.shape == (SIZE[1], SIZE[0], 3)
    assert (picture[50:150, 100:300] == (0, 0, 255)).all()
    assert {colour_at(picture, *at) for at in ((99, 50), (100, 49), (300, 149), (299, 150))} == {GREEN}


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
    program.open(Area(0, 0, 200, 200), RED, "Mail")
    with pytest.raises(BackdropError, match="There is no window 'Talk': choose another one"):
        grab("window:Talk")
    program.open(Area(0, 0, 30, 20), GREEN, "Talk")
    assert (grab("window:Talk") == (0, 255, 0)).all(), "the new window of that name"


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


@pytest.fixture
def two_screens(start: Start) -> Iterator[None]:
    """The left half of the display, and the right one, which is the main screen."""
    program = start()
    program.add_monitor("left", Area(0, 0, 320, 480))
    program.add_monitor("right", Area(320, 40, 320, 440), is_main=True)
    yield
    for name in ("left", "right"):
        program.remove_monitor(name)


def test_main_screen_comes_first_and_each_shows_its_own_part(
    start: Start, grab: Callable[..., Picture], two_screens: None
) -> None:
    start().open(WHOLE, GREEN)
    start().open(Area(300, 40, 60, 10), RED)
    start("backdrop").open(Area(310, 100, 30, 20), SECRET)
    assert list_targets()[:2] == [Target("screen:1", "right"), Target("screen:2", "left")]
    right, left = grab("screen:1"), grab("screen:2")
    assert (right.shape, left.shape) == ((440, 320, 3), (480, 320, 3))
    assert [colour_at(right, *at) for at in ((0, 0), (39, 9), (40, 0), (0, 10))] == [RED, RED, GREEN, GREEN]
    assert [colour_at(left, *at) for at in ((300, 40), (299, 40), (319, 49))] == [RED, GREEN, RED]
    assert not has(right, SECRET) and not has(left, SECRET)
    assert colour_at(right, 20, 60) == colour_at(left, 309, 100) == GREEN, "beside the covered window"


def test_window_in_a_frame_with_a_border_is_shown_from_its_corner(
    start: Start, grab: Callable[..., Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(x_grabbers, "_REPAINT_S", 0.0)
    program = start()
    program.open(Area(100, 50, 120, 90), BLUE, "Bordered", border_px=7)
    assert (grab("window:Bordered") == (255, 0, 0)).all()
