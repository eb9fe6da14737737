"""Metrics on cases that can be computed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from models.evaluate import table
from models.evaluation.metrics import Summary, boundary_f, iou, measure, summarise
from models.evaluation.predict import predict, resized, working_size


def box(top: int, left: int, bottom: int, right: int, size: int = 100) -> np.ndarray:
    mask = np.zeros((size, size), bool)
    mask[top:bottom, left:right] = True
    return mask


def test_iou_of_overlapping_apart_and_empty_masks() -> None:
    assert iou(box(0, 0, 10, 10), box(0, 5, 10, 15)) == pytest.approx(50 / 150)
    assert iou(box(0, 0, 10, 10), box(50, 50, 60, 60)) == 0
    assert iou(box(0, 0, 0, 0), box(0, 0, 0, 0)) == 1
    assert iou(box(0, 0, 0, 0), box(0, 0, 1, 1)) == 0


def test_boundary_f_tolerates_one_pixel_at_this_size() -> None:
    true = box(20, 20, 80, 80)  # diagonal 141: tolerance 1 pixel
    assert boundary_f(true, true) == 1
    assert boundary_f(box(21, 21, 81, 81), true) > 0.95
    assert boundary_f(box(25, 25, 75, 75), true) == 0
    # Three sides match and one is far off.
    assert 0.6 < boundary_f(box(20, 20, 80, 60), true) < 0.8


def test_boundary_f_ignores_the_border_and_handles_empty_masks() -> None:
    assert boundary_f(box(40, 0, 100, 100), box(40, 0, 100, 100)) == 1
    assert boundary_f(box(0, 0, 100, 100), box(0, 0, 0, 0)) == 1  # neither has an outline
    assert boundary_f(box(0, 0, 0, 0), box(20, 20, 80, 80)) == 0


def test_measure_and_summary_equal_a_computation_by_hand() -> None:
    true = (box(0, 0, 100, 50) * 255).astype(np.uint8)
    half = measure(box(0, 0, 50, 50).astype(np.float32), true)
    assert half.fgiou == pytest.approx(0.5)
    assert half.mad == half.mse == pytest.approx(0.25)
    assert half.counts == (2500, 0, 2500, 5000)
    full = measure(np.asarray(true / 255, np.float32), true)
    total = summarise([half, full])
    assert total.fgiou == pytest.approx(0.75)
    assert total.mad == total.mse == pytest.approx(0.125)
    # Person 7500 of 10000 pixels, background 10000 of 12500 over both photos; then the mean of the classes.
    assert total.miou == pytest.approx((0.75 + 0.8) / 2)
    assert total.photos == 2


def test_soft_alpha_counts_in_mad_and_mse_and_half_is_background() -> None:
    true = np.full((10, 10), 128, np.uint8)
    half = measure(np.full((10, 10), 0.5, np.float32), true)
    assert half.fgiou == 0
    assert half.mad == pytest.approx(128 / 255 - 0.5, abs=1e-6)
    quarter = measure(np.full((10, 10), 0.25, np.float32), np.full((10, 10), 255, np.uint8))
    assert (quarter.mad, quarter.mse) == pytest.approx((0.75, 0.5625))
    assert summarise([quarter]).mse == pytest.approx(0.5625)


def test_table_has_figures_below_titles_and_ends_with_the_mean() -> None:
    first, second = Summary(2, 0.1, 0.2, 0.3, 0.4, 0.5), Summary(1, 0.3, 0.4, 0.5, 0.6, 0.7)
    rows = [line.strip("| ").split(" | ") for line in table({"a": first, "b": second}).splitlines()]
    assert rows[0] == ["source", "photos", "fgIoU", "mIoU", "BF", "MAD", "MSE"]
    assert rows[2] == ["a", "2", "0.100", "0.200", "0.300", "0.4000", "0.5000"]
    assert rows[-1] == ["mean of sources", "3", "0.200", "0.300", "0.400", "0.5000", "0.6000"]


def test_different_sizes_and_no_photos_are_rejected() -> None:
    with pytest.raises(ValueError, match="differ in size"):
        measure(np.zeros((4, 5), np.float32), np.zeros((5, 4), np.uint8))
    with pytest.raises(ValueError, match="no photos"):
        summarise([])


@pytest.mark.parametrize(
    ("height", "width", "pixels", "expected"),
    [
        (720, 1280, 46080, (160, 288)),
        (448, 336, 46080, (256, 192)),
        (300, 300, 46080, (224, 224)),
        (720, 1280, 15360, (96, 160)),
        (10, 4000, 46080, (32, 4288)),
    ],
)
def test_working_size_keeps_pixels_and_aspect_ratio(
    height: int, width: int, pixels: int, expected: tuple[int, int]
) -> None:
    assert working_size(height, width, pixels) == expected


def test_predict_uses_working_size_and_returns_photo_size() -> None:
    shapes = []

    def left_half(frame: np.ndarray) -> np.ndarray:
        shapes.append(frame.shape)
        alpha = np.zeros(frame.shape[:2], np.float32)
        alpha[:, : frame.shape[1] // 2] = 1
        return alpha

    alpha = predict(left_half, np.zeros((720, 1280, 3), np.uint8), 46080)
    assert shapes == [(160, 288, 3)]
    assert alpha.shape == (720, 1280) and alpha.dtype == np.float32
    assert alpha[:, :630].min() == 1 and alpha[:, 650:].max() == 0


def test_resized_averages_when_shrinking() -> None:
    stripes = np.zeros((64, 64, 3), np.uint8)
    stripes[:, ::2] = 200
    assert np.all(resized(stripes, (32, 32)) == 100)
