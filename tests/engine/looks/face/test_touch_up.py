"""Touch up: skin becomes even, pores stay, nothing else changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from app.engine.looks.face.touch_up import TouchUp
from tests.engine.looks.face.painted import face, masks, one, picture

if TYPE_CHECKING:
    from app.engine.core.types import Picture

MASKS = masks()
INNER = cv2.erode(MASKS["skin"].astype(np.uint8), np.ones((31, 31), np.uint8)).astype(bool)


def improved(bgr: Picture, strength: float = 1.0, face_strength: float = 1.0) -> Picture:
    return TouchUp({"touch_up": strength}).improve(bgr, face(face_strength), one())


def spots(bgr: Picture) -> float:
    """How strong what is larger than pores is."""
    coarse = cv2.GaussianBlur(bgr.astype(np.float32), (0, 0), 2.5)
    return float((coarse - cv2.GaussianBlur(coarse, (0, 0), 6))[INNER].std())


def pores(bgr: Picture) -> float:
    values = bgr.astype(np.float32)
    return float((values - cv2.GaussianBlur(values, (0, 0), 1.0))[INNER].std())


def test_spots_fade_with_the_strength() -> None:
    bgr = picture()
    found = [spots(improved(bgr, strength)) for strength in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert found == sorted(found, reverse=True)
    assert found[0] == pytest.approx(spots(bgr)) and found[-1] < 0.6 * found[0]


def test_pores_stay_at_half_strength() -> None:
    bgr = picture()
    assert 0.4 * pores(bgr) < pores(improved(bgr)) < 0.7 * pores(bgr)


@pytest.mark.parametrize("part", ["brows", "eyes", "lips", "hair", "background"])
def test_other_parts_change_by_less_than_a_level(part: str) -> None:
    bgr = picture()
    change = np.abs(improved(bgr).astype(int) - bgr)
    assert change[MASKS[part]].mean() < 0.5
    inner = cv2.erode(MASKS[part].astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    assert change[inner].max() <= 1


def test_mean_colour_of_the_skin_stays() -> None:
    bgr = picture()
    difference = improved(bgr)[INNER].mean(axis=0) - bgr[INNER].mean(axis=0)
    assert np.abs(difference).max() < 1.0


def test_dark_holes_in_the_skin_are_kept() -> None:
    bgr = picture().copy()
    cv2.circle(bgr, (280, 290), 4, (40, 50, 70), -1)
    hole = np.zeros(bgr.shape[:2], np.uint8)
    cv2.circle(hole, (280, 290), 3, 1, -1)
    change = np.abs(improved(bgr).astype(int) - bgr)[hole > 0]
    assert change.mean() < 2.0


def test_face_that_comes_or_goes_is_changed_less() -> None:
    bgr = picture()
    whole, half = (np.abs(improved(bgr, 1.0, s).astype(int) - bgr).mean() for s in (1.0, 0.5))
    assert 0.35 * whole < half < 0.65 * whole


def test_still_face_with_noise_flickers_less_than_without() -> None:
    still = picture().astype(float)
    rng = np.random.default_rng(5)
    frames = [np.clip(still + rng.normal(0, 3, still.shape), 0, 255).astype(np.uint8) for _ in range(2)]
    plain = np.abs(frames[1].astype(int) - frames[0])[INNER].mean()
    made = [improved(frame).astype(int) for frame in frames]
    assert np.abs(made[1] - made[0])[INNER].mean() < plain


@pytest.mark.parametrize("shape", [(90, 110), (31, 200), (200, 64)])
def test_face_partly_outside_the_frame(shape: tuple[int, int]) -> None:
    bgr = np.ascontiguousarray(picture()[200 : 200 + shape[0], 280 : 280 + shape[1]])
    made = improved(bgr)
    assert made.shape == bgr.shape and made.dtype == np.uint8
