"""Filters with a parameter per image, compared with OpenCV's for one image."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch

from models.data.batched.filters import box_mean, gaussian_blur, jpeg, motion_blur


def blocks(count: int = 3, seed: int = 0) -> np.ndarray:
    """Smooth random images, float32 [N, 64, 96, 3], 0 to 255."""
    rng = np.random.default_rng(seed)
    small = rng.uniform(0, 255, (count, 8, 12, 3)).astype(np.float32)
    return np.stack([cv2.resize(image, (96, 64), interpolation=cv2.INTER_CUBIC) for image in small]).clip(
        0, 255
    )


def planes(images: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(images).permute(0, 3, 1, 2).contiguous()


def test_gaussian_blur_equals_opencv_for_each_sigma() -> None:
    images, sigmas = blocks(), np.array([0.5, 1.5, 3.0])
    blurred = gaussian_blur(planes(images), sigmas).permute(0, 2, 3, 1).numpy()
    for image, found, sigma in zip(images, blurred, sigmas, strict=True):
        expected = cv2.GaussianBlur(image, (17, 17), sigma, borderType=cv2.BORDER_REFLECT_101)
        np.testing.assert_allclose(found, expected, atol=0.2)


def test_gaussian_blur_wider_than_the_image_is_finite() -> None:
    blurred = gaussian_blur(torch.rand(1, 1, 4, 6), np.array([9.0]))
    assert torch.isfinite(blurred).all()


def test_motion_blur_smears_along_its_angle_only() -> None:
    image = torch.zeros(2, 1, 21, 21)
    image[:, :, 10, 10] = 1.0
    smeared = motion_blur(image, np.array([7, 7]), np.array([0.0, np.pi / 2]))
    assert smeared.sum((1, 2, 3)).numpy() == pytest.approx(1, abs=1e-4)
    assert smeared[0, 0, 10, 8] > 0.1 and smeared[0, 0, 8, 10] == 0
    assert smeared[1, 0, 8, 10] > 0.1 and smeared[1, 0, 10, 8] < 1e-6


def test_box_mean_equals_opencv() -> None:
    images = blocks()
    found = box_mean(planes(images), 7).permute(0, 2, 3, 1).numpy()
    for image, mean in zip(images, found, strict=True):
        expected = cv2.blur(image, (7, 7), borderType=cv2.BORDER_REPLICATE)
        np.testing.assert_allclose(mean, expected, atol=0.1)


@pytest.mark.parametrize("quality", [30, 60, 85])
def test_jpeg_is_near_libjpeg(quality: int) -> None:
    images = blocks(2, quality).round()
    found = jpeg(planes(images), np.full(2, float(quality))).permute(0, 2, 3, 1).numpy()
    for image, compressed in zip(images, found, strict=True):
        ok, file = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
        assert ok
        expected = np.asarray(cv2.imdecode(file, cv2.IMREAD_COLOR), np.float32)
        ours, theirs = np.abs(compressed - image).mean(), np.abs(expected - image).mean()
        assert 0.5 * theirs < ours < 2 * theirs
        assert np.abs(compressed - expected).mean() < 3
