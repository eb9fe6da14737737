"""The cached smaller versions of a frame."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from app.engine.core.image_ops import halve
from app.engine.core.pyramid import halved, shrunk
from tests.frames import still

if TYPE_CHECKING:
    from app.engine.core.types import Frame


def noise(height: int, width: int) -> Frame:
    return still(np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8))


@pytest.mark.parametrize("size", [(720, 1280), (1081, 1921), (90, 160), (40, 2000)])
def test_shrinking_averages_pixels(size: tuple[int, int]) -> None:
    frame = noise(*size)
    small = shrunk(frame, 32, 64)
    assert small.shape == (32, 64, 3)
    assert abs(float(small.mean()) - float(frame.bgr.mean())) < 3
    if size[0] >= 720:
        assert small.std() < frame.bgr.std() / 4


def test_pyramid_level_is_made_once_from_previous_level() -> None:
    frame = noise(90, 161)
    eighth, half = halved(frame, 3), halved(frame, 1)
    assert np.array_equal(eighth, halve(frame.bgr, 3)) and np.array_equal(half, halve(frame.bgr, 1))
    assert halved(frame, 3) is eighth and halved(frame, 1) is half
    assert halved(frame, 0) is frame.bgr
    small = shrunk(frame, 32, 64)
    assert shrunk(frame, 32, 64) is small and shrunk(frame, 16, 32) is not small


def test_pyramid_levels_belong_to_one_frame_and_are_read_only() -> None:
    frame = noise(90, 160)
    half = halved(frame, 1)
    other = replace(frame, bgr=255 - frame.bgr)
    assert not np.array_equal(halved(other, 1), half)
    assert not half.flags.writeable and not shrunk(frame, 32, 64).flags.writeable
    assert frame.bgr.flags.writeable
