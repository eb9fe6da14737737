"""Metrics of alphas over time on cases that can be computed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from models.evaluation.video_metrics import (
    connectivity_error,
    gradient_error,
    means,
    measure_video,
    warped_changes,
)

Alpha = np.ndarray


def blob(height: int = 60, width: int = 80) -> Alpha:
    """A disc with a soft edge and at most 0.8."""
    y, x = np.mgrid[0:height, 0:width]
    distance = np.hypot(x - width / 2, y - height / 2)
    return np.asarray(np.clip((25 - distance) / 10, 0, 0.8), np.float32)


def test_true_alphas_have_no_error() -> None:
    true = [np.roll(blob(), 3 * shift, 1) for shift in range(4)]
    measures = measure_video(true, true)
    assert measures[0].dtssd is None
    assert list(means(measures).values()) == pytest.approx([0] * 5, abs=1e-9)


def test_constant_offset_changes_mad_and_mse_but_not_dtssd() -> None:
    true = [blob(), np.roll(blob(), 5, 1), blob()]
    averages = means(measure_video([alpha + np.float32(0.1) for alpha in true], true))
    assert averages["mad"] == pytest.approx(0.1, abs=1e-6)
    assert averages["mse"] == pytest.approx(0.01, abs=1e-6)
    assert averages["dtssd"] == pytest.approx(0, abs=1e-6)
    assert averages["gradient"] == pytest.approx(0, abs=1e-6)


def test_flicker_has_dtssd_of_twice_its_amplitude() -> None:
    true = [np.roll(blob(), 4 * shift, 1) for shift in range(5)]
    measures = measure_video([alpha + np.float32(0.05 * (-1) ** i) for i, alpha in enumerate(true)], true)
    assert [frame.dtssd for frame in measures[1:]] == pytest.approx([0.1] * 4, abs=1e-6)
    half = np.zeros((10, 10), np.float32)
    half[:5] = 0.3  # a change of 0.3 on half the pixels: the mean square is 0.045
    change = measure_video([np.zeros_like(half), half], [np.zeros_like(half)] * 2)[1].dtssd
    assert change == pytest.approx(np.sqrt(0.045), abs=1e-6)


def test_gradient_error_of_a_ramp_is_the_kernel_response() -> None:
    flat = np.zeros((40, 40), np.float32)
    slope = np.broadcast_to(np.arange(40, dtype=np.float32) * 0.01, (40, 40))
    y, x = np.mgrid[-5:6, -5:6]
    kernel = x * np.exp(-(x**2 + y**2) / (2 * 1.4**2))
    response = 0.01 * (kernel * x).sum() / np.linalg.norm(kernel)
    # Columns within the kernel's radius of the border have another response.
    inner = gradient_error(slope, flat) / 40
    assert 30 * response**2 <= inner <= 40 * response**2
    assert gradient_error(flat + 0.5, flat) == pytest.approx(0, abs=1e-9)
    mirrored = np.ascontiguousarray(slope[:, ::-1])
    assert gradient_error(mirrored, slope) == pytest.approx(0, abs=1e-6), "the direction counts"


def test_connectivity_error_counts_loose_components_by_alpha() -> None:
    true = np.zeros((30, 30), np.float32)
    true[5:15, 5:15] = 1
    predicted = true.copy()
    predicted[20:24, 20:25] = 0.6  # a component of 20 pixels
    assert connectivity_error(predicted, true) == pytest.approx(20 * 0.6, rel=1e-5)
    predicted = true.copy()
    predicted[20:24, 20:25] = 0.1  # below the least distance
    assert connectivity_error(predicted, true) == 0
    predicted = true.copy()
    predicted[10, 10] = 0.5  # a hole is connected up to its own alpha
    assert connectivity_error(predicted, true) == pytest.approx(0.5, abs=1e-5)
    predicted, apart = true.copy(), true.copy()
    predicted[20:24, 20:25], apart[20:24, 20:25] = 0.9, 1  # loose in both, with a difference of 0.1
    assert connectivity_error(predicted, apart) == pytest.approx(20 * 0.1, rel=1e-5)


def test_different_sizes_and_numbers_are_rejected() -> None:
    with pytest.raises(ValueError, match="differ in size"):
        measure_video([np.zeros((4, 5), np.float32)], [np.zeros((5, 4), np.float32)])
    with pytest.raises(ValueError, match="zip"):
        measure_video([blob(), blob()], [blob()])


def textured(shift: int) -> np.ndarray:
    # Blocks of 8 pixels, large enough for the optical flow.
    small = np.random.default_rng(0).integers(30, 220, (24, 40), np.uint8)
    return np.roll(np.kron(small, np.ones((8, 8), np.uint8)), shift, 1)[..., None].repeat(3, 2)


def test_alpha_that_follows_the_flow_does_not_change() -> None:
    frames = [textured(4 * i) for i in range(3)]
    person = np.kron(blob(24, 40), np.ones((8, 8), np.float32))
    moving_alphas = [np.roll(person, 4 * i, 1) for i in range(3)]
    still_alphas = [person] * 3
    moving, still = (float(np.mean(c)) for c in warped_changes(frames, [moving_alphas, still_alphas]))
    assert moving < still / 5


def test_flicker_on_still_frames_counts_by_its_amplitude() -> None:
    grey = [np.full((100, 100), value, np.float32) for value in (0.5, 0.7, 0.5)]
    (changes,) = warped_changes([textured(0)[:100, :100]] * 3, [grey])
    assert changes == pytest.approx([0.2, 0.2], abs=1e-5)


def test_scene_change_has_no_reliable_pixels() -> None:
    frames = [np.zeros((60, 60, 3), np.uint8), np.full((60, 60, 3), 255, np.uint8)]
    alphas = [np.zeros((60, 60), np.float32), np.ones((60, 60), np.float32)]
    assert warped_changes(frames, [alphas]) == [[0.0]]
