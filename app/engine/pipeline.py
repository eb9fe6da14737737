"""The walk of one frame."""

from __future__ import annotations

import time
from collections.abc import Callable

from app.engine.compositor import composite
from app.engine.effects import Effect
from app.engine.matte import MatteStage
from app.engine.session import Session
from app.engine.tuning import tune_process
from app.engine.types import Composite, CompositorSettings, Frame, Matte, MatteSettings

Lap = Callable[[str], None]
_USUAL = CompositorSettings()


class Pipeline:
    """Frame in, composite out."""

    def __init__(
        self,
        session: Session,
        effect: Effect,
        matte: MatteSettings,
        compositor: CompositorSettings = _USUAL,
    ) -> None:
        self.session = session
        self._compositor = compositor
        self.effect = effect
        self._matte = MatteStage(matte)
        tune_process()
        self._scene: tuple[int, tuple[int, ...]] | None = None

    def update(
        self,
        session: Session,
        effect: Effect,
        matte: MatteSettings,
        compositor: CompositorSettings = _USUAL,
    ) -> None:
        """Use other parts from the next frame on. Not while a frame is being processed."""
        if session is not self.session:
            self._matte.reset()
        self.session = session
        self.effect = effect
        self._matte.settings = matte
        self._compositor = compositor

    def process(self, frame: Frame, lap: Lap = lambda stage: None) -> Composite:
        """The composite of a frame, made from the matte of that very frame.

        `lap` is told the name of each stage as it ends. What a stage raises ends the walk.
        """
        matte = self.matte(frame, lap) if self.effect.needs_matte else None
        if matte is None:
            return Composite(frame.index, frame.captured_at, frame.bgr.copy())
        background = self.effect.background(frame, matte.alpha)
        lap("effect")
        picture = composite(
            frame.bgr, matte.alpha, background, self.effect.replaces_room, self._compositor.light_wrap
        )
        lap("composite")
        return Composite(frame.index, frame.captured_at, picture)

    def matte(self, frame: Frame, lap: Lap = lambda stage: None) -> Matte:
        """The matte of a frame alone."""
        scene = frame.scene, frame.bgr.shape
        if scene != self._scene:
            self._matte.reset()
            self._scene = scene
        raw = self.session.infer(frame.bgr)
        lap("network")
        matte = self._matte.apply(raw, frame.bgr)
        lap("matte")
        return matte


class Stopwatch:
    """A `lap` that notes how long each stage of one frame took, in milliseconds."""

    def __init__(self) -> None:
        self.stage_ms: dict[str, float] = {}
        self._last = time.perf_counter()

    def __call__(self, stage: str) -> None:
        now = time.perf_counter()
        self.stage_ms[stage] = (now - self._last) * 1e3
        self._last = now
