"""The pipeline: one frame through all stages."""

from __future__ import annotations

import numpy as np
import pytest

from app.engine.core.errors import BackdropError
from app.engine.core.settings import AdjustmentSettings, EffectSettings, MatteSettings, PresenterSettings
from app.engine.core.types import Alpha, Frame, Picture
from app.engine.looks.stage import Looks
from app.engine.networks.segmenter import Segmenter
from app.engine.pipeline.adjust import Adjuster
from app.engine.pipeline.auto_framing import AutoFraming
from app.engine.pipeline.effects import build_effect
from app.engine.pipeline.matte import MatteStage
from app.engine.pipeline.pipeline import Parts, Pipeline, Stopwatch
from app.engine.pipeline.presenter.presenter import Presenter
from tests.fakes import FakeSegmenter

GREEN = (0, 255, 0)


def person_at(left: int, width: int = 320, height: int = 192) -> Picture:
    """A red person (which the tiny network finds) in a blue room."""
    bgr = np.zeros((height, width, 3), np.uint8)
    bgr[..., 0] = 255
    bgr[:, left : left + 96] = (0, 0, 255)
    bgr.setflags(write=False)
    return bgr


def green(segmenter: Segmenter) -> Pipeline:
    return Pipeline(
        Parts(segmenter, build_effect(EffectSettings("colour", {"colour": "#00ff00"})), MatteSettings())
    )


def test_composite_keeps_person_and_replaces_room(segmenter: Segmenter) -> None:
    picture = green(segmenter).process(Frame(3, 1.5, person_at(96))).composite.picture
    assert (picture[:, 104:184] == (0, 0, 255)).all()
    assert (picture[:, :88] == GREEN).all() and (picture[:, 200:] == GREEN).all()


def test_composite_uses_matte_of_its_own_frame(segmenter: Segmenter) -> None:
    pipeline = green(segmenter)
    for index, left in enumerate((0, 200, 32, 160, 96)):
        composite = pipeline.process(Frame(index, float(index), person_at(left))).composite
        assert (composite.index, composite.captured_at) == (index, float(index))
        away = np.delete(composite.picture, np.s_[max(0, left - 8) : left + 104], axis=1)
        assert (away == GREEN).all(), f"the room shows in frame {index}"
        assert (composite.picture[:, left + 8 : left + 88, 2] == 255).all()


def test_change_of_zoom_forgets_the_room(segmenter: Segmenter, monkeypatch: pytest.MonkeyPatch) -> None:
    forgotten: list[int] = []
    now = [0]
    monkeypatch.setattr(MatteStage, "forget_room", lambda stage: forgotten.append(now[0]))
    pipeline, parts = green(segmenter), green(segmenter)._parts
    for index, zoom in enumerate((1.0, 1.0, 1.5, 1.5, 1.0)):
        now[0] = index
        pipeline.update(parts._replace(adjustments=AdjustmentSettings(zoom=zoom)))
        pipeline.process(Frame(index, float(index), person_at(96)))
    assert forgotten == [0, 2, 4], "the first frame begins a scene"


def test_no_effect_gives_a_copy_of_the_frame_without_the_network() -> None:
    frame = Frame(0, 0.0, person_at(10))
    pipeline = Pipeline(Parts(None, build_effect(EffectSettings("none")), MatteSettings()))  # type: ignore[arg-type]
    picture = pipeline.process(frame).composite.picture
    assert np.array_equal(picture, frame.bgr) and not np.shares_memory(picture, frame.bgr)


def test_transparent_effect_has_alpha_channel(segmenter: Segmenter) -> None:
    pipeline = Pipeline(Parts(segmenter, build_effect(EffectSettings("transparent")), MatteSettings()))
    picture = pipeline.process(Frame(0, 0.0, person_at(96))).composite.picture
    assert picture.shape == (192, 320, 4)
    assert (picture[:, :80, 3] == 0).all() and (picture[:, 108:180, 3] == 255).all()


def test_new_scene_whose_first_frame_fails_still_ends_all_memory(
    segmenter: Segmenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    resets: list[str] = []
    monkeypatch.setattr(MatteStage, "reset", lambda stage: resets.append("matte"))
    monkeypatch.setattr(Looks, "reset", lambda looks: resets.append("looks"))
    pipeline, infer = green(segmenter), segmenter.infer
    pipeline.process(Frame(0, 0.0, person_at(96)))
    resets.clear()

    def fail(frame: Frame) -> Alpha:
        raise BackdropError("The network gave a broken matte.")

    monkeypatch.setattr(segmenter, "infer", fail)
    with pytest.raises(BackdropError):
        pipeline.process(Frame(1, 1.0, person_at(96), scene=1))
    monkeypatch.setattr(segmenter, "infer", infer)
    pipeline.process(Frame(2, 2.0, person_at(96), scene=1))
    assert resets == ["matte", "looks"]


def test_accelerator_infers_one_frame_at_a_time() -> None:
    segmenter = FakeSegmenter()
    pipeline = green(segmenter)
    assert not pipeline.infers_in_order
    segmenter.provider = "Dml"
    assert pipeline.infers_in_order


def test_composites_without_memory_may_be_made_at_once(segmenter: Segmenter) -> None:
    parts = green(segmenter)._parts
    assert not Pipeline(parts).composes_in_order
    for other in (
        parts._replace(looks=Looks({"exposure": 0.5})),
        parts._replace(adjustments=AdjustmentSettings(auto_frame=True)),
        parts._replace(presenter=Presenter(PresenterSettings(tag={"name": "Ada"}))),
    ):
        assert Pipeline(other).composes_in_order


@pytest.mark.parametrize("change", ["scene", "size", "network"])
def test_matte_memory_ends_with_scene(tiny_segmenters: tuple[Segmenter, Segmenter], change: str) -> None:
    segmenter, other = tiny_segmenters
    effect = build_effect(EffectSettings("transparent"))
    settings = MatteSettings(steadiness=1.0, sharpness=0.0)

    def grey(value: int, height: int = 192) -> Picture:
        return np.full((height, 320, 3), value, np.uint8)

    fresh = Pipeline(Parts(segmenter, effect, settings)).matte(Frame(0, 0.0, grey(130))).alpha[0, 0]
    pipeline = Pipeline(Parts(segmenter, effect, settings))
    pipeline.matte(Frame(0, 0.0, grey(120, 160 if change == "size" else 192)))
    if change == "network":
        pipeline.update(Parts(other, effect, settings))
    after = pipeline.matte(Frame(1, 0.0, grey(130), scene=int(change == "scene"))).alpha[0, 0]
    assert after == pytest.approx(fresh)
    lagging = pipeline.matte(Frame(2, 0.0, grey(120), scene=int(change == "scene"))).alpha[0, 0]
    assert lagging > 120 / 255 * 1.001 - 0.06, "within one scene the filter has memory"


@pytest.fixture
def tiny_segmenters(tiny: object) -> tuple[Segmenter, Segmenter]:
    return Segmenter(tiny), Segmenter(tiny)  # type: ignore[arg-type]


def test_each_stage_is_timed(segmenter: Segmenter) -> None:
    watch = Stopwatch()
    green(segmenter).process(Frame(0, 0.0, person_at(0)), watch)
    assert list(watch.stage_ms) == ["network", "matte", "effect", "composite"]
    assert all(ms >= 0 for ms in watch.stage_ms.values())


def test_pipeline_without_auto_framing_does_not_follow_the_person(
    segmenter: Segmenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed: list[object] = []
    monkeypatch.setattr(AutoFraming, "follow", lambda self, alpha: followed.append(alpha))
    effect = build_effect(EffectSettings("transparent"))
    for auto_frame in (False, True):
        pipeline = Pipeline(Parts(segmenter, effect, adjustments=AdjustmentSettings(auto_frame=auto_frame)))
        for index in range(3):
            pipeline.process(Frame(index, index / 30, person_at(96)))
        assert len(followed) == (3 if auto_frame else 0)


@pytest.mark.parametrize("effect", ["none", "transparent"])
def test_pipeline_resets_the_adjuster_once_per_scene_with_any_effect(
    segmenter: Segmenter, monkeypatch: pytest.MonkeyPatch, effect: str
) -> None:
    pipeline = Pipeline(
        Parts(segmenter, build_effect(EffectSettings(effect)), adjustments=AdjustmentSettings(brighten=1.0))
    )
    resets: list[int] = []
    index = 0
    monkeypatch.setattr(Adjuster, "reset", lambda self: resets.append(index))
    for index, scene in enumerate((0, 0, 0, 1, 1, 2)):
        pipeline.process(Frame(index, index / 30, person_at(96), scene))
    assert [index for index in resets if index] == [3, 5]


def test_brightening_with_no_effect_stays_smooth_after_the_camera_reopens(segmenter: Segmenter) -> None:
    """Blur, then no effect, then a reopened camera: the brightness still follows the light slowly."""
    adjustments = AdjustmentSettings(brighten=1.0)
    blur, none = (build_effect(EffectSettings(name)) for name in ("blur", "none"))
    pipeline = Pipeline(Parts(segmenter, blur, adjustments=adjustments))
    pipeline.process(Frame(0, 0.0, person_at(96)))
    pipeline.update(Parts(segmenter, none, adjustments=adjustments))
    gammas = []
    for index in range(1, 41):
        bgr = np.full((192, 320, 3), 110 if index % 2 else 30, np.uint8)
        out = pipeline.process(Frame(index, index / 30, bgr, scene=1)).composite.picture
        gammas.append(np.log(out.mean() / 255) / np.log(bgr.mean() / 255))
    assert np.abs(np.diff(gammas[10:])).max() < 0.05
