"""From raw alpha to the matte."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.core.settings import MatteSettings
from app.engine.pipeline.matte import MatteStage
from tests.frames import still

if TYPE_CHECKING:
    from app.engine.core.types import Alpha, Frame


def flat(value: float, size: tuple[int, int] = (8, 12)) -> Alpha:
    alpha = np.full(size, value, np.float32)
    alpha.setflags(write=False)
    return alpha


def picture(height: int = 8, width: int = 12) -> Frame:
    bgr = np.random.default_rng(height).integers(0, 256, (height, width, 3), np.uint8)
    bgr.setflags(write=False)
    return still(bgr)


@given(st.floats(0, 1, width=32), st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=50)
def test_matte_has_frame_size(value: float, steadiness: float, sharpness: float) -> None:
    stage, settings = MatteStage(), MatteSettings(steadiness, sharpness)
    matte = stage.apply(flat(value), picture(35, 61), settings)
    assert matte.alpha.shape == (35, 61) and matte.alpha.dtype == np.float32
    assert 0 <= matte.alpha.min() <= matte.alpha.max() <= 1


@pytest.mark.parametrize("sharpness", [0.0, 0.5, 1.0])
def test_sharpening_keeps_0_half_and_1(sharpness: float) -> None:
    stage, settings = MatteStage(), MatteSettings(0.0, sharpness, room_memory=False)
    for raw, expected in ((0.02, 0.0), (0.98, 1.0), (0.5, 0.5)):
        assert stage.apply(flat(raw), picture(), settings).alpha == pytest.approx(expected, abs=1e-6)


def test_flicker_is_reduced_and_motion_followed_at_once() -> None:
    stage, settings = MatteStage(), MatteSettings(steadiness=0.8, sharpness=0.0)
    shimmer = [stage.apply(flat(0.5 + 0.05 * (-1) ** i), picture(), settings).alpha[0, 0] for i in range(40)]
    assert np.ptp(shimmer[20:]) < 0.05, "an alternation of 0.1 is more than halved"
    black, white = np.zeros((8, 12, 3), np.uint8), np.full((8, 12, 3), 255, np.uint8)
    assert stage.apply(flat(1.0), still(white), settings).alpha[0, 0] == pytest.approx(1.0, abs=1e-5)
    assert stage.apply(flat(0.0), still(black), settings).alpha[0, 0] == pytest.approx(0.0, abs=1e-5)


def test_still_picture_reduces_larger_flicker_but_forgets() -> None:
    stage, settings = MatteStage(), MatteSettings(sharpness=0.0)
    shimmer = [stage.apply(flat(0.5 + 0.2 * (-1) ** i), picture(), settings).alpha[0, 0] for i in range(40)]
    assert np.ptp(shimmer[20:]) < 0.2, "an alternation of 0.4 is more than halved"
    for _ in range(60):
        alpha = stage.apply(flat(1.0), picture(), settings).alpha[0, 0]
    assert alpha == pytest.approx(1.0, abs=0.01)


def test_matte_reset_or_new_size_clears_memory() -> None:
    stage, settings = MatteStage(), MatteSettings(steadiness=1.0, sharpness=0.0)
    fresh = MatteStage().apply(flat(0.5), picture(), MatteSettings(steadiness=1.0, sharpness=0.0)).alpha[0, 0]
    stage.apply(flat(0.45), picture(), settings)
    assert stage.apply(flat(0.5), picture(), settings).alpha[0, 0] != pytest.approx(fresh, abs=1e-3)
    stage.reset()
    assert stage.apply(flat(0.5), picture(), settings).alpha[0, 0] == pytest.approx(fresh)
    assert stage.apply(flat(0.5, (4, 4)), picture(), settings).alpha[0, 0] == pytest.approx(fresh)


def test_component_filter_changes_neither_input_nor_earlier_output() -> None:
    stage, settings = MatteStage(), MatteSettings(steadiness=1.0)
    raw = np.full((8, 12), 0.5, np.float32)
    first = stage.apply(raw, picture(), settings)
    kept = first.alpha.copy()
    raw[:] = 0.0  # the caller may reuse it
    assert not np.shares_memory(first.alpha, raw)
    stage.apply(flat(0.55), picture(), settings)
    assert np.array_equal(first.alpha, kept)


def test_guided_outline_follows_picture_edge() -> None:
    bgr = np.full((160, 320, 3), 40, np.uint8)
    bgr[:, 150:] = 200  # the person, from column 150 on
    raw = np.zeros((20, 40), np.float32)
    raw[:, 19:] = 1.0  # the network's outline falls on column 152, in pixels of 8
    wrong = {}
    for follow_edges in (False, True):
        stage, settings = MatteStage(), MatteSettings(0.0, 0.5, follow_edges)
        alpha = stage.apply(raw, still(bgr), settings).alpha[40:120]
        wrong[follow_edges] = float(np.abs(alpha - (np.arange(320) >= 150)).sum(axis=1).mean())
    assert wrong[True] < wrong[False] / 2


@pytest.mark.parametrize("softness_px", [1.0, 6.0])
def test_fast_hand_leaves_no_trail(softness_px: float) -> None:
    """A hand that moves 40 px a frame at 1280x720, over a still torso, in front of a busy room."""
    rng = np.random.default_rng(5)
    room = cv2.resize(rng.integers(0, 256, (45, 80, 3), np.uint8), (1280, 720))
    rows, columns = np.mgrid[0:720, 0:1280].astype(np.float32)

    def cover(left_px: float) -> Alpha:
        hand = 70 - np.hypot(columns - left_px, rows - 250)
        torso = 200 - np.abs(columns - 640) + np.minimum(0, rows - 330)
        return np.asarray(np.clip(np.maximum(hand, torso) / softness_px + 0.5, 0, 1), np.float32)

    stage, settings = MatteStage(), MatteSettings()
    for frame in range(12):
        alpha = cover(200 + 40 * frame)
        bgr = np.where(alpha[..., None] > 0.5, np.uint8(170), room).astype(np.uint8)
        raw = cv2.resize(alpha, (288, 160), interpolation=cv2.INTER_AREA).astype(np.float32)
        matte = stage.apply(raw, still(bgr), settings).alpha
        if frame >= 2:
            gone = (cover(200 + 40 * (frame - 2)) > 0.5) & (alpha < 0.02)
            # The soft outline that a stage without memory gives is no trail.
            fresh = MatteStage().apply(raw, still(bgr), MatteSettings()).alpha
            assert gone.any() and (matte - fresh)[gone].max() <= 0.02
            assert (matte - fresh)[alpha > 0.98].min() >= -0.1, "the front of the hand is not delayed"
