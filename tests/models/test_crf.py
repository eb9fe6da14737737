"""The fully connected CRF against exact mean field on small pictures."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from models.crf import CrfConfig, Lattice, features_of, mean_field, refine
from tests.models.people import draw_person

CONFIG = CrfConfig(appearance_px=10, colour=20, smoothness_px=2)


def exact_kernel(features: np.ndarray) -> np.ndarray:
    distance = np.square(features[:, None].astype(np.float64) - features[None]).sum(-1)
    return np.asarray(np.exp(-0.5 * distance))


def small_person(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A photo of 40x56 pixels and an alpha whose edge is wide and wrong in part."""
    image, mask = draw_person(160, 224, seed)
    photo = cv2.resize(image, (56, 40), interpolation=cv2.INTER_AREA)
    alpha = cv2.resize(mask, (56, 40), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    return photo, np.asarray(cv2.GaussianBlur(alpha, (0, 0), 2.5), np.float32)


@pytest.mark.parametrize("dims", [1, 2, 3, 5])
def test_lattice_is_close_to_the_exact_gaussian(dims: int) -> None:
    rng = np.random.default_rng(dims)
    features = (rng.random((600, dims)) * 3).astype(np.float32)
    values = rng.random(600).astype(np.float32)
    lattice, kernel = Lattice(features), exact_kernel(features)
    found = lattice(values) / lattice(np.ones(600, np.float32))
    exact = kernel @ values / kernel.sum(1)
    assert np.abs(found - exact).mean() < 0.006


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_mean_field_in_the_lattice_is_the_exact_one_within_a_thousandth(seed: int) -> None:
    photo, alpha = small_person(seed)
    appearance = exact_kernel(features_of(photo, CONFIG))
    rows, columns = np.mgrid[:40, :56]
    places = np.stack([columns, rows], 2).reshape(-1, 2) / CONFIG.smoothness_px
    smoothness = exact_kernel(places)
    exact = mean_field(alpha, lambda v: appearance @ v, lambda v: smoothness @ v, CONFIG)
    found = refine(alpha, photo, CONFIG)
    assert np.abs(exact - alpha).mean() > 0.01, "the CRF does something"
    assert np.abs(found - exact).mean() < 1e-3


def test_crf_moves_a_wide_edge_to_that_of_the_photo() -> None:
    photo, alpha = small_person(4)
    _, mask = draw_person(160, 224, 4)
    true = cv2.resize(mask, (56, 40), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    assert np.abs(refine(alpha, photo, CONFIG) - true).mean() < 0.5 * np.abs(alpha - true).mean()


def test_crf_keeps_its_inputs_and_stays_between_0_and_1() -> None:
    photo, alpha = small_person(5)
    before = photo.copy(), alpha.copy()
    refined = refine(alpha, photo)
    assert refined.dtype == np.float32 and refined.min() >= 0 and refined.max() <= 1
    assert np.array_equal(photo, before[0]) and np.array_equal(alpha, before[1])
