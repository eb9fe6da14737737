"""Looks in the pipeline: after the matte, before the composite, with every effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from app.engine.core.settings import EffectSettings
from app.engine.core.types import Alpha, Frame, Picture
from app.engine.looks.stage import Looks
from app.engine.looks.tone import shade
from app.engine.pipeline.effects import EFFECTS, build_effect
from app.engine.pipeline.large_picture import composite_large
from app.engine.pipeline.pipeline import Parts, Pipeline, Stopwatch
from tests.fakes import FakeSegmenter

if TYPE_CHECKING:
    from pathlib import Path

    from app.engine.core.parameters import Values
    from app.engine.networks.segmenter import Segmenter

GREEN = EffectSettings("colour", {"colour": "#00ff00"})
ALL_TONES: Values = {
    "white_balance": 1.0,
    "exposure": 0.5,
    "contrast": 0.4,
    "warmth": 0.3,
    "vibrance": 0.4,
    "person_light": 0.6,
    "room_dimmed": 0.7,
    "vignette": 0.8,
    "sharpen": 0.5,
    "calm": 1.0,
}


def room(level: int = 100) -> Picture:
    """The person of `FakeSegmenter` left, the room right: both grey."""
    bgr = np.full((192, 320, 3), level, np.uint8)
    bgr[::8, ::8] = level // 2
    bgr.setflags(write=False)
    return bgr


def pipeline(effect: EffectSettings, values: Values, segmenter: Segmenter | None = None) -> Pipeline:
    return Pipeline(Parts(segmenter or FakeSegmenter(), build_effect(effect), looks=Looks(values)))


def test_looks_that_are_off_change_no_pixel_and_take_no_stage() -> None:
    for name in ("none", "blur", "transparent"):
        watch = Stopwatch()
        plain = Pipeline(Parts(FakeSegmenter(), build_effect(EffectSettings(name))))
        off = pipeline(EffectSettings(name), {"exposure": 0.0, "vignette": 0.0})
        wanted = plain.process(Frame(0, 0.0, room())).composite.picture
        assert np.array_equal(off.process(Frame(0, 0.0, room()), watch).composite.picture, wanted)
        assert "look" not in watch.stage_ms


class Watched(FakeSegmenter):
    """Keeps a copy of each frame that the network sees."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Picture] = []

    def infer(self, frame: Frame) -> Alpha:
        self.seen.append(frame.bgr.copy())
        return super().infer(frame)


def test_network_and_comparison_see_the_untouched_frame() -> None:
    segmenter = Watched()
    processed = pipeline(EffectSettings("blur"), ALL_TONES, segmenter).process(Frame(0, 0.0, room()))
    assert np.array_equal(segmenter.seen[0], room())
    assert np.array_equal(processed.frame.bgr, room())
    assert not np.array_equal(processed.composite.picture, room())


NEEDS_MORE = ("image", "video", "slides", "screen")


@pytest.mark.parametrize("name", [name for name in EFFECTS if name not in NEEDS_MORE])
def test_looks_work_with_every_effect_and_write_no_frame(name: str) -> None:
    watch = Stopwatch()
    made = pipeline(EffectSettings(name), ALL_TONES)
    for index in range(3):
        picture = made.process(Frame(index, index / 30, room()), watch).composite.picture
    plain = Pipeline(Parts(FakeSegmenter(), build_effect(EffectSettings(name))))
    before = plain.process(Frame(0, 0.0, room())).composite.picture
    assert picture.shape == before.shape and "look" in watch.stage_ms
    middle, corner = np.s_[90:100, 60:100], np.s_[:4, :4]
    assert picture[middle][..., :3].mean() > before[middle][..., :3].mean() + 15, "the person is brighter"
    if name == "colour":
        assert np.array_equal(picture[:, 200:], before[:, 200:]), "a colour to key out stays exact"
    elif name != "transparent":
        assert picture[corner].mean() < before[corner].mean() - 10, "the corners are darker"
        assert picture[90:100, 220:260].mean() < before[90:100, 220:260].mean() - 5, "the room is darker"


@pytest.mark.parametrize("effect", ["blur", "lens"])
def test_bright_rim_of_a_dark_person_is_darkened_as_the_room_is(
    effect: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The soft edge holds some of the bright room."""
    bgr = np.full((192, 320, 3), 200, np.uint8)
    bgr[:, :160] = 40
    bgr = np.asarray(cv2.GaussianBlur(bgr, (0, 0), 2), np.uint8)
    lit: Values = {"person_light": 0.4, "room_dimmed": 0.5}

    def brightest() -> int:
        picture = pipeline(EffectSettings(effect), lit).process(Frame(0, 0.0, bgr)).composite.picture
        row = picture[96, 100:220, 0].astype(int)
        return int(row.max() - max(row[0], row[-1]))

    rim = brightest()
    monkeypatch.setattr("app.engine.looks.stage.shade", lambda *values: shade(*values[:4]))
    assert rim <= 12 and rim < brightest() - 5


@pytest.mark.parametrize("effect", ["blur", "lens"])
def test_room_that_is_darkened_while_small_is_as_dark_as_at_full_size(effect: str) -> None:
    values: Values = {"vignette": 1.0, "room_dimmed": 0.5}
    bgr = np.full((360, 640, 3), 160, np.uint8)
    picture = pipeline(EffectSettings(effect), values).process(Frame(0, 0.0, bgr)).composite.picture
    plane = Looks(values)._shade_of(360, 640).background
    assert plane is not None
    wanted = 160 * plane[:, 400:].astype(float) / 255
    assert np.abs(picture[:, 400:, 0] - wanted).mean() < 4


def test_colour_of_the_camera_does_not_change_a_replaced_background(tmp_path: Path) -> None:
    file = tmp_path / "behind.png"
    cv2.imwrite(str(file), np.full((192, 320, 3), 77, np.uint8))
    effect = EffectSettings("image", {"file": str(file)})
    picture = pipeline(effect, {"exposure": 1.0, "warmth": 1.0}).process(Frame(0, 0.0, room()))
    assert (picture.composite.picture[:, 200:] == 77).all()


def test_no_effect_needs_no_network_for_looks_without_matte() -> None:
    watched = Watched()
    made = pipeline(EffectSettings("none"), {"exposure": 1.0, "vignette": 1.0, "calm": 0.5}, watched)
    picture = made.process(Frame(0, 0.0, room())).composite.picture
    assert not watched.seen
    assert picture[96, 161, 0] > 120 and picture[0, 0, 0] < 60
    assert pipeline(EffectSettings("none"), {"person_light": 1.0}, watched).process(Frame(0, 0.0, room()))
    assert len(watched.seen) == 1


def test_new_scene_forgets_earlier_frames() -> None:
    rng = np.random.default_rng(0)
    noisy = [np.clip(room(60) + rng.normal(0, 6, (192, 320, 3)), 0, 255).astype(np.uint8) for _ in range(20)]
    made = pipeline(EffectSettings("none"), {"calm": 1.0})
    for index, bgr in enumerate(noisy):
        picture = made.process(Frame(index, index / 30, bgr)).composite.picture
    assert not np.array_equal(picture, noisy[-1])
    assert np.array_equal(made.process(Frame(20, 0.7, noisy[0], scene=1)).composite.picture, noisy[0])


def test_looks_apply_to_large_photos(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.engine.pipeline.large_picture._COPY_PX", 192 * 320)
    rng = np.random.default_rng(0)
    photo = rng.integers(90, 111, (384, 640, 3), np.uint8)
    cases: list[tuple[Values, bool]] = [({}, False), ({"exposure": 1.0}, True), ({"person_light": 1.0}, True)]
    for values, is_changed in cases:
        made = composite_large(pipeline(EffectSettings("none"), values), Frame(0, 0.0, photo.copy()))
        assert (made[:, :300].mean() > photo.mean() + 20) == is_changed
        assert made[:, 340:].std() > 0.8 * photo.std(), "the room keeps its detail"


@pytest.mark.parametrize("effect", [GREEN, EffectSettings("transparent")])
def test_room_stays_hidden_with_looks(segmenter: Segmenter, effect: EffectSettings) -> None:
    """The tiny network takes red for the person; the room is blue."""
    made = pipeline(effect, ALL_TONES, segmenter)
    for index, left in enumerate((0, 200, 32, 160, 96)):
        bgr = np.zeros((192, 320, 3), np.uint8)
        bgr[..., 0] = 255
        bgr[:, left : left + 96] = (0, 0, 255)
        picture = made.process(Frame(index, index / 30, bgr)).composite.picture
        away = np.delete(picture, np.s_[max(0, left - 12) : left + 108], axis=1)
        if picture.shape[2] == 4:
            assert not away[..., 3].any() and not away[..., :3].any()
        else:
            assert (away == (0, 255, 0)).all()
