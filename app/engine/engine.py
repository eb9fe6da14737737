"""The engine: threads that capture, build and compose, and the one place that fails closed.

capture: source -> Mailbox.   build: settings -> network, effect and outputs, off the hot path.
compose: Mailbox -> pipeline, or a placeholder -> preview and sinks, each sink on its own thread.
guard: a placeholder if the last composite is out of date, whatever the reason, or if the user is off.
"""

from __future__ import annotations

import math
import threading
import time
from functools import partial
from typing import TYPE_CHECKING

from app.engine.builder import Builder, load_segmenter
from app.engine.capture.source_sound import SourceMicrophone, SourceSound
from app.engine.capture.sources import open_source
from app.engine.capture.supervisor import CaptureSupervisor
from app.engine.composer import Composer
from app.engine.core.errors import NO_MESSAGE, BackdropError
from app.engine.core.mailbox import Mailbox
from app.engine.core.memory import return_memory, tune_process
from app.engine.core.types import Composite, Frame, OutputId, Stats
from app.engine.faults import FaultRegister
from app.engine.frame_stats import FrameStats
from app.engine.load_control import LoadControl, reduced
from app.engine.networks.catalogue import AUTO
from app.engine.output.dispatcher import SinkDispatcher
from app.engine.output.registry import build_sinks
from app.engine.own_view import OwnView
from app.engine.pace import Pace
from app.engine.placeholder import Placeholders

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.engine.capture.source import Source
    from app.engine.core.settings import NetworkSettings, OutputSettings, Settings, SourceSettings
    from app.engine.networks.segmenter import Segmenter
    from app.engine.output.sinks import Sink

_POLL_S = 0.2
_RELEASE_S = 3.0  # Until nothing uses the previous network or size.
_LINGER_S = 2.0  # Some programs open a camera twice in a row.


class Engine:
    """Runs the pipeline live. Every method but `stop` returns at once.

    `preview` holds the newest composite; `on_preview` is called on an engine thread when it is to be shown:
    after each one, or after every other one while the computer is busy.
    `is_previewed`: whether the preview is visible. While it is not, and no output has consumers, the source
    is closed. While `is_compared`, `before` holds the frames of the newest composites, and while
    `is_previewed`, `thumbnail` holds a small one about once a second: for the preview only, no output takes
    a Frame. After `watch_people`, `people` holds the newest outlines. `open_source`, `load_segmenter` and
    `build_sinks` are there for tests to replace.
    """

    def __init__(
        self,
        settings: Settings,
        on_preview: Callable[[], None] = lambda: None,
        open_source: Callable[[SourceSettings], Source] = open_source,
        load_segmenter: Callable[[NetworkSettings], Segmenter] = load_segmenter,
        build_sinks: Callable[[OutputSettings], dict[OutputId, Sink]] = build_sinks,
    ) -> None:
        self.preview: Mailbox[Composite] = Mailbox()
        self._own_view = OwnView()
        self.before = self._own_view.before
        self.thumbnail = self._own_view.thumbnail
        self.people = self._own_view.people
        self._on_preview = on_preview
        self.is_previewed = True
        self.is_compared = False
        self._frames: Mailbox[Frame] = Mailbox()
        self._stopping = threading.Event()
        self._changed = threading.Event()
        """Set when there is something to build."""
        self._settings = settings
        self._faults = FaultRegister()
        self._frame_stats = FrameStats()
        self._sinks = SinkDispatcher(partial(self._build_sinks, build_sinks), self._faults.set_fault)
        self._builder = Builder(load_segmenter, self._sinks, self._faults.set_fault, self._changed.set)
        self._used_at = -math.inf
        self._placeholders = Placeholders(settings)
        self._composer = Composer(
            self._builder, self._placeholders, self._faults, self._frame_stats, self._own_view
        )
        self._emitting = threading.Lock()
        self._pace = Pace()
        self._load = LoadControl()
        self._capture = CaptureSupervisor(
            settings.source,
            open_source,
            self._frames.put,
            partial(self._faults.set_fault, "source"),
            self._is_in_use,
        )
        self._threads = [
            threading.Thread(target=target, name=f"backdrop-{target.__name__.strip('_')}", daemon=True)
            for target in (self._build, self._compose, self._guard)
        ]
        self._threads.append(self._capture.thread)

    def start(self) -> None:
        """Start; composites appear in `preview`."""
        tune_process()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop all threads and close the source, in 3 s at most. An engine starts only once."""
        self._stopping.set()
        self._builder.stop()
        self._capture.stop()
        self._frames.close()
        self._changed.set()
        deadline = time.monotonic() + 3.0
        for thread in self._threads:
            if thread.ident is not None:  # An engine may be stopped before it has started.
                thread.join(max(0.0, deadline - time.monotonic()))
        self._builder.has_ended(max(0.0, deadline - time.monotonic()))
        self._sinks.stop(deadline)
        self.preview.close()
        self._own_view.close()

    def update(self, settings: Settings) -> None:
        """Use other settings, from the next frame on or once their parts are built.

        Off is immediate: when this returns, each output has the placeholder, except for a picture in transit.
        """
        with self._emitting:
            self._settings = settings
        self._changed.set()
        if not settings.is_on:
            self._emit(self._placeholder(index=-1))
        self._capture.update(settings.source)

    def learn_room(self) -> None:
        """Learn the room once the user has stepped aside; `stats.room_lesson` tells how far it is."""
        self._composer.learn_room()

    def spare(self, is_wanted: bool) -> None:
        """Set whether preview and thumbnails come half as often, to spare the battery."""
        self._own_view.is_sparing = is_wanted

    def watch_people(self, is_wanted: bool) -> None:
        """Set whether the outlines of people are looked for although everyone is shown."""
        self._composer.are_people_watched = is_wanted
        self._changed.set()

    def toggle_person(self, number: int) -> None:
        """Show or hide a person, by the number of their outline, once "chosen" is the setting."""
        self._composer.toggle_person(number)

    @property
    def sound_level(self) -> float | None:
        """How loud the microphone of a recording is, 0 to 1; None if there is none."""
        return self._sinks.sound_level

    @property
    def stats(self) -> Stats:
        """Statistics over about the last second."""
        reading, parts = self._frame_stats.read(), self._builder.parts
        source = self._capture.source
        return Stats(
            fps=reading.fps,
            latency_ms=reading.latency_ms,
            stage_ms=reading.stage_ms,
            drops=self._frames.drops,
            source=source.title if source else "",
            is_demo=source.is_demo if source else False,
            asked=source.asked if source else None,
            got=source.got if source else None,
            network=parts.segmenter.info.title if parts else "",
            network_name=parts.segmenter.info.name if parts else "",
            provider=parts.segmenter.provider if parts else "",
            outputs=self._sinks.titles,
            ended_outputs=self._sinks.ended,
            output_faults={
                output: fault for output in self._sinks.ids if (fault := self._faults.of(str(output)))
            },
            consumers=self._sinks.consumers,
            consumer_names=self._sinks.consumer_names,
            output_drops=self._sinks.drops,
            is_camera_released=self._capture.is_camera_released,
            pages=parts.effect.pages if parts else 0,
            savings=self._load.level,
            room_lesson=self._composer.room_lesson,
            message=self._faults.first,
            notice=parts.segmenter.notice if parts else NO_MESSAGE,
        )

    # Build

    def _build(self) -> None:
        source: SourceSettings | None = None
        while True:
            self._changed.clear()  # Before the reads below, so that no change and no stop is lost.
            if self._stopping.is_set():
                return
            wanted = reduced(self._settings, self._load.level)
            has_new_network = self._builder.build(wanted, self._composer.are_people_watched)
            if has_new_network or wanted.source != source:
                source = wanted.source
                self._changed.wait(_RELEASE_S)
                return_memory()
            self._changed.wait()

    def _build_sinks(
        self, build_sinks: Callable[[OutputSettings], dict[OutputId, Sink]], settings: OutputSettings
    ) -> dict[OutputId, Sink]:
        sinks = build_sinks(settings)
        for sink in sinks.values():
            sink.hear(SourceMicrophone(self._source_sound))
        return sinks

    def _source_sound(self) -> SourceSound | None:
        source = self._capture.source
        return source.sound if source and self._settings.is_on else None

    def _is_in_use(self) -> bool:
        """True while a consumer is active or was within _LINGER_S; False when off."""
        if not self._settings.is_on:
            return False
        now = time.monotonic()
        if self.is_previewed or self._sinks.have_consumers or not self._settings.output.release_camera:
            self._used_at = now
        return now - self._used_at < _LINGER_S

    @property
    def _is_without_source(self) -> bool:
        """Whether the source is known to be off, lost or closed."""
        return (
            not self._settings.is_on or self._capture.is_camera_released or self._faults.has_fault("source")
        )

    # Compose

    def _compose(self) -> None:
        while not self._stopping.is_set():
            frame = self._frames.get(_POLL_S)
            if frame is not None:
                self._pace.begin()
                begun_at = time.monotonic()
                is_previewed = self.is_previewed and not self._load.level
                composite = self._composer.compose(frame, self._settings, is_previewed, self.is_compared)
                self._emit(composite)
                self._pace.finish(not composite.is_placeholder)
                is_auto = self._settings.network.name == AUTO
                if self._load.add(time.monotonic() - begun_at, self._frames.drops, is_auto):
                    self._changed.set()

    def _emit(self, composite: Composite) -> None:
        """The only way out. A composite that was in progress when its source went is replaced here."""
        with self._emitting:
            if self._is_without_source:
                composite = self._placeholder(composite.index)
            self._sinks.put(composite)
            self.preview.put(composite)
        if composite.is_placeholder or self._load.is_preview_due(self._own_view.is_sparing):
            self._on_preview()

    def _guard(self) -> None:
        """Emit a placeholder if the last composite is out of date: no frames, a hanging stage, or off."""
        while not self._stopping.wait(_POLL_S):
            self._placeholders.prepare()
            if self._pace.is_hanging:
                self._faults.set_fault(
                    "compose", BackdropError("The network does not answer; Backdrop waits for it.")
                )
            is_without_source = self._is_without_source
            if is_without_source:
                self._pace.interrupt()
            if is_without_source or self._pace.is_late:
                self._emit(self._placeholder(index=-1))

    def _placeholder(self, index: int) -> Composite:
        return self._placeholders.make(index, self._settings.is_on)
