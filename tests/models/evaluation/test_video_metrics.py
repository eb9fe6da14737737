"""Measures of alphas over time, on cases that can be counted by hand."""

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
    """A soft-edged person, nowhere above 0.8."""
    y, x = np.mgrid[0:height, 0:width]
    distance = np.hypot(x - width / 2, y - height / 2)
    return np.clip((25 - distance) / 10, 0, 0.8).astype(np.float32)


def test_true_alpha_has_no_error() -> None:
    true = [np.roll(blob(), 3 * shift, 1) for shift in range(4)]
    measures = measure_video(true, true)
    assert measures[0].dtssd is None
    assert list(means(measures).values()) == pytest.approx([0] * 5, abs=1e-9)


def test_constant_offset_has_mad_but_no_dtssd() -> None:
    true = [blob(), np.roll(blob(), 5, 1), blob()]
    found = means(measure_video([alpha + np.float32(0.1) for alpha in true], true))
    assert found["mad"] == pytest.approx(0.1, abs=1e-6)
    assert found["mse"] == pytest.approx(0.01, abs=1e-6)
    assert found["dtssd"] == pytest.approx(0, abs=1e-6)
    assert found["gradient"] == pytest.approx(0, abs=1e-6)


def test_dtssd_of_flicker_is_twice_its_size() -> None:
    true = [np.roll(blob(), 4 * shift, 1) for shift in range(5)]
    found = measure_video([alpha + np.float32(0.05 * (-1) ** i) for i, alpha in enumerate(true)], true)
    assert [frame.dtssd for frame in found[1:]] == pytest.approx([0.1] * 4, abs=1e-6)
    half = np.zeros((10, 10), np.float32)
    half[:5] = 0.3  # a change of 0.3 on half the pixels: its square's mean is 0.045
    change = measure_video([np.zeros_like(half), half], [np.zeros_like(half)] * 2)[1].dtssd
    assert change == pytest.approx(np.sqrt(0.045), abs=1e-6)


def test_gradient_of_slope_equals_kernel_response() -> None:
    flat = np.zeros((40, 40), np.float32)
    slope = np.broadcast_to(np.arange(40, dtype=np.float32) * 0.01, (40, 40))
    y, x = np.mgrid[-5:6, -5:6]
    kernel = x * np.exp(-(x**2 + y**2) / (2 * 1.4**2))
    response = 0.01 * (kernel * x).sum() / np.linalg.norm(kernel)
    # Columns nearer to the border than the kernel's reach see the picture's end.
    inner = gradient_error(slope, flat) / 40
    assert 30 * response**2 <= inner <= 40 * response**2
    assert gradient_error(flat + 0.5, flat) == pytest.approx(0, abs=1e-9)
    mirrored = np.ascontiguousarray(slope[:, ::-1])
    assert gradient_error(mirrored, slope) == pytest.approx(0, abs=1e-6), "magnitudes, not directions"


def test_disconnected_alpha_counts_fully() -> None:
    true = np.zeros((30, 30), np.float32)
    true[5:15, 5:15] = 1
    found = true.copy()
    found[20:24, 20:25] = 0.6  # an island of 20 pixels
    assert connectivity_error(found, true) == pytest.approx(20 * 0.6, rel=1e-5)
    found = true.copy()
    found[20:24, 20:25] = 0.1  # too faint to count
    assert connectivity_error(found, true) == 0
    found = true.copy()
    found[10, 10] = 0.5  # a hole hangs on up to its own level
    assert connectivity_error(found, true) == pytest.approx(0.5, abs=1e-5)
    found, apart = true.copy(), true.copy()
    found[20:24, 20:25], apart[20:24, 20:25] = 0.9, 1  # what both have is loose all the same
    assert connectivity_error(found, apart) == pytest.approx(20 * 0.1, rel=1e-5)


def test_measure_video_rejects_different_sizes_and_counts() -> None:
    with pytest.raises(ValueError, match="differ in size"):
        measure_video([np.zeros((4, 5), np.float32)], [np.zeros((5, 4), np.float32)])
    with pytest.raises(ValueError, match="zip"):
        measure_video([blob(), blob()], [blob()])


def textured(shift: int) -> np.ndarray:
    # Smooth enough for the flow to follow.
    small = np.random.default_rng(0).integers(30, 220, (24, 40), np.uint8)
    return np.roll(np.kron(small, np.ones((8, 8), np.uint8)), shift, 1)[..., None].repeat(3, 2)


def test_alpha_moving_with_the_flow_has_no_change() -> None:
    frames = [textured(4 * i) for i in range(3)]
    person = np.kron(blob(24, 40), np.ones((8, 8), np.float32))
    along = [np.roll(person, 4 * i, 1) for i in range(3)]
    there = [person] * 3
    moving, still = (float(np.mean(c)) for c in warped_changes(frames, [along, there]))
    assert moving < still / 5


def test_flicker_on_still_clip_counts_by_its_size() -> None:
    grey = [np.full((100, 100), value, np.float32) for value in (0.5, 0.7, 0.5)]
    (changes,) = warped_changes([textured(0)[:100, :100]] * 3, [grey])
    assert changes == pytest.approx([0.2, 0.2], abs=1e-5)


def test_flow_is_unreliable_after_a_cut() -> None:
    frames = [np.zeros((60, 60, 3), np.uint8), np.full((60, 60, 3), 255, np.uint8)]
    alphas = [np.zeros((60, 60), np.float32), np.ones((60, 60), np.float32)]
    assert warped_changes(frames, [alphas]) == [[0.0]]
