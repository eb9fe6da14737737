"""Adjustments of the frame: rotation, mirror, crop, brightness."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.core.settings import AdjustmentSettings, EffectSettings, MatteSettings
from app.engine.core.types import Frame, Picture
from app.engine.pipeline.adjust import Adjuster, brightening_gamma, cut, turned_size
from app.engine.pipeline.auto_framing import FULL, View
from app.engine.pipeline.effects import build_effect
from app.engine.pipeline.pipeline import Parts, Pipeline

if TYPE_CHECKING:
    from app.engine.networks.segmenter import Segmenter


def picture(height: int = 90, width: int = 160, seed: int = 0) -> Picture:
    bgr = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    bgr.setflags(write=False)
    return bgr


def adjusted(bgr: Picture, **how: object) -> Picture:
    return Adjuster().apply(bgr, 0.0, AdjustmentSettings(**how))  # type: ignore[arg-type]


def test_default_adjustments_return_same_frame() -> None:
    bgr = picture()
    assert adjusted(bgr) is bgr


def test_mirror_twice_or_rotate_four_times_restores_frame() -> None:
    bgr = picture()
    assert np.array_equal(adjusted(adjusted(bgr, mirror=True), mirror=True), bgr)
    assert np.array_equal(adjusted(bgr, mirror=True)[:, 0], bgr[:, -1])
    turned = bgr
    for _ in range(4):
        turned = adjusted(turned, rotation=90)
    assert np.array_equal(turned, bgr)
    assert np.array_equal(adjusted(bgr, rotation=180), bgr[::-1, ::-1])
    assert np.array_equal(adjusted(bgr, rotation=270), adjusted(adjusted(bgr, rotation=180), rotation=90))
    assert np.array_equal(adjusted(bgr, rotation=90)[0], bgr[::-1, 0]), "clockwise: the left side is on top"


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_turned_size_equals_adjusted_size(rotation: int) -> None:
    assert adjusted(picture(), rotation=rotation).shape[:2] == turned_size(90, 160, rotation)


def test_zoom_enlarges_the_middle() -> None:
    bgr = cv2.GaussianBlur(picture(180, 320), (0, 0), 6).astype(np.uint8)
    zoomed = adjusted(bgr, zoom=2.0)
    middle = cv2.resize(bgr[45:135, 80:240], (320, 180), interpolation=cv2.INTER_LINEAR)
    assert zoomed.shape == bgr.shape
    assert np.abs(zoomed.astype(int) - middle)[2:-2, 2:-2].max() <= 3


@given(st.floats(0.3, 0.7), st.floats(0.3, 0.7), st.floats(0.3, 0.6))
def test_crop_keeps_positions_in_proportion(x: float, y: float, size: float) -> None:
    """Each pixel's colour is its position."""
    rows, columns = np.mgrid[0:128, 0:128]
    bgr = np.dstack([rows, columns, np.zeros_like(rows)]).astype(np.uint8)
    if not (size / 2 <= x <= 1 - size / 2 and size / 2 <= y <= 1 - size / 2):
        return
    part = cut(bgr, View(x, y, size)).astype(float)
    assert abs(part[..., 0].mean() - (y * 128 - 0.5)) < 1.0
    assert abs(part[..., 1].mean() - (x * 128 - 0.5)) < 1.0
    assert abs((part[-1, 0, 0] - part[0, 0, 0]) / 127 - size) < 0.02
    assert np.array_equal(cut(bgr, FULL), bgr)


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_brightening_keeps_good_light_and_never_darkens(light: float, strength: float) -> None:
    gamma = brightening_gamma(light, strength)
    assert 0.35 <= gamma <= 1.0
    if light >= 0.45 or strength == 0.0:
        assert gamma == 1.0


def test_brightening_keeps_black_and_white() -> None:
    dark = (picture(180, 320) * 0.2).astype(np.uint8)
    dark[0], dark[1] = 0, 255
    half, full = adjusted(dark, brighten=0.5), adjusted(dark, brighten=1.0)
    assert dark.mean() + 10 < half.mean() < full.mean() - 10
    assert 0.35 * 255 < full.mean() < 0.5 * 255
    assert (full[0] == 0).all() and (full[1] == 255).all()


def test_brightening_follows_changing_light_slowly() -> None:
    """The added brightness changes slowly even if the light changes often."""
    adjuster, wanted = Adjuster(), AdjustmentSettings(brighten=1.0)
    dark, bright = np.full((90, 160, 3), 30, np.uint8), np.full((90, 160, 3), 110, np.uint8)
    added = []
    for index in range(60):
        bgr = bright if index % 2 else dark
        out = adjuster.apply(bgr, index / 30, wanted)
        added.append(np.log(out.mean() / 255) / np.log(bgr.mean() / 255))
    assert np.abs(np.diff(added[20:])).max() < 0.05


def test_network_sees_adjusted_frame(segmenter: Segmenter) -> None:
    """The tiny network takes red for the person: here at the left, mirrored at the right."""
    bgr = np.zeros((192, 320, 3), np.uint8)
    bgr[..., 0] = 255
    bgr[:, 16:112] = (0, 0, 255)
    effect = build_effect(EffectSettings("colour", {"colour": "#00ff00"}))
    parts = Parts(segmenter, effect, MatteSettings(), adjustments=AdjustmentSettings(mirror=True))
    processed = Pipeline(parts).process(Frame(0, 0.0, bgr))
    out = processed.composite.picture
    assert (out[:, 216:296] == (0, 0, 255)).all() and (out[:, :190] == (0, 255, 0)).all()
    assert np.array_equal(processed.frame.bgr, bgr[:, ::-1])


def test_rotated_frame_shows_no_room(segmenter: Segmenter) -> None:
    bgr = np.zeros((192, 320, 3), np.uint8)
    bgr[..., 0] = 255
    bgr[:, 16:112] = (0, 0, 255)
    effect = build_effect(EffectSettings("colour", {"colour": "#00ff00"}))
    pipeline = Pipeline(Parts(segmenter, effect))
    for index, rotation in enumerate((0, 90, 180, 270, 90, 0)):
        pipeline.update(Parts(segmenter, effect, adjustments=AdjustmentSettings(rotation=rotation)))  # type: ignore[arg-type]
        out = pipeline.process(Frame(index, index / 30, bgr)).composite.picture
        assert out.shape[:2] == turned_size(192, 320, rotation)
        assert not (out == (255, 0, 0)).all(axis=2).any()
