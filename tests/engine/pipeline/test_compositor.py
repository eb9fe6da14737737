"""Blending: exact at alpha 0 and 1; under transparency only the person's own colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.pipeline.compositor import composite
from tests.frames import still

if TYPE_CHECKING:
    from app.engine.core.types import Alpha, Picture


def noise(height: int, width: int, seed: int) -> Picture:
    picture = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    picture.setflags(write=False)
    return picture


def frozen(alpha: Alpha) -> Alpha:
    alpha.setflags(write=False)
    return alpha


sizes = st.tuples(st.integers(2, 70), st.integers(2, 70))


@given(sizes, st.integers(0, 9))
@settings(max_examples=30)
def test_composite_equals_frame_at_alpha_1_and_background_at_0(size: tuple[int, int], seed: int) -> None:
    bgr, background = noise(*size, seed), noise(*size, seed + 100)
    assert np.array_equal(composite(still(bgr), frozen(np.ones(size, np.float32)), background), bgr)
    assert np.array_equal(composite(still(bgr), frozen(np.zeros(size, np.float32)), background), background)


@given(sizes, st.floats(0, 1, width=32))
@settings(max_examples=30)
def test_composite_mixes_in_proportion_to_alpha(size: tuple[int, int], alpha: float) -> None:
    bgr, background = noise(*size, 1), noise(*size, 2)
    mixed = composite(still(bgr), frozen(np.full(size, alpha, np.float32)), background, False)
    expected = bgr * np.float64(alpha) + background * (1.0 - alpha)
    assert np.abs(mixed - expected).max() <= 1.51, "alpha and both products are rounded once each"


def test_matte_stage_does_not_change_earlier_output() -> None:
    bgr, other = noise(20, 30, 1), noise(20, 30, 2)
    alpha = frozen(np.full((20, 30), 0.5, np.float32))
    first = composite(still(bgr), alpha, other)
    kept = first.copy()
    composite(still(other), alpha, bgr)
    assert np.array_equal(first, kept)
    assert not np.shares_memory(first, bgr)


@pytest.mark.parametrize("size", [(90, 160), (91, 161)])
def test_cut_out_keeps_person_without_room_colours(size: tuple[int, int]) -> None:
    height, width = size
    alpha = np.zeros(size, np.float32)
    alpha[:, width // 2 :] = 1.0
    bgr = np.zeros((height, width, 3), np.uint8)
    bgr[:, : width // 2] = (255, 0, 255)  # the room
    bgr[:, width // 2 :] = (10, 200, 10)  # the person
    cut = composite(still(bgr), alpha, None)
    assert cut.shape == (height, width, 4)
    assert np.array_equal(cut[..., 3], (alpha * 255).astype(np.uint8))
    person = cut[alpha == 1][:, :3].astype(int)
    assert np.abs(person - (10, 200, 10)).max() <= 1
    room = cut[:, : width // 2 - 2, :3].astype(int)
    assert room[..., 0].max() < 40, "no magenta of the room under alpha 0"
    assert room[..., 2].max() < 40


def test_cut_out_has_no_colour_where_alpha_is_0() -> None:
    bgr = np.full((64, 96, 3), 200, np.uint8)
    alpha = np.repeat(np.linspace(0, 0.01, 96, dtype=np.float32)[None], 64, 0)
    cut = composite(still(bgr), alpha, None)
    assert (cut[..., 3] == 0).any() and cut[..., 3].any()
    assert not cut[cut[..., 3] == 0].any()


def test_soft_edge_loses_room_colour() -> None:
    height, width = 180, 320
    columns = np.arange(width, dtype=np.float32)
    ramp = np.clip((columns - 150) / 20, 0, 1).astype(np.float32)  # a soft edge 20 pixels wide
    alpha = np.ascontiguousarray(np.broadcast_to(ramp, (height, width)))
    room, person = np.array([255, 255, 255], np.float32), np.array([20, 40, 120], np.float32)
    bgr = (alpha[..., None] * person + (1 - alpha[..., None]) * room).astype(np.uint8)
    background = np.zeros_like(bgr)
    wanted = alpha[..., None] * person
    halo = {
        c: float(np.abs(composite(still(bgr), alpha, background, c) - wanted).max()) for c in (False, True)
    }
    assert halo[False] > 40, "without cleaning, a light line surrounds the person"
    assert halo[True] < halo[False] / 3


def test_light_wrap_affects_only_the_rim() -> None:
    alpha = np.zeros((360, 640), np.float32)
    alpha[:, 200:440] = 1.0
    alpha = np.asarray(cv2.GaussianBlur(alpha, (0, 0), 3), np.float32)
    bgr = np.full((360, 640, 3), 60, np.uint8)
    bright = np.full_like(bgr, 250)
    plain = composite(still(bgr), alpha, bright).astype(int)
    lit = composite(still(bgr), alpha, bright, light_wrap=0.5).astype(int)
    row, gain = lit[180, :, 0], (lit - plain)[180, :, 0]
    assert gain[208:212].min() > 10, "the rim is lit"
    assert np.abs(gain[280:360]).max() <= 1, "the middle of the person is not"
    assert np.array_equal(lit[:, :150], np.full_like(lit[:, :150], 250))
    inside = row[215:300]
    assert (np.diff(inside) <= 1).all() and inside[0] > inside[-1] + 5, "it fades inwards"
