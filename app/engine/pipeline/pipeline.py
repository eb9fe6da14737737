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
from app.engine.pipeline.auto_framing import FULL
from app.engine.pipeline.compositor import shaded
from app.engine.pipeline.draft import Draft
from app.engine.pipeline.matte import MatteStage, enlarged
from app.engine.pipeline.presenter.presenter import Fade, Presenter

if TYPE_CHECKING:
    from app.engine.core.face import Face
    from app.engine.core.types import Alpha, Picture
    from app.engine.face.finder import FaceFinder
    from app.engine.networks.segmenter import Segmenter
    from app.engine.people.people import People
    from app.engine.pipeline.draft import Scene
    from app.engine.pipeline.effect import Effect
    from app.engine.pipeline.room_lesson import RoomLesson

OnStage = Callable[[str], None]
"""Called with the name of each stage as it ends."""


NO_LOOKS = Looks()
NO_PRESENTER = Presenter()


class Parts(NamedTuple):
    """The networks, the effect, the looks, the presenter and the settings that a pipeline works with.

    faces: None if no look needs the face. people: None if everyone is shown.
    """

    segmenter: Segmenter
    effect: Effect
    matte: MatteSettings = MatteSettings()
    compositor: CompositorSettings = CompositorSettings()
    adjustments: AdjustmentSettings = AdjustmentSettings()
    looks: Looks = NO_LOOKS
    presenter: Presenter = NO_PRESENTER
    faces: FaceFinder | None = None
    people: People | None = None


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
        self._scenes: dict[str, Scene] = {}
        self._view = FULL

    def update(self, parts: Parts) -> None:
        """Use other parts from the next frame on. Not while a frame is being processed."""
        if parts.segmenter is not self._parts.segmenter:
            self._matte_stage.reset()
        self._parts = parts

    def process(self, frame: Frame, on_stage: OnStage = lambda stage: None) -> Processed:
        """Composite a frame with the matte of that very frame. An error in a stage passes through."""
        draft = self.adjust(frame, on_stage)
        self.infer(draft, on_stage)
        self.refine(draft)
        self.enlarge(draft, on_stage)
        return self.compose(draft, on_stage)

    def adjust(self, frame: Frame, on_stage: OnStage = lambda stage: None) -> Draft:
        """The first of the five steps of `process`: the adjusted frame.

        Each step has memory of its own: they may run on several threads if each that has memory takes all
        frames in order, and without auto framing, which needs the matte of the frame before.
        """
        adjustments = self._parts.adjustments
        scene = frame.scene, frame.bgr.shape, adjustments.rotation, adjustments.mirror
        if self._is_new("adjust", scene):
            self._adjuster.reset()
        shaped = self._adjuster.shaped(frame.bgr, frame.captured_at, adjustments)
        levels = self._adjuster.levels(shaped, frame.captured_at, adjustments.brighten)
        unlit = None if levels is None else Unlit(shaped, levels)
        adjusted = shaped if levels is None else np.asarray(cv2.LUT(shaped, levels), np.uint8)
        if adjusted is not frame.bgr:
            frame = replace(frame, bgr=adjusted)
            on_stage("adjust")
        needs_matte = self._parts.effect.needs_matte or self._parts.looks.needs_matte
        return Draft(frame, scene, self._adjuster.view, unlit, needs_matte or adjustments.auto_frame)

    def infer(self, draft: Draft, on_stage: OnStage = lambda stage: None) -> None:
        """The second step: the network's alpha. It has no memory, so several frames may be in it at once."""
        if draft.needs_matte:
            draft.raw = self._parts.segmenter.infer(draft.frame)
            on_stage("network")

    def refine(self, draft: Draft) -> None:
        """The third step: alpha, filtered at the network's size."""
        if self._is_new("refine", draft.scene):
            self._matte_stage.reset()
            if self._parts.people is not None:
                self._parts.people.new_scene()
        elif draft.view != self._view:
            self._matte_stage.forget_room()
        self._view = draft.view
        if draft.raw is not None:
            parts = self._parts
            draft.refined = self._matte_stage.refined(draft.raw, draft.frame, parts.matte, parts.people)

    def enlarge(self, draft: Draft, on_stage: OnStage = lambda stage: None) -> None:
        """The fourth step: the matte. It has no memory, so several frames may be in it at once."""
        if draft.refined is not None:
            draft.matte = enlarged(draft.refined, draft.frame, self._parts.matte)
            on_stage("matte")

    def compose(self, draft: Draft, on_stage: OnStage = lambda stage: None) -> Processed:
        """The last step: the composite. See `composes_in_order`."""
        if self._is_new("compose", draft.scene):
            self._parts.looks.reset()
            self._tag_fade.reset()
            if self._parts.faces is not None:
                self._parts.faces.reset()
        if draft.matte is not None and self._parts.adjustments.auto_frame:
            self._adjuster.follow(draft.matte.alpha)
            on_stage("adjust")
        frame = draft.frame
        picture = self._composite(frame, draft.matte, draft.unlit, on_stage)
        tag_share = self._tag_fade.step(self._parts.presenter.shows_tag, frame.captured_at)
        if self._parts.presenter.draws:
            self._parts.presenter.draw(picture, tag_share)
            on_stage("overlay")
        return Processed(Composite(frame.index, frame.captured_at, picture), frame, draft.matte)

    @property
    def infers_in_order(self) -> bool:
        """Whether only one frame may be in `infer` at once, as for accelerators: not all allow more."""
        return self._parts.segmenter.provider != "CPU"

    @property
    def composes_in_order(self) -> bool:
        """Whether `compose` has memory with these parts; otherwise several frames may be in it at once."""
        effect, looks, presenter = self._parts.effect, self._parts.looks, self._parts.presenter
        follows = self._parts.adjustments.auto_frame
        return effect.has_memory or follows or looks.are_on or presenter.is_on

    @property
    def room_lesson(self) -> RoomLesson:
        """Learns the empty room when the user asks for it."""
        return self._matte_stage.lesson

    def restart(self) -> None:
        """Begin a file, whose result does not depend on those before. Raises BackdropError."""
        self._parts.effect.restart()
        if self._parts.people is not None:
            self._parts.people.forget()

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
        """The matte of a frame, without a composite."""
        draft = replace(self.adjust(frame, on_stage), needs_matte=True)
        self.infer(draft, on_stage)
        self.refine(draft)
        self.enlarge(draft, on_stage)
        assert draft.matte is not None
        return draft.matte

    def _is_new(self, step: str, scene: Scene) -> bool:
        """Whether a step's memory is of another scene. Each asks itself: an earlier one may have failed."""
        before, self._scenes[step] = self._scenes.get(step), scene
        return scene != before

    def _composite(
        self, frame: Frame, matte: Matte | None, unlit: Unlit | None, on_stage: OnStage
    ) -> Picture:
        """The picture: the person over the background, both with the looks."""
        _, effect, _, compositor, _, looks, presenter, *_ = self._parts
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
