"""The pipeline: one method takes a frame through every stage, from adjustments to the composite."""

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
from app.engine.pipeline.compositor import shaded
from app.engine.pipeline.matte import MatteStage
from app.engine.pipeline.presenter.presenter import Fade, Presenter

if TYPE_CHECKING:
    from app.engine.core.face import Face
    from app.engine.core.types import Alpha, Picture
    from app.engine.face.finder import FaceFinder
    from app.engine.networks.segmenter import Segmenter
    from app.engine.pipeline.effect import Effect

OnStage = Callable[[str], None]
"""Called with the name of each stage as it ends."""


NO_LOOKS = Looks()
NO_PRESENTER = Presenter()


class Parts(NamedTuple):
    """The networks, the effect, the looks, the presenter and the settings that a pipeline works with.

    faces: None if no look needs the face.
    """

    segmenter: Segmenter
    effect: Effect
    matte: MatteSettings = MatteSettings()
    compositor: CompositorSettings = CompositorSettings()
    adjustments: AdjustmentSettings = AdjustmentSettings()
    looks: Looks = NO_LOOKS
    presenter: Presenter = NO_PRESENTER
    faces: FaceFinder | None = None


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
    """Frame in, composite out. Stages with memory are reset when the scene or the network changes."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._adjuster = Adjuster()
        self._matte_stage = MatteStage()
        self._tag_fade = Fade()
        self._scene: tuple[object, ...] | None = None

    def update(self, parts: Parts) -> None:
        """Use other parts from the next frame on. Not while a frame is being processed."""
        if parts.segmenter is not self._parts.segmenter:
            self._matte_stage.reset()
        self._parts = parts

    def process(self, frame: Frame, on_stage: OnStage = lambda stage: None) -> Processed:
        """Composite a frame with the matte of that very frame. An error in a stage passes through."""
        effect, adjustments = self._parts.effect, self._parts.adjustments
        self._reset_on_new_scene(frame)
        view = self._adjuster.view
        shaped = self._adjuster.shaped(frame.bgr, frame.captured_at, adjustments)
        levels = self._adjuster.levels(shaped, frame.captured_at, adjustments.brighten)
        if self._adjuster.view != view:
            self._matte_stage.forget_room()
        unlit = None if levels is None else Unlit(shaped, levels)
        adjusted = shaped if levels is None else np.asarray(cv2.LUT(shaped, levels), np.uint8)
        if adjusted is not frame.bgr:
            frame = replace(frame, bgr=adjusted)
            on_stage("adjust")
        matte = None
        if effect.needs_matte or adjustments.auto_frame or self._parts.looks.needs_matte:
            matte = self._find_matte(frame, on_stage)
        if matte is not None and adjustments.auto_frame:
            self._adjuster.follow(matte.alpha)
            on_stage("adjust")
        picture = self._composite(frame, matte, unlit, on_stage)
        tag_share = self._tag_fade.step(self._parts.presenter.shows_tag, frame.captured_at)
        if self._parts.presenter.draws:
            self._parts.presenter.draw(picture, tag_share)
            on_stage("overlay")
        return Processed(Composite(frame.index, frame.captured_at, picture), frame, matte)

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
        self._reset_on_new_scene(frame)
        return self._find_matte(frame, on_stage)

    def _reset_on_new_scene(self, frame: Frame) -> None:
        adjustments = self._parts.adjustments
        scene = frame.scene, frame.bgr.shape, adjustments.rotation, adjustments.mirror
        if scene != self._scene:
            self._scene = scene
            self._adjuster.reset()
            self._matte_stage.reset()
            self._parts.looks.reset()
            if self._parts.faces is not None:
                self._parts.faces.reset()
            self._tag_fade.reset()

    def _composite(
        self, frame: Frame, matte: Matte | None, unlit: Unlit | None, on_stage: OnStage
    ) -> Picture:
        """The picture: the person over the background, both with the looks."""
        _, effect, _, compositor, _, looks, presenter, _ = self._parts
        if not (effect.needs_matte or looks.needs_matte):
            matte = None
        alpha = _everywhere(frame) if matte is None else matte.alpha
        halvings = effect.room_halvings(frame.bgr.shape[0])
        face = self._find_face(frame, alpha, on_stage)
        needs_room = matte is not None and not effect.replaces_room
        looked = looks.apply(frame, alpha, unlit, halvings, needs_room, face)
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

    def _find_face(self, frame: Frame, alpha: Alpha, on_stage: OnStage) -> Face | None:
        """The face, if a look needs it and there is one. Never raises: without it the picture goes on."""
        if self._parts.faces is None or not self._parts.looks.needs_face:
            return None
        face = self._parts.faces.find(frame, alpha)
        on_stage("face")
        return face

    def _find_matte(self, frame: Frame, on_stage: OnStage) -> Matte:
        raw = self._parts.segmenter.infer(frame)
        on_stage("network")
        matte = self._matte_stage.apply(raw, frame, self._parts.matte)
        on_stage("matte")
        return matte


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
