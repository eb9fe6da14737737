"""The backgrounds that ship: complete, of one size, small, and drawn by the tools in assets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from app.engine.core.paths import assets_folder
from app.engine.media.pictures.picture_reader import read_image
from assets.pictures.backgrounds import BACKGROUNDS
from assets.pictures.denoise import denoised
from assets.pictures.finish import linear, srgb
from assets.pictures.light import Interior, Tracer
from assets.pictures.shapes import ball, box

if TYPE_CHECKING:
    from pathlib import Path

FILES = sorted((assets_folder() / "backgrounds").iterdir())


def test_shipped_background_has_drawing_code() -> None:
    assert {path.stem for path in FILES} == set(BACKGROUNDS)
    assert 8 <= len(FILES) <= 12
    assert sum(path.stat().st_size for path in FILES) < 1_500_000


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_shipped_background_fills_camera_frame(path: Path) -> None:
    picture = read_image(path)
    assert picture.shape == (1080, 1920, 3)
    assert picture.std() > 5


def test_path_tracer_light_reaches_unblocked_points() -> None:
    lamp = ball((0.0, 2.0, 4.0), (0.2, 0.2, 0.2), (1.0, 1.0, 1.0), glow=(20.0, 20.0, 20.0))
    floor = box((-9.0, -0.2, 0.0), (9.0, 0.0, 9.0), (0.5, 0.5, 0.5))
    screen = box((-2.0, 1.0, 3.0), (0.0, 1.1, 5.0), (0.5, 0.5, 0.5))
    interior = Interior(
        [floor, screen, lamp], eye=(0.0, 1.0, 0.0), look_at=(0.0, 0.0, 4.0), sky=(0, 0, 0), lamps=(2,)
    )
    seen = denoised(Tracer(interior).trace(48, 27, 8))
    shaded, lit = seen[14:18, 14:19].mean(), seen[14:18, 29:34].mean()
    assert lit > 3 * shaded > 0


def test_video_colours_survive_round_trip() -> None:
    assert np.allclose(srgb(linear("#336699")) * 255, (0x33, 0x66, 0x99), atol=0.01)
