"""Optimised code equals the plain formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from app.engine.core.image_ops import enlarge_along_edges, gaussian, weighted_mean
from app.engine.core.pyramid import shrunk
from app.engine.core.settings import MatteSettings
from app.engine.core.types import Shade
from app.engine.pipeline.component_filter import ComponentFilter
from app.engine.pipeline.compositor import blend
from app.engine.pipeline.matte import MatteStage
from tests.frames import still

if TYPE_CHECKING:
    from app.engine.core.types import Alpha, Picture


def noise(height: int, width: int, seed: int) -> Picture:
    picture = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    picture.setflags(write=False)
    return picture


def blobs(height: int, width: int, seed: int, spots: int = 24) -> Alpha:
    """Alpha with several soft parts and holes, most of it 0 or 1."""
    small = np.random.default_rng(seed).random((max(1, spots * height // width), spots), np.float32)
    alpha = np.clip((cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC) - 0.5) * 6 + 0.5, 0, 1)
    alpha = np.asarray(alpha, np.float32)
    alpha.setflags(write=False)
    return alpha


@pytest.mark.parametrize("seed", range(4))
def test_byte_blending_is_within_two_levels_of_formula(seed: int) -> None:
    person, background, alpha = noise(90, 161, seed), noise(90, 161, seed + 9), blobs(90, 161, seed)
    share = alpha.astype(np.float64)[..., None]
    wanted = share * person + (1 - share) * background
    wrong = blend(person, background, alpha) - wanted
    assert np.abs(wrong).max() <= 1.51 and abs(wrong.mean()) < 0.02
    sure = (alpha == 0) | (alpha == 1)
    assert sure.any() and not wrong[sure].any()


@pytest.mark.parametrize("seed", range(3))
def test_shaded_blending_is_within_two_levels_of_formula(seed: int) -> None:
    person, background, alpha = noise(90, 161, seed), noise(90, 161, seed + 9), blobs(90, 161, seed)
    own, other = noise(90, 161, seed + 3)[..., 0], noise(90, 161, seed + 4)[..., 0]
    edge = 0.4
    share = alpha.astype(np.float64)
    cut = (1 - edge) / 3
    of_person = np.clip((share - cut) / (1 - cut), 0, 1) * own / 255
    of_room = (1 - share) * other / 255
    wanted = of_person[..., None] * person + of_room[..., None] * background
    wrong = blend(person, background, alpha, Shade(own, other, edge)) - wanted
    assert np.abs(wrong).max() < 3.0 and abs(wrong.mean()) < 0.3
    sure = alpha == 1
    assert np.abs(wrong[sure]).max() < 1.6


@pytest.mark.parametrize("follow_edges", [False, True])
def test_stretching_before_or_after_enlarging_is_equal(follow_edges: bool) -> None:
    bgr = np.asarray(cv2.GaussianBlur(noise(180, 320, 1), (0, 0), 3), np.uint8)
    raw = blobs(40, 64, 2, 8)
    settings = MatteSettings(0.0, 0.6, follow_edges, remove_uncertain=False)
    frame = still(bgr)
    small = cv2.cvtColor(shrunk(frame, 40, 64), cv2.COLOR_BGR2GRAY).astype(np.float32)
    large = (
        enlarge_along_edges(raw, small, bgr, 2, 1.5e-2)
        if follow_edges
        else cv2.resize(raw, (320, 180), interpolation=cv2.INTER_LINEAR)
    )
    margin = 0.05 + 0.3 * 0.6
    wanted = np.clip((large - margin) / (1 - 2 * margin), 0, 1)
    assert np.abs(MatteStage().apply(raw, still(bgr), settings).alpha - wanted).max() < 1e-4


@pytest.mark.parametrize("seed", range(3))
def test_weighted_mean_matches_formula(seed: int) -> None:
    small, weight = noise(45, 80, seed).astype(np.float32), blobs(45, 80, seed, 10)
    pure = np.clip((weight.astype(np.float64) - 0.8) / 0.2, 0, 1)[..., None]

    def blurred(values: np.ndarray) -> np.ndarray:
        return np.asarray(cv2.GaussianBlur(values, (0, 0), 2.5, borderType=cv2.BORDER_REPLICATE))

    colours, share = blurred(small * pure), blurred(pure)[..., None]
    wanted = (colours + 1e-4 * colours.mean((0, 1))) / (share + 1e-4 * share.mean())
    assert np.abs(weighted_mean(small, weight, gaussian(2.5)) - wanted).max() < 0.5


def plain_confidence(
    share: Alpha, memory: Alpha | None, uncertain_mean: float, certain_mean: float
) -> tuple[Alpha, Alpha]:
    """The confidence of each pixel, and the uncertainty to remember, component by component."""
    count, labels = cv2.connectedComponents((share > 0.5).astype(np.uint8))
    parts = [labels == label for label in range(1, count)]
    uncertainty = np.zeros_like(share)
    largest = max(range(len(parts)), key=lambda i: parts[i].sum(), default=-1)
    for index, part in enumerate(parts):
        if index != largest:
            mean = share[part].mean(dtype=np.float64)
            uncertainty[part] = np.clip((certain_mean - mean) / (certain_mean - uncertain_mean), 0, 1)
    margin = np.ones((9, 9), np.uint8)
    uncertainty = cv2.dilate(uncertainty, margin).astype(np.float32)
    if memory is not None:
        uncertainty = memory + np.float32(0.15) * (uncertainty - memory)
    near = cv2.dilate((share > 0.5).astype(np.uint8), margin) if parts else 1
    return (1 - uncertainty * np.clip((1 - share) / 0.1, 0, 1)) * near, uncertainty


def test_uncertainty_is_per_component() -> None:
    component_filter = ComponentFilter()
    person: Alpha | None = None
    room: Alpha | None = None
    raws = [blobs(64, 96, seed, spots) for seed, spots in enumerate((12, 2, 16, 12, 1, 20, 3))]
    two_parts = np.zeros_like(raws[0])
    two_parts[5:50, 5:40], two_parts[20:40, 60:80] = 0.95, 0.7
    for raw in [np.zeros_like(raws[0]), *raws, two_parts, np.ones_like(raws[0])]:
        behind, room = plain_confidence(1 - raw, room, 0.7, 0.8)
        before, person = plain_confidence(raw, person, 0.8, 0.9)
        wanted = (1 - (1 - raw) * behind) * before
        assert np.abs(component_filter.apply(raw) - wanted).max() < 1e-5
