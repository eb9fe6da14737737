"""From raw alpha to the matte."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.matte import MatteStage
from app.engine.types import Alpha, MatteSettings, Picture


def flat(value: float, size: tuple[int, int] = (8, 12)) -> Alpha:
    alpha = np.full(size, value, np.float32)
    alpha.setflags(write=False)
    return alpha


def picture(height: int = 8, width: int = 12) -> Picture:
    bgr = np.random.default_rng(height).integers(0, 256, (height, width, 3), np.uint8)
    bgr.setflags(write=False)
    return bgr


@given(st.floats(0, 1, width=32), st.floats(0, 1), st.floats(0, 1))
@settings(deadline=None, max_examples=50)
def test_a_matte_is_alpha_of_the_frame_size(value: float, steadiness: float, sharpness: float) -> None:
    stage = MatteStage(MatteSettings(steadiness, sharpness))
    matte = stage.apply(flat(value), picture(35, 61))
    assert matte.alpha.shape == (35, 61) and matte.alpha.dtype == np.float32
    assert 0 <= matte.alpha.min() <= matte.alpha.max() <= 1


@pytest.mark.parametrize("sharpness", [0.0, 0.5, 1.0])
def test_sure_becomes_exact_and_half_stays_half(sharpness: float) -> None:
    stage = MatteStage(MatteSettings(0.0, sharpness))
    for raw, expected in ((0.02, 0.0), (0.98, 1.0), (0.5, 0.5)):
        assert stage.apply(flat(raw), picture()).alpha == pytest.approx(expected, abs=1e-6)


def test_shimmer_is_calmed_and_motion_followed_at_once() -> None:
    stage = MatteStage(MatteSettings(steadiness=0.8, sharpness=0.0))
    shimmer = [stage.apply(flat(0.5 + 0.05 * (-1) ** i), picture()).alpha[0, 0] for i in range(40)]
    assert np.ptp(shimmer[20:]) < 0.05, "an alternation of 0.1 comes out at less than half"
    assert stage.apply(flat(1.0), picture()).alpha[0, 0] == pytest.approx(1.0, abs=1e-5)
    assert stage.apply(flat(0.0), picture()).alpha[0, 0] == pytest.approx(0.0, abs=1e-5)


def test_reset_forgets_and_a_new_size_does_too() -> None:
    stage = MatteStage(MatteSettings(steadiness=1.0, sharpness=0.0))
    fresh = MatteStage(MatteSettings(steadiness=1.0, sharpness=0.0)).apply(flat(0.5), picture()).alpha[0, 0]
    stage.apply(flat(0.45), picture())
    assert stage.apply(flat(0.5), picture()).alpha[0, 0] != pytest.approx(fresh, abs=1e-3)
    stage.reset()
    assert stage.apply(flat(0.5), picture()).alpha[0, 0] == pytest.approx(fresh)
    assert stage.apply(flat(0.5, (4, 4)), picture()).alpha[0, 0] == pytest.approx(fresh)


def test_what_was_returned_and_given_stays_as_it_was() -> None:
    stage = MatteStage(MatteSettings(steadiness=1.0))
    raw = np.full((8, 12), 0.5, np.float32)
    first = stage.apply(raw, picture())
    kept = first.alpha.copy()
    raw[:] = 0.0  # the caller's to reuse
    assert not np.shares_memory(first.alpha, raw)
    stage.apply(flat(0.55), picture())
    assert np.array_equal(first.alpha, kept)


def test_the_outline_follows_the_edge_in_the_picture() -> None:
    bgr = np.full((160, 320, 3), 40, np.uint8)
    bgr[:, 150:] = 200  # the person, from column 150 on
    raw = np.zeros((20, 40), np.float32)
    raw[:, 19:] = 1.0  # the network's outline falls on column 152, in pixels of 8
    wrong = {}
    for follow_edges in (False, True):
        stage = MatteStage(MatteSettings(0.0, 0.5, follow_edges))
        alpha = stage.apply(raw, bgr).alpha[40:120]
        wrong[follow_edges] = float(np.abs(alpha - (np.arange(320) >= 150)).sum(axis=1).mean())
    assert wrong[True] < wrong[False] / 2
