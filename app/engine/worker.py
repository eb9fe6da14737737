"""The engine at work: threads that capture, build and compose, and the one place that fails closed.

capture: source -> Latest.   builder: settings -> network, effect and outputs, off the hot path.
compose: Latest -> pipeline, or a privacy card -> preview and sinks, each sink on a thread of its own.
guard: a privacy card where nothing has come out for a second, whatever the reason.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from app.engine.capture import Capture
from app.engine.card import privacy_card
from app.engine.effects import Effect, build_effect
from app.engine.errors import BackdropError
from app.engine.latest import Latest
from app.engine.meter import Meter
from app.engine.networks import network_file
from app.engine.outlets import Outlets
from app.engine.outputs import build_sinks
from app.engine.pipeline import Pipeline, Stopwatch
from app.engine.session import Session
from app.engine.sinks import Sink
from app.engine.sources import Source, open_source
from app.engine.tuning import return_memory
from app.engine.types import (
    Composite,
    CompositorSettings,
    Frame,
    MatteSettings,
    NetworkSettings,
    OutputSettings,
    Settings,
    SourceSettings,
    Stats,
)

log = logging.getLogger(__name__)

Part = TypeVar("Part")

_STALE_S = 0.75  # without a composite for this long, what was shown last is no longer true
_HUNG_S = 2.0
_LET_GO_S = 1.0  # the walk uses other parts from the next frame on
_LINGER_S = 2.0  # a program that opens a camera twice in a row finds it open


def load_session(settings: NetworkSettings) -> Session:
    """The network that the settings name. Raises BackdropError if it cannot be had."""
    return Session(network_file(settings.name), settings.provider, settings.threads)


class Engine:
    """Runs the walk live. Every method returns at once, except `stop`.

    `preview` always holds the newest composite; `on_preview` is called, on an engine thread, after each.
    `is_previewed` says whether anybody looks at it; while nobody does, nor reads an output, the source is
    closed. `open_source`, `load_session` and `build_sinks` are there for tests to replace.
    """

    def __init__(
        self,
        settings: Settings,
        on_preview: Callable[[], None] = lambda: None,
        open_source: Callable[[SourceSettings], Source] = open_source,
        load_session: Callable[[NetworkSettings], Session] = load_session,
        build_sinks: Callable[[OutputSettings], dict[str, Sink]] = build_sinks,
    ) -> None:
        self.preview: Latest[Composite] = Latest()
        self._on_preview = on_preview
        self.is_previewed = True
        self._load_session = load_session
        self._frames: Latest[Frame] = Latest()
        self._stopping = threading.Event()
        self._changed = threading.Condition()
        self._settings = settings
        self._parts: tuple[Session, Effect, MatteSettings, CompositorSettings] | None = None
        self._pipeline: Pipeline | None = None
        self._messages: dict[str, str] = {}
        self._meter = Meter()
        self._outlets = Outlets(build_sinks, self._hear)
        self._watched_at = time.monotonic()
        self._card_size = settings.source.height_px, settings.source.width_px
        self._emitting = threading.Lock()
        self._composed_at = time.monotonic()
        self._composing_since: float | None = None
        self._capture = Capture(
            settings.source, open_source, self._frames.put, partial(self._hear, "source"), self._is_watched
        )
        self._threads = [
            threading.Thread(target=target, name=f"backdrop-{target.__name__.strip('_')}", daemon=True)
            for target in (self._build, self._compose, self._guard)
        ]
        self._threads.append(self._capture.thread)

    def start(self) -> None:
        """Begin; composites appear in `preview`."""
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

    def update(self, settings: Settings) -> None:
        """Use other settings, from the next frame on or, where something must be built first, once it is."""
        with self._changed:
            self._settings = settings
            self._changed.notify_all()
        self._capture.update(settings.source)

    @property
    def stats(self) -> Stats:
        """How it goes, over about the last second."""
        reading, parts = self._meter.read(), self._parts
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
            network=parts[0].info.title if parts else "",
            provider=parts[0].provider if parts else "",
            outputs=self._outlets.titles,
            output_drops=self._outlets.drops,
            is_resting=self._capture.is_resting,
            message=next((text for text in list(self._messages.values()) if text), ""),
        )

    # Build

    def _build(self) -> None:
        session: Session | None = None
        effect: Effect | None = None
        tried: Settings | None = None
        while not self._stopping.is_set():
            wanted = self._settings
            if tried is None or wanted.effect != tried.effect:
                effect = self._built("effect", partial(build_effect, wanted.effect), effect)
            if tried is None or wanted.network != tried.network:
                session = self._built("network", partial(self._load_session, wanted.network), session)
            if session is not None and effect is not None:
                self._parts = session, effect, wanted.matte, wanted.compositor
            if tried is None or wanted.output != tried.output:
                self._outlets.connect(wanted.output)
            leaves_some = tried is None or (wanted.network, wanted.source) != (tried.network, tried.source)
            tried = wanted
            if leaves_some:
                self._wait_for_change(wanted, _LET_GO_S)
                return_memory()
            self._wait_for_change(wanted, None)

    def _built(self, part: str, build: Callable[[], Part], current: Part | None) -> Part | None:
        """What `build` gives; if it fails, the part in use stays and the user is told."""
        try:
            built = build()
        except Exception as error:
            self._tell(part, error)
            return current
        self._messages[part] = ""
        return built

    def _is_watched(self) -> bool:
        """Whether anybody sees what comes out, or did a moment ago."""
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
        with self._emitting:
            self._outlets.put(composite)
            self.preview.put(composite)
        self._on_preview()

    def _guard(self) -> None:
        """Put a card out where the last composite has grown old: no frames come, or a stage hangs."""
        while not self._stopping.wait(_STALE_S / 4):
            now, composing_since = time.monotonic(), self._composing_since
            if composing_since is not None and now - composing_since > _HUNG_S:
                self._tell("compose", BackdropError("The network does not answer; Backdrop waits for it."))
            limit_s = _STALE_S / 4 if self._messages.get("source") else _STALE_S
            if now - self._composed_at > limit_s:
                self._emit(self._card(index=-1))

    def _composite_or_card(self, frame: Frame) -> Composite:
        """The only way from a frame to the outside: a finished composite of that frame, or a card.

        Whatever a stage raises ends here, and with it every reference to the frame.
        """
        watch = Stopwatch()
        try:
            self._card_size = frame.bgr.shape[0], frame.bgr.shape[1]
            parts = self._parts
            if parts is None:
                return self._card(frame.index)
            if self._pipeline is None:
                self._pipeline = Pipeline(*parts)
            self._pipeline.update(*parts)
            composite = self._pipeline.process(frame, watch)
        except Exception as error:
            self._tell("compose", error)
            return self._card(frame.index)
        self._messages["compose"] = ""
        self._hear("background", parts[1].problem)
        self._meter.note(frame.captured_at, watch.stage_ms)
        return composite

    def _card(self, index: int) -> Composite:
        return Composite(index, time.monotonic(), privacy_card(*self._card_size), private=True)

    # Both

    def _hear(self, place: str, error: Exception | None) -> None:
        if error is None:
            self._messages[place] = ""
        else:
            self._tell(place, error)

    def _tell(self, place: str, error: Exception) -> None:
        for_user = isinstance(error, BackdropError)
        sentence = str(error) if for_user else "Something went wrong; Backdrop keeps trying."
        if self._messages.get(place) != sentence:
            log.warning("%s: %s", place, sentence, exc_info=None if for_user else error)
        self._messages[place] = sentence

    def _wait_for_change(self, known: Settings, timeout_s: float | None) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._settings is not known or self._stopping.is_set(), timeout_s)
