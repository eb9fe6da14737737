"""The pipeline: from a frame to the composite, in one method, or in four for several frames at a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from app.engine.core.settings import AdjustmentSettings, CompositorSettings, MatteSettings
from app.engine.core.types import NO_SHADE, Composite, Frame, Matte, Unlit
from app.engine.looks.stage import Looks
from app.engine.pipeline.adjust import Adjuster
from app.engine.pipeline.auto_framing import FULL
from app.engine.pipeline.compositor import shaded
from app.engine.pipeline.matte import MatteStage
from app.engine.pipeline.presenter.presenter import Fade, Presenter
from app.engine.pipeline.work import Work

if TYPE_CHECKING:
    from app.engine.core.types import Alpha, Picture
    from app.engine.networks.segmenter import Segmenter
    from app.engine.pipeline.effect import Effect

OnStage = Callable[[str], None]
"""Called with the name of each stage as it ends."""


NO_LOOKS = Looks()
NO_PRESENTER = Presenter()


class Parts(NamedTuple):
    """The network, the effect, the looks, the presenter and the settings that a pipeline works with."""

    segmenter: Segmenter
    effect: Effect
    matte: MatteSettings = MatteSettings()
    compositor: CompositorSettings = CompositorSettings()
    adjustments: AdjustmentSettings = AdjustmentSettings()
    looks: Looks = NO_LOOKS
    presenter: Presenter = NO_PRESENTER


@dataclass(frozen=True, slots=True)
class Processed:
    """The result for one frame.

    `frame` is the adjusted frame, as the network sees it. `matte` is None if no stage needed one. Both hold
    camera pixels and are for the user's own preview only; outputs get the composite.
    """

    composite: Composite
    frame: Frame
    matte: Matte | None


class Pipeline:
    """Frame in, composite out. Parts with memory are reset when the scene or the network changes.

    `process` does all for one frame. To treat several frames at the same time, call `begin`, `infer`,
    `refine` and `finish` for each. `begin` and `refine` must get the frames in their order, one after
    another, and so must `finish` if `finishes_in_order`; `infer` need not.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._adjuster = Adjuster()
        self._matte_stage = MatteStage()
        self._tag_fade = Fade()
        self._scenes: dict[str, tuple[object, ...]] = {}
        self._view = FULL

    def update(self, parts: Parts) -> None:
        """Use other parts from the next frame on. Not while a frame is being processed."""
        if parts.segmenter is not self._parts.segmenter:
            self._matte_stage.reset()
        self._parts = parts

    def process(self, frame: Frame, on_stage: OnStage = lambda stage: None) -> Processed:
        """Composite a frame with the matte of that very frame. An error in a stage passes through."""
        work = self.begin(frame, on_stage)
        self.infer(work, on_stage)
        self.refine(work, on_stage)
        return self.finish(work, on_stage)

    def begin(self, frame: Frame, on_stage: OnStage = lambda stage: None) -> Work:
        """Adjust a frame. With auto framing, not before `finish` of the frame before."""
        adjustments = self._parts.adjustments
        scene = self._scene_of(frame)
        if self._is_new("adjust", scene):
            self._adjuster.reset()
        shaped = self._adjuster.shaped(frame.bgr, frame.captured_at, adjustments)
        levels = self._adjuster.levels(shaped, frame.captured_at, adjustments.brighten)
        unlit = None if levels is None else Unlit(shaped, levels)
        adjusted = shaped if levels is None else np.asarray(cv2.LUT(shaped, levels), np.uint8)
        if adjusted is not frame.bgr:
            frame = replace(frame, bgr=adjusted)
            on_stage("adjust")
        return Work(frame, scene, unlit, self._adjuster.view)

    def infer(self, work: Work, on_stage: OnStage = lambda stage: None) -> None:
        """Run the network, if anything needs a matte. Has no memory."""
        if self._needs_matte:
            work.raw = self._parts.segmenter.infer(work.frame)
            on_stage("network")

    def refine(self, work: Work, on_stage: OnStage = lambda stage: None) -> None:
        """Bring the raw alpha together with what is known of the frames before."""
        if self._is_new("matte", work.scene):
            self._matte_stage.reset()
        if work.view != self._view:
            self._matte_stage.forget_room()
            self._view = work.view
        if work.raw is not None:
            work.fine = self._matte_stage.refine(work.raw, work.frame, self._parts.matte)
            on_stage("matte")

    def enlarge(self, work: Work, on_stage: OnStage = lambda stage: None) -> Matte | None:
        """The matte of a refined frame, at its size; None if nothing needs one. Has no memory."""
        if work.fine is None:
            return None
        matte = self._matte_stage.enlarged(work.fine, work.frame)
        on_stage("matte")
        return matte

    def finish(self, work: Work, on_stage: OnStage = lambda stage: None) -> Processed:
        """The matte at the frame's size, and the composite."""
        frame = work.frame
        if self._is_new("picture", work.scene):
            self._parts.looks.reset()
            self._tag_fade.reset()
        matte = self.enlarge(work, on_stage)
        if matte is not None and self._parts.adjustments.auto_frame:
            self._adjuster.follow(matte.alpha)
            on_stage("adjust")
        picture = self._composite(frame, matte, work.unlit, on_stage)
        tag_share = self._tag_fade.step(self._parts.presenter.shows_tag, frame.captured_at)
        if self._parts.presenter.draws:
            self._parts.presenter.draw(picture, tag_share)
            on_stage("overlay")
        return Processed(Composite(frame.index, frame.captured_at, picture), frame, matte)

    @property
    def finishes_in_order(self) -> bool:
        """Whether `finish` must get the frames in their order, one after another."""
        _, effect, _, _, adjustments, looks, presenter = self._parts
        return effect.has_memory or adjustments.auto_frame or looks.are_on or presenter.is_on

    @property
    def infers_in_order(self) -> bool:
        """Whether `infer` must not run twice at a time: not all accelerators allow that."""
        return self._parts.segmenter.provider != "CPU"

    def restart(self) -> None:
        """Begin a file, whose result does not depend on those before. Raises BackdropError."""
        self._parts.effect.restart()

    @property
    def shows_room(self) -> bool:
        """Whether the room is shown as it is, by choice of the user."""
        return not self._parts.effect.needs_matte

    @property
    def has_looks(self) -> bool:
        """Whether looks change the picture."""
        return self._parts.looks.are_on

    @property
    def has_presenter(self) -> bool:
        """Whether the person is placed, or a name tag or a logo is drawn."""
        return self._parts.presenter.is_on

    def matte(self, frame: Frame, on_stage: OnStage = lambda stage: None) -> Matte:
        """The matte of a frame, without adjustments and without a composite."""
        work = Work(frame, self._scene_of(frame), raw=self._parts.segmenter.infer(frame))
        on_stage("network")
        self.refine(work, on_stage)
        matte = self.enlarge(work, on_stage)
        assert matte is not None
        return matte

    @property
    def _needs_matte(self) -> bool:
        _, effect, _, _, adjustments, looks, _ = self._parts
        return effect.needs_matte or adjustments.auto_frame or looks.needs_matte

    def _scene_of(self, frame: Frame) -> tuple[object, ...]:
        adjustments = self._parts.adjustments
        return frame.scene, frame.bgr.shape, adjustments.rotation, adjustments.mirror

    def _is_new(self, part: str, scene: tuple[object, ...]) -> bool:
        """Whether a part's memory is of another scene, which each part sees when the frame comes to it."""
        is_new = self._scenes.get(part) != scene
        self._scenes[part] = scene
        return is_new

    def _composite(
        self, frame: Frame, matte: Matte | None, unlit: Unlit | None, on_stage: OnStage
    ) -> Picture:
        """The picture: the person over the background, both with the looks."""
        _, effect, _, compositor, _, looks, presenter = self._parts
        if not (effect.needs_matte or looks.needs_matte):
            matte = None
        alpha = _everywhere(frame) if matte is None else matte.alpha
        halvings = effect.room_halvings(frame.bgr.shape[0])
        looked = looks.apply(frame, alpha, unlit, halvings, matte is not None and not effect.replaces_room)
        if looks.are_on:
            on_stage("look")
        if matte is None:
            return shaded(looked.person.bgr, looked.shade)
        background = effect.background(looked.room, alpha)
        on_stage("effect")
        shade = looked.shade if effect.takes_shade else NO_SHADE
        picture = presenter.placement.composite(
            looked.person, alpha, background, effect.replaces_room, compositor.light_wrap, shade
        )
        on_stage("composite")
        return picture


def _everywhere(frame: Frame) -> Alpha:
    """An alpha of 1 for every pixel, without memory of its own."""
    return np.broadcast_to(np.float32(1.0), frame.bgr.shape[:2])


class Stopwatch:
    """An `on_stage` that adds up how long each stage of one frame takes, in milliseconds."""

    def __init__(self) -> None:
        self.stage_ms: dict[str, float] = {}
        self._last = time.perf_counter()

    def __call__(self, stage: str) -> None:
        now = time.perf_counter()
        self.stage_ms[stage] = self.stage_ms.get(stage, 0.0) + (now - self._last) * 1e3
        self._last = now
