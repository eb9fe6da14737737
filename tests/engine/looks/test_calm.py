"""Calm picture: less noise where it is dark and still, nothing lost where something moves."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from app.engine.core.types import Frame, Picture, Unlit
from app.engine.looks.calm import Calm
from app.engine.looks.stage import Looks

HEIGHT, WIDTH = 180, 320
ONE = np.ones((HEIGHT, WIDTH), np.float32)
Clean = npt.NDArray[np.float64]


def dark_room(level: float = 60.0) -> Clean:
    """Soft structures of 5 to 140 levels, as a room is seen out of focus."""
    grain = np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, 3)).astype(np.float64)
    soft = np.asarray(cv2.GaussianBlur(grain, (0, 0), 4), np.float64)
    return np.asarray(np.clip((soft - soft.mean()) * 6 + level, 5, 140), np.float64)


def camera(clean: Clean, noise: float, rng: np.random.Generator) -> Picture:
    return np.asarray(np.clip(np.rint(clean + rng.normal(0, noise, clean.shape)), 0, 255), np.uint8)


def psnr(picture: npt.NDArray[np.generic], clean: Clean) -> float:
    return float(10 * np.log10(255**2 / np.mean((np.asarray(picture, np.float64) - clean) ** 2)))


@pytest.mark.parametrize("noise", [3.0, 6.0, 12.0])
def test_still_parts_gain_four_decibels(noise: float) -> None:
    calm, rng, clean = Calm({"calm": 1.0}), np.random.default_rng(2), dark_room()
    for index in range(25):
        bgr = camera(clean, noise, rng)
        made = calm.apply(bgr, Frame(index, index / 30, bgr), ONE)
    assert psnr(made, clean) - psnr(bgr, clean) > 4.0


@pytest.mark.parametrize("noise", [3.0, 6.0, 12.0])
@pytest.mark.parametrize("speed_px", [0.5, 2.0, 6.0])
def test_moving_edges_keep_their_contrast(noise: float, speed_px: float) -> None:
    """A bar of 25 levels moves; at its edges the step is measured over many rows, so that noise is not."""
    calm, rng, room = Calm({"calm": 1.0}), np.random.default_rng(3), dark_room()
    x = np.arange(WIDTH) + 0.5
    steps: list[float] = []
    wanted: list[float] = []
    for index in range(24):
        left = 60 + speed_px * index
        bar = np.clip(np.minimum(x - left, left + 70 - x), 0, 1)
        clean = room + 25 * bar[None, :, None]
        bgr = camera(clean, noise, rng)
        made = calm.apply(bgr, Frame(index, index / 30, bgr), ONE)
        if index > 11:
            for edge, side in ((round(left), 1), (round(left + 70), -1)):
                for kept, picture in ((steps, made), (wanted, clean)):
                    profile = (picture[5:-5] - room[5:-5]).mean(axis=(0, 2))
                    kept.append(side * (profile[edge + 2] - profile[edge - 3]))
    assert sum(steps) > 0.95 * sum(wanted)


def test_switched_light_leaves_no_trail() -> None:
    calm, rng = Calm({"calm": 1.0}), np.random.default_rng(4)
    for index in range(30):
        clean = dark_room(60.0 if index < 20 else 90.0)
        bgr = camera(clean, 5.0, rng)
        made = calm.apply(bgr, Frame(index, index / 30, bgr), ONE)
        if index >= 20:
            assert abs(float(made.mean()) - clean.mean()) < 1.0, f"frame {index}"


def test_camera_that_moves_does_not_smear() -> None:
    """The whole picture moves, so that most of the change is motion and not noise."""
    calm, rng, room = Calm({"calm": 1.0}), np.random.default_rng(5), dark_room()
    for index in range(40):
        clean = np.roll(room, 3 * index, axis=1)
        bgr = camera(clean, 5.0, rng)
        made = calm.apply(bgr, Frame(index, index / 30, bgr), ONE)
    assert psnr(made, clean) > psnr(bgr, clean) - 0.5


def test_bright_parts_stay_as_they_are() -> None:
    calm, rng = Calm({"calm": 1.0}), np.random.default_rng(6)
    for index in range(5):
        bgr = camera(np.full((HEIGHT, WIDTH, 3), 240.0), 3.0, rng)
        assert np.array_equal(calm.apply(bgr, Frame(index, index / 30, bgr), ONE), bgr)


def test_strength_and_change_of_size() -> None:
    clean, gains = dark_room(), []
    for strength in (0.3, 1.0):
        calm, rng = Calm({"calm": strength}), np.random.default_rng(7)
        for index in range(15):
            bgr = camera(clean, 6.0, rng)
            made = calm.apply(bgr, Frame(index, index / 30, bgr), ONE)
        gains.append(psnr(made, clean) - psnr(bgr, clean))
    assert 0.5 < gains[0] < gains[1] - 2
    small = np.ascontiguousarray(bgr[:90, :160])
    assert np.array_equal(calm.apply(small, Frame(20, 1.0, small), ONE[:90, :160]), small)


def test_noise_is_removed_before_brightening() -> None:
    """Brightened for poor light, the picture gains as much as the dark one."""
    clean, rng = dark_room() / 2, np.random.default_rng(8)
    levels = np.asarray((255 * (np.arange(256) / 255) ** 0.45).round(), np.uint8)
    wanted = 255 * (clean / 255) ** 0.45
    looks = Looks({"calm": 1.0})
    for index in range(25):
        dark = camera(clean, 4.0, rng)
        lit = np.asarray(cv2.LUT(dark, levels), np.uint8)
        made = looks.apply(Frame(index, index / 30, lit), ONE, Unlit(dark, levels)).person.bgr
    assert psnr(made, wanted) - psnr(lit, wanted) > 4.0
