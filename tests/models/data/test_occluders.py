"""Occluders: objects change the frame and alpha only where they must."""

from __future__ import annotations

import numpy as np
import pytest

from models.data.occluders import add_behind, add_headset, cover_front
from tests.models.people import draw_person

GREEN = np.full((120, 160, 3), (0, 200, 0), np.uint8)


@pytest.mark.parametrize("seed", range(8))
def test_object_behind_changes_background_pixels_only(seed: int) -> None:
    frame, alpha = draw_person(120, 160, seed)
    original = frame.copy()
    out = add_behind(frame, alpha, GREEN, np.random.default_rng(seed))
    assert np.array_equal(frame, original)
    assert np.array_equal(out[alpha == 255], frame[alpha == 255])
    assert (out[alpha == 0] != frame[alpha == 0]).any()


@pytest.mark.parametrize("seed", range(8))
def test_object_in_front_has_alpha_0(seed: int) -> None:
    frame, alpha = draw_person(120, 160, seed)
    out, left = cover_front(frame, alpha, GREEN, np.random.default_rng(seed))
    drawn = (out == GREEN).all(2)
    assert drawn.any() and (left[drawn] == 0).all()
    same = (out == frame).all(2)
    assert np.array_equal(left[same], alpha[same])
    assert not drawn[: int(120 * 0.7)].any()


def test_headset_is_drawn_on_the_head_and_is_person() -> None:
    frame, alpha = draw_person(240, 320, 3)
    out, more = add_headset(frame, alpha, np.random.default_rng(0))
    assert (more >= alpha).all() and (more > alpha).any()
    changed = (out != frame).any(2)
    assert changed.any() and (more[changed] > 0).all()
    top = np.flatnonzero((alpha > 0).any(1))[0]
    assert not changed[int(top + 0.5 * (240 - top)) :].any()


def test_frame_without_people_gets_no_headset() -> None:
    frame, alpha = GREEN, np.zeros((120, 160), np.uint8)
    out, same = add_headset(frame, alpha, np.random.default_rng(0))
    assert np.array_equal(out, frame) and np.array_equal(same, alpha)
