"""Photos above 50 megapixels: the same composite, with little memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

import app.engine.pipeline.large_picture as large_picture
from app.engine.core.settings import EffectSettings
from app.engine.core.types import Frame
from app.engine.networks.segmenter import Segmenter
from app.engine.pipeline.effects import build_effect
from app.engine.pipeline.large_picture import composite_large, matte_large
from app.engine.pipeline.pipeline import Parts, Pipeline
from tests.clips import person
from tests.networks import write_network

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def segmenter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Segmenter:
    monkeypatch.setattr(large_picture, "_COPY_PX", 40_000)
    monkeypatch.setattr(large_picture, "_STRIP_PX", 30_000)
    return Segmenter(write_network(tmp_path / "net.onnx"))


def photo(width_px: int, height_px: int) -> np.ndarray:
    """The red person in the blue room, with fine noise over all."""
    picture = cv2.resize(person(0), (width_px, height_px), interpolation=cv2.INTER_LINEAR).astype(int)
    noise = np.random.default_rng(0).integers(-12, 13, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def frame(bgr: np.ndarray, scene: int) -> Frame:
    return Frame(0, 0.0, bgr.copy(), scene)


@pytest.mark.parametrize("size", [(640, 384), (643, 389), (1201, 311)])
@pytest.mark.parametrize("name", ["colour", "blur", "lens"])
def test_large_photo_gives_the_same_composite(segmenter: Segmenter, size: tuple[int, int], name: str) -> None:
    pipeline = Pipeline(Parts(segmenter, build_effect(EffectSettings(name))))
    bgr = photo(*size)
    whole = pipeline.process(frame(bgr, 1)).composite.picture
    alpha = pipeline.matte(frame(bgr, 2)).alpha
    large = composite_large(pipeline, frame(bgr, 3))
    assert large.shape == whole.shape
    inside = cv2.erode((alpha >= 1).astype(np.uint8), np.ones((25, 25))) > 0
    outside = cv2.erode((alpha <= 0).astype(np.uint8), np.ones((25, 25))) > 0
    assert inside.any() and outside.any()
    assert np.abs(large.astype(int) - whole)[inside].max() <= 1  # With its noise: no detail is lost.
    assert np.abs(large.astype(int) - whole)[outside].mean() < 4


def test_room_does_not_show_in_large_photo(segmenter: Segmenter) -> None:
    pipeline = Pipeline(Parts(segmenter, build_effect(EffectSettings("colour", {"colour": "#00ff00"}))))
    bgr = photo(640, 384)
    large = composite_large(pipeline, frame(bgr, 1))
    assert (large[..., 0] < 60).all()  # Nothing blue.


def test_large_cut_out_has_no_colour_under_transparency(segmenter: Segmenter) -> None:
    pipeline = Pipeline(Parts(segmenter, build_effect(EffectSettings("transparent"))))
    bgr = photo(643, 389)
    cut = composite_large(pipeline, frame(bgr, 1))
    assert cut.shape == (389, 643, 4)
    assert cut[cut[..., 3] == 0].max() == 0
    assert 0.1 < (cut[..., 3] == 255).mean() < 0.6
    assert np.abs(cut[250, 320, :3].astype(int) - bgr[250, 320]).max() <= 1


def test_large_matte_and_unchanged_photo(segmenter: Segmenter) -> None:
    pipeline = Pipeline(Parts(segmenter, build_effect(EffectSettings("none"))))
    bgr = photo(643, 389)
    assert np.array_equal(composite_large(pipeline, frame(bgr, 1)), bgr)
    matte = matte_large(pipeline, frame(bgr, 2))
    whole = 255 * pipeline.matte(frame(bgr, 3)).alpha
    assert matte.shape == (389, 643) and np.abs(matte - whole).mean() < 6
