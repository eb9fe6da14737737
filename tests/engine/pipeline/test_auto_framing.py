"""Auto framing: smooth, inside the frame, centred on the person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.pipeline.adjust import cut
from app.engine.pipeline.auto_framing import FULL, AutoFraming, View

if TYPE_CHECKING:
    from app.engine.core.types import Alpha, Picture

FPS = 30


def scene(x: float, top: float, width: float, height: float = 2.0) -> Picture:
    """A white person in front of black, 144 x 256; positions as shares of the picture."""
    bgr = np.zeros((144, 256, 3), np.uint8)
    left, right = round((x - width / 2) * 256), round((x + width / 2) * 256)
    bgr[round(top * 144) : round((top + height) * 144), max(0, left) : right] = 255
    return bgr


def as_the_network_sees_it(bgr: Picture, view: View) -> Alpha:
    return (cut(bgr, view)[..., 0] / 255).astype(np.float32)


def run(framing: AutoFraming, bgr: Picture, seconds: float, begin: float = 0.0) -> list[View]:
    views = []
    for index in range(round(seconds * FPS)):
        views.append(framing.move(begin + index / FPS))
        framing.follow(as_the_network_sees_it(bgr, views[-1]))
    return views


people = st.builds(scene, st.floats(0.2, 0.8), st.floats(0.2, 0.7), st.floats(0.1, 0.5))


@pytest.mark.slow
@settings(max_examples=30)
@given(people)
def test_auto_framing_view_stays_inside_and_moves_smoothly(bgr: Picture) -> None:
    views = run(AutoFraming(), bgr, 6)
    assert views[0] == FULL
    for view in views:
        assert 0.5 <= view.size <= 1.0
        assert view.size / 2 - 1e-9 <= view.x <= 1 - view.size / 2 + 1e-9
        assert view.size / 2 - 1e-9 <= view.y <= 1 - view.size / 2 + 1e-9
    places = np.array([(v.x, v.y, v.size) for v in views])
    steps = np.diff(places, axis=0)
    assert np.abs(steps).max() < 0.03, "no jump"
    assert np.abs(np.diff(steps, axis=0)).max() < 0.012, "no sudden change of speed"
    assert np.abs(steps[-FPS:]).max() < 0.002, "it comes to rest"


@pytest.mark.slow
@settings(max_examples=30)
@given(st.floats(0.25, 0.75), st.floats(0.3, 0.6), st.floats(0.1, 0.3))
def test_auto_framing_centres_small_person_with_headroom(x: float, top: float, width: float) -> None:
    view = run(AutoFraming(), scene(x, top, width), 8)[-1]
    assert view.size < 0.95
    off = abs((x - view.x) / view.size)
    reaches_the_edge = min(view.x - view.size / 2, 1 - view.x - view.size / 2) < 1e-6
    assert off < 0.12 or reaches_the_edge
    above = (top - (view.y - view.size / 2)) / view.size
    assert 0.02 < above < 0.3, "the whole head is in view, with some space above"
    assert view.x - view.size / 2 < x - width / 2 and x + width / 2 < view.x + view.size / 2


def test_auto_framing_ignores_small_movements() -> None:
    framing = AutoFraming()
    still = run(framing, scene(0.4, 0.4, 0.2), 8)[-1]
    swaying = []
    for index in range(90):
        bgr = scene(0.4 + 0.015 * np.sin(index / 5), 0.4, 0.2)
        view = framing.move(8 + index / FPS)
        framing.follow(as_the_network_sees_it(bgr, view))
        swaying.append(view)
    assert max(abs(view.x - still.x) for view in swaying) < 0.01


def test_auto_framing_follows_person_out_of_view() -> None:
    framing = AutoFraming()
    run(framing, scene(0.3, 0.4, 0.2), 8)
    for index in range(8 * FPS):
        bgr = scene(0.3 + min(0.4, 0.1 * index / FPS), 0.4, 0.2)
        view = framing.move(8 + index / FPS)
        framing.follow(as_the_network_sees_it(bgr, view))
    assert abs(view.x - 0.7) < 0.1


def test_auto_framing_without_person_returns_to_full_view() -> None:
    framing = AutoFraming()
    close = run(framing, scene(0.3, 0.4, 0.2), 8)[-1]
    nobody = np.zeros((144, 256, 3), np.uint8)
    assert run(framing, nobody, 1.0, begin=8)[-1].size < close.size + 0.02, (
        "not at once: the network may have failed for one frame"
    )
    assert run(framing, nobody, 8, begin=9)[-1].size > 0.99


def test_auto_framing_motion_is_independent_of_frame_rate() -> None:
    slow, fast = AutoFraming(), AutoFraming()
    bgr = scene(0.3, 0.4, 0.2)
    for framing, fps in ((slow, 10), (fast, 60)):
        for index in range(fps * 2):
            framing.follow(as_the_network_sees_it(bgr, framing.move(index / fps)))
    assert abs(slow.move(2.0).size - fast.move(2.0).size) < 0.05
