"""The walk of one frame."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from app.engine.adjust import Adjuster
from app.engine.compositor import composite
from app.engine.effects import Effect
from app.engine.matte import MatteStage
from app.engine.session import Session
from app.engine.tuning import tune_process
from app.engine.types import (
    AdjustmentSettings,
    Composite,
    CompositorSettings,
    Frame,
    Matte,
    MatteSettings,
)

Lap = Callable[[str], None]
See = Callable[[Frame, Matte | None], None]


class Parts(NamedTuple):
    """What a pipeline works with."""

    session: Session
    effect: Effect
    matte: MatteSettings = MatteSettings()
    compositor: CompositorSettings = CompositorSettings()
    adjustments: AdjustmentSettings = AdjustmentSettings()


class Pipeline:
    """Frame in, composite out."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._adjuster = Adjuster(parts.adjustments)
        self._matte = MatteStage(parts.matte)
        tune_process()
        self._scene: tuple[object, ...] | None = None

    def update(self, parts: Parts) -> None:
        """Use other parts from the next frame on. Not while a frame is being processed."""
        if parts.session is not self._parts.session:
            self._matte.reset()
        self._parts = parts
        self._adjuster.settings = parts.adjustments
        self._matte.settings = parts.matte

    def process(
        self, frame: Frame, lap: Lap = lambda stage: None, see: See = lambda frame, matte: None
    ) -> Composite:
        """The composite of a frame, made from the matte of that very frame.

        `lap` is told the name of each stage as it ends; `see`, at the end, the frame as the network saw it
        and its matte, for the user's own eyes. What a stage raises ends the walk.
        """
        frame = self._adjusted(frame, lap)
        effect = self._parts.effect
        needs_matte = effect.needs_matte or self._adjuster.needs_matte
        matte = self.matte(frame, lap) if needs_matte else None
        if matte is not None:
            self._adjuster.follow(matte.alpha)
        if matte is None or not effect.needs_matte:
            see(frame, matte)
            return Composite(frame.index, frame.captured_at, frame.bgr.copy())
        background = effect.background(frame, matte.alpha)
        lap("effect")
        light_wrap = self._parts.compositor.light_wrap
        picture = composite(frame, matte.alpha, background, effect.replaces_room, light_wrap)
        lap("composite")
        see(frame, matte)
        return Composite(frame.index, frame.captured_at, picture)

    def matte(self, frame: Frame, lap: Lap = lambda stage: None) -> Matte:
        """The matte of a frame alone."""
        adjustments = self._parts.adjustments
        scene = frame.scene, frame.bgr.shape, adjustments.rotation, adjustments.mirror
        if scene != self._scene:
            self._matte.reset()
            self._scene = scene
        raw = self._parts.session.infer(frame)
        lap("network")
        matte = self._matte.apply(raw, frame)
        lap("matte")
        return matte

    def _adjusted(self, frame: Frame, lap: Lap) -> Frame:
        if not self._adjuster.is_needed:
            return frame
        if self._scene is not None and frame.scene != self._scene[0]:
            self._adjuster.reset()
        bgr = self._adjuster.apply(frame.bgr, frame.captured_at)
        lap("adjust")
        return replace(frame, bgr=bgr)


class Stopwatch:
    """A `lap` that notes how long each stage of one frame took, in milliseconds."""

    def __init__(self) -> None:
        self.stage_ms: dict[str, float] = {}
        self._last = time.perf_counter()

    def __call__(self, stage: str) -> None:
        now = time.perf_counter()
        self.stage_ms[stage] = (now - self._last) * 1e3
        self._last = now
