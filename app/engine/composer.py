"""From a frame to what may leave: a finished composite of that frame, or a placeholder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.engine.pipeline.pipeline import Pipeline, Stopwatch

if TYPE_CHECKING:
    from app.engine.builder import Builder
    from app.engine.core.settings import Settings
    from app.engine.core.types import Composite, Frame
    from app.engine.faults import FaultRegister
    from app.engine.frame_stats import FrameStats
    from app.engine.own_view import OwnView
    from app.engine.pipeline.room_lesson import LessonState
    from app.engine.placeholder import Placeholders


class Composer:
    """Runs the pipeline on one frame after another, and tells the faults of its parts."""

    def __init__(
        self,
        builder: Builder,
        placeholders: Placeholders,
        faults: FaultRegister,
        frame_stats: FrameStats,
        own_view: OwnView,
    ) -> None:
        self._builder, self._placeholders = builder, placeholders
        self._faults, self._frame_stats, self._own_view = faults, frame_stats, own_view
        self._pipeline: Pipeline | None = None
        self._wants_lesson = False
        self.are_people_watched = False
        """Whether the user looks at the outlines of people."""

    def learn_room(self) -> None:
        """Learn the room once nobody is in the picture. Returns at once."""
        self._wants_lesson = True

    def toggle_person(self, number: int) -> None:
        """Show or hide a person once "chosen" is the setting. Returns at once."""
        parts = self._builder.parts
        if parts is not None and parts.people is not None:
            parts.people.toggle(number)

    @property
    def room_lesson(self) -> LessonState:
        """How far learning the room is."""
        if self._wants_lesson or self._pipeline is None:
            return "waiting" if self._wants_lesson else "none"
        return self._pipeline.room_lesson.state

    def compose(
        self, frame: Frame, settings: Settings, is_previewed: bool = False, is_compared: bool = False
    ) -> Composite:
        """The only way from a frame to the outputs: a finished composite of that frame, or a placeholder.

        An error of a stage ends here, with every reference to the frame. `is_previewed` and `is_compared`
        say whether the user's own view takes the frame.
        """
        watch = Stopwatch()
        try:
            self._placeholders.resize(settings, *frame.bgr.shape[:2])
            parts = self._builder.parts
            if parts is None or not settings.is_on:
                return self._placeholders.make(frame.index, settings.is_on)
            if self._pipeline is None:
                self._pipeline = Pipeline(parts)
            self._pipeline.update(parts)
            if self._wants_lesson:
                self._wants_lesson = False
                self._pipeline.room_lesson.begin()
            if parts.people is not None:
                parts.people.is_watched = self.are_people_watched
            processed = self._pipeline.process(frame, watch)
            self._own_view.show(processed, is_previewed, is_compared)
            if self.are_people_watched:
                has_people = parts.people is not None and processed.matte is not None
                self._own_view.people.put(parts.people.outlines if parts.people and has_people else ())
        except Exception as error:
            self._faults.set_fault("compose", error)
            return self._placeholders.make(frame.index, settings.is_on)
        self._faults.set_fault("compose", None)
        self._faults.set_fault("background", parts.effect.problem)
        self._faults.set_fault("looks", parts.looks.problem)
        self._faults.set_fault("face", parts.faces.problem if parts.faces else None)
        people = parts.people if parts.matte.people != "everyone" else None
        self._faults.set_fault("people", people.problem if people else None)
        self._faults.set_fault("corner pieces", parts.presenter.problem)
        self._frame_stats.add(frame.captured_at, watch.stage_ms)
        return processed.composite
