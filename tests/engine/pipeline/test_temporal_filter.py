"""Smoothing of alpha over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from app.engine.core.motion import Motion
from app.engine.pipeline.temporal_filter import TemporalFilter

if TYPE_CHECKING:
    from app.engine.core.image_ops import Grey
    from app.engine.core.types import Alpha


def scene(left_px: int) -> tuple[Alpha, np.ndarray[tuple[int, int], np.dtype[np.float32]]]:
    """A patterned square on another pattern: its alpha and the picture."""
    rng = np.random.default_rng(3)
    room, person = (cv2.resize(rng.integers(0, 256, (20, 36), np.uint8), (288, 160)) for _ in range(2))
    alpha = np.zeros((160, 288), np.float32)
    alpha[40:120, left_px : left_px + 80] = 1.0
    moved = np.roll(person, left_px, 1)
    return alpha, np.where(alpha > 0, moved, room).astype(np.float32)


class Steadying:
    """The filter with the motion of its pictures."""

    def __init__(self) -> None:
        self._filter, self._motion = TemporalFilter(), Motion()

    def apply(self, raw: Alpha, grey: Grey, steadiness: float) -> Alpha:
        return self._filter.apply(raw, self._motion.step(grey), steadiness)

    def reset(self) -> None:
        self._filter.reset()


def test_flicker_is_averaged_along_motion() -> None:
    steadying = Steadying()
    rng = np.random.default_rng(0)
    shaken, held = [], []
    for frame in range(20):
        alpha, grey = scene(60 + 3 * frame)
        noisy = np.clip(
            alpha + rng.normal(0, 0.1, (8, 8)).astype(np.float32).repeat(20, 0).repeat(36, 1), 0, 1
        )
        apply = steadying.apply(noisy, grey, 0.5)
        inside = np.s_[50:110, 60 + 3 * frame + 10 : 60 + 3 * frame + 70]
        if frame > 5:
            shaken.append(noisy[inside].mean())
            held.append(apply[inside].mean())
    assert np.std(held) < 0.75 * np.std(shaken)


def test_moving_outline_does_not_lag() -> None:
    steadying = Steadying()
    for frame in range(12):
        alpha, grey = scene(60 + 3 * frame)
        apply = steadying.apply(alpha, grey, 0.5)
    assert np.abs(apply - alpha).max() < 0.1


@pytest.mark.parametrize("steadiness", [0.0, 0.5, 1.0])
def test_temporal_filter_keeps_inputs_and_is_identity_at_0(steadiness: float) -> None:
    steadying = Steadying()
    for left_px in (60, 64):
        alpha, grey = scene(left_px)
        alpha.setflags(write=False)
        grey.setflags(write=False)
        apply = steadying.apply(alpha, grey, steadiness)
        assert steadiness or np.array_equal(apply, alpha)
        assert apply.min() >= 0 and apply.max() <= 1


def test_temporal_filter_forgets_at_cut() -> None:
    steadying = Steadying()
    steadying.apply(*scene(20), 1.0)
    steadying.reset()
    alpha, grey = scene(180)
    assert np.array_equal(steadying.apply(alpha, grey, 1.0), alpha)
