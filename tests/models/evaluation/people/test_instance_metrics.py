from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from models.evaluation.people.instance_metrics import (
    FrameResult,
    boundary,
    compare,
    pair_ious,
    precision_at_recalls,
    summarise,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray


def _square(top: int, left: int, side: int = 10, size: int = 40) -> NDArray[np.bool_]:
    mask = np.zeros((size, size), bool)
    mask[top : top + side, left : left + side] = True
    return mask


def _result(scores: list[float], ious: list[list[float]]) -> FrameResult:
    values = np.array(ious, float).reshape(len(scores), -1)
    return FrameResult(np.array(scores), values, values)


def test_boundary_of_a_square_is_its_ring() -> None:
    ring = boundary(_square(5, 5), 2)
    assert ring.sum() == 10 * 10 - 6 * 6


def test_boundary_at_the_frames_border_counts() -> None:
    assert boundary(np.ones((10, 10), bool), 1).sum() == 100 - 64


def test_pair_ious_of_shifted_squares() -> None:
    ious = pair_ious(np.stack([_square(0, 0), _square(20, 20)]), np.stack([_square(0, 5)]))
    np.testing.assert_allclose(ious, np.array([[50 / 150], [0.0]]))


def test_summarise_perfect_masks_is_1() -> None:
    true = np.stack([_square(0, 0), _square(20, 20)])
    summary = summarise([compare(np.array([0.9, 0.8]), true, true)])
    assert summary == {"ap": 1, "ap50": 1, "ap75": 1, "boundary_ap": 1}


def test_summarise_one_right_of_two_people_is_51_of_101_recalls() -> None:
    summary = summarise([_result([0.9], [[1.0, 0.0]])])
    assert summary["ap50"] == pytest.approx(51 / 101)


def test_summarise_a_better_scored_wrong_mask_halves_the_precision() -> None:
    assert summarise([_result([0.9, 0.8], [[0.0], [1.0]])])["ap50"] == pytest.approx(0.5)
    assert summarise([_result([0.8, 0.9], [[0.0], [1.0]])])["ap50"] == pytest.approx(1)


def test_summarise_overlap_of_0_72_counts_at_five_of_ten_thresholds() -> None:
    summary = summarise([_result([0.9], [[0.72]])])
    assert summary["ap"] == pytest.approx(0.5)
    assert (summary["ap50"], summary["ap75"]) == (1, 0)


def test_summarise_the_second_mask_of_one_person_is_wrong() -> None:
    both = _result([0.9, 0.8], [[0.8, 0.0], [0.9, 0.0]])
    other = _result([0.7], [[0.9]])
    # By score: right, wrong, right, of three people: precision 1 up to recall 1/3, 2/3 up to recall 2/3.
    expected = (34 * 1 + 33 * 2 / 3) / 101
    assert summarise([both, other])["ap50"] == pytest.approx(expected)


def test_precision_at_recalls_takes_the_best_precision_at_higher_recalls() -> None:
    scores, right = np.array([0.9, 0.8, 0.7, 0.6]), np.array([True, False, True, True])
    # Precisions 1, 1/2, 2/3, 3/4 at recalls 1/4, 1/4, 2/4, 3/4 of four people.
    assert precision_at_recalls(scores, right, 4) == pytest.approx((26 * 1 + 50 * 0.75) / 101)


def test_boundary_ap_of_a_ragged_edge_is_below_ap() -> None:
    true = _square(20, 20, 80, 120)[None]
    found = true.copy()
    found[0, 20:100:2, 20:24] = False
    summary = summarise([compare(np.array([0.9]), found, true)])
    assert summary["ap"] == 1
    assert summary["boundary_ap"] < 0.9


def test_compare_ignores_void_pixels() -> None:
    void = _square(0, 5)
    result = compare(np.array([0.5]), _square(0, 0)[None], (_square(0, 0) & ~void)[None], void)
    assert result.mask_ious.tolist() == [[1.0]]


def test_summarise_frames_without_a_found_mask_is_0() -> None:
    nothing = FrameResult(np.zeros(0), np.zeros((0, 2)), np.zeros((0, 2)))
    assert summarise([nothing])["ap"] == 0


def test_summarise_frames_without_people_is_nan() -> None:
    empty = summarise([FrameResult(np.array([0.5]), np.zeros((1, 0)), np.zeros((1, 0)))])
    assert math.isnan(empty["ap"]) and math.isnan(summarise([])["ap"])
