"""The engine at work: threads that capture, build and compose, and the one place that fails closed.

capture: source -> Latest.   builder: settings -> network, effect and outputs, off the hot path.
compose: Latest -> pipeline, or a card -> preview and sinks, each sink on a thread of its own.
guard: a card where nothing has come out for a second, whatever the reason, or where the user is off.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from app.engine.builder import Builder, load_segmenter
from app.engine.capture.sources import Source, open_source
from app.engine.capture.supervisor import CaptureSupervisor
from app.engine.core.errors import BackdropError
from app.engine.core.image_ops import halve
from app.engine.core.mailbox import Mailbox
from app.engine.core.memory import return_memory, tune_process
from app.engine.core.pyramid import halved
from app.engine.core.settings import NetworkSettings, OutputSettings, Settings, SourceSettings
from app.engine.core.types import Composite, Frame, OutputId, Stats, Thumbnail
from app.engine.faults import FaultRegister
from app.engine.frame_stats import FrameStats
from app.engine.networks.segmenter import Segmenter
from app.engine.output.dispatcher import SinkDispatcher
from app.engine.output.registry import build_sinks
from app.engine.output.sinks import Sink
from app.engine.pipeline.adjust import turned_size
from app.engine.pipeline.pipeline import Pipeline, Processed, Stopwatch
from app.engine.placeholder import off_placeholder, privacy_placeholder

_STALE_S = 0.75  # without a composite for this long, what was shown last is no longer true
_HUNG_S = 2.0
_LET_GO_S = 3.0  # until nothing uses what was there before
_LOOK_S, _LOOK_HALVINGS = 1.0, 2
_BEFORES = 3  # so that the one that belongs to the newest composite is still there
_LINGER_S = 2.0  # a program that opens a camera twice in a row finds it open


class Engine:
    """Runs the walk live. Every method returns at once, except `stop`.

    `preview` always holds the newest composite; `on_preview` is called, on an engine thread, after each.
    `is_previewed` says whether anybody looks at it; while nobody does, nor reads an output, the source is
    closed. While `is_compared`, `before` holds the frames of the newest composites, for the user's eyes:
    it is a Frame, which no output takes. `open_source`, `load_session` and `build_sinks` are there for tests
    to replace.
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
        self.before: Mailbox[Frame] = Mailbox(_BEFORES)
        self.look: Mailbox[Thumbnail] = Mailbox()
        """Now and then, while the preview is looked at, for the user's own eyes too."""
        self._looked_at = -math.inf
        self._on_preview = on_preview
        self.is_previewed = True
        self.is_compared = False
        self._frames: Mailbox[Frame] = Mailbox()
        self._stopping = threading.Event()
        self._changed = threading.Condition()
        self._is_built = False
        self._settings = settings
        self._pipeline: Pipeline | None = None
        self._notices = FaultRegister()
        self._meter = FrameStats()
        self._outlets = SinkDispatcher(build_sinks, self._notices.hear)
        self._builder = Builder(load_segmenter, self._outlets, self._notices.hear, self._rebuild)
        self._watched_at = -math.inf
        self._card_size = self._turned(settings.source.height_px, settings.source.width_px)
        self._emitting = threading.Lock()
        self._composed_at = time.monotonic()
        self._composing_since: float | None = None
        self._capture = CaptureSupervisor(
            settings.source,
            open_source,
            self._frames.put,
            partial(self._notices.hear, "source"),
            self._is_watched,
        )
        self._threads = [
            threading.Thread(target=target, name=f"backdrop-{target.__name__.strip('_')}", daemon=True)
            for target in (self._build, self._compose, self._guard)
        ]
        self._threads.append(self._capture.thread)

    def start(self) -> None:
        """Begin; composites appear in `preview`."""
        tune_process()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End all threads and let go of the source, in 3 s at most. An engine starts only once."""
        self._stopping.set()
        self._capture.stop()
        self._frames.close()
        with self._changed:
            self._changed.notify_all()
        deadline = time.monotonic() + 3.0
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._outlets.stop(deadline)
        self.preview.close()
        self.before.close()
        self.look.close()

    def update(self, settings: Settings) -> None:
        """Use other settings, from the next frame on or, where something must be built first, once it is.

        Off is at once: when this returns, each output has the card, but for a picture it was just sending.
        """
        with self._changed, self._emitting:
            self._settings = settings
            self._is_built = False
            self._changed.notify_all()
        if not settings.is_on:
            self._emit(self._card(index=-1))
        self._capture.update(settings.source)

    @property
    def stats(self) -> Stats:
        """How it goes, over about the last second."""
        reading, parts = self._meter.read(), self._builder.parts
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
            network=parts.session.info.title if parts else "",
            network_name=parts.session.info.name if parts else "",
            provider=parts.session.provider if parts else "",
            outputs=self._outlets.titles,
            ended_outputs=self._outlets.ended,
            consumers=self._outlets.consumers,
            consumer_names=self._outlets.consumer_names,
            output_drops=self._outlets.drops,
            is_resting=self._capture.is_resting,
            message=self._notices.first,
        )

    # Build

    def _build(self) -> None:
        source: SourceSettings | None = None
        while not self._stopping.is_set():
            self._is_built = True
            wanted = self._settings
            has_new_network = self._builder.build(wanted)
            if has_new_network or wanted.source != source:
                source = wanted.source
                self._wait_for_change(_LET_GO_S)
                return_memory()
            self._wait_for_change(None)

    def _wait_for_change(self, timeout_s: float | None) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not self._is_built or self._stopping.is_set(), timeout_s)

    def _rebuild(self) -> None:
        with self._changed:
            self._is_built = False
            self._changed.notify_all()

    def _is_watched(self) -> bool:
        """Whether anybody sees what comes out, or did a moment ago; off, there is nothing to see."""
        if not self._settings.is_on:
            return False
        now = time.monotonic()
        releases = self._settings.output.release_camera
        if self.is_previewed or not releases or self._outlets.are_watched:
            self._watched_at = now
        return now - self._watched_at < _LINGER_S

    # Compose

    def _compose(self) -> None:
        while not self._stopping.is_set():
            frame = self._frames.get(_STALE_S / 4)
            if frame is not None:
                self._composing_since = time.monotonic()
                composite = self._composite_or_card(frame)
                self._composing_since = None
                self._emit(composite)
                self._composed_at = time.monotonic()

    def _emit(self, composite: Composite) -> None:
        """The one way out. Whatever was under way when the user switched off ends here."""
        with self._emitting:
            if not self._settings.is_on:
                composite = self._card(composite.index)
            self._outlets.put(composite)
            self.preview.put(composite)
        self._on_preview()

    def _guard(self) -> None:
        """Put a card out where the last composite has grown old: no frames come, or a stage hangs, or off."""
        while not self._stopping.wait(_STALE_S / 4):
            off_placeholder(*self._card_size)  # made now, so that it is there when it must go out at once
            now, composing_since = time.monotonic(), self._composing_since
            if composing_since is not None and now - composing_since > _HUNG_S:
                self._notices.hear(
                    "compose", BackdropError("The network does not answer; Backdrop waits for it.")
                )
            limit_s = _STALE_S / 4 if self._notices.has("source") else _STALE_S
            if not self._settings.is_on or now - self._composed_at > limit_s:
                self._emit(self._card(index=-1))

    def _composite_or_card(self, frame: Frame) -> Composite:
        """The only way from a frame to the outside: a finished composite of that frame, or a card.

        Whatever a stage raises ends here, and with it every reference to the frame.
        """
        watch = Stopwatch()
        try:
            self._card_size = self._turned(*frame.bgr.shape[:2])
            parts = self._builder.parts
            if parts is None or not self._settings.is_on:
                return self._card(frame.index)
            if self._pipeline is None:
                self._pipeline = Pipeline(parts)
            self._pipeline.update(parts)
            processed = self._pipeline.process(frame, watch)
            self._show_user(processed)
        except Exception as error:
            self._notices.hear("compose", error)
            return self._card(frame.index)
        self._notices.hear("compose", None)
        self._notices.hear("background", parts.effect.problem)
        self._meter.note(frame.captured_at, watch.stage_ms)
        return processed.composite

    def _show_user(self, processed: Processed) -> None:
        frame, matte = processed.frame, processed.matte
        if self.is_compared:
            self.before.put(frame)
        if matte is not None and self.is_previewed and frame.captured_at > self._looked_at + _LOOK_S:
            self._looked_at = frame.captured_at
            small = replace(frame, bgr=halved(frame, _LOOK_HALVINGS))
            self.look.put(Thumbnail(small, halve(matte.alpha, _LOOK_HALVINGS)))

    def _card(self, index: int) -> Composite:
        card = privacy_placeholder if self._settings.is_on else off_placeholder
        return Composite(index, time.monotonic(), card(*self._card_size), private=True)

    def _turned(self, height_px: int, width_px: int) -> tuple[int, int]:
        return turned_size(height_px, width_px, self._settings.adjustments.rotation)
