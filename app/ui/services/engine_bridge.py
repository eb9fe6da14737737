"""The bridge between the engine's threads and the window's thread."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.engine.core.settings import Settings
from app.engine.engine import Engine

if TYPE_CHECKING:
    from app.engine.core.mailbox import Mailbox
    from app.engine.core.types import Composite, Frame, Outline, Picture, Stats, Thumbnail


class EngineOfWindow(Protocol):
    """What the window uses of an `Engine`; the tests of the window have their own."""

    is_previewed: bool
    is_compared: bool

    @property
    def preview(self) -> Mailbox[Composite]: ...
    @property
    def before(self) -> Mailbox[Frame]: ...
    @property
    def thumbnail(self) -> Mailbox[Thumbnail]: ...
    @property
    def people(self) -> Mailbox[tuple[Outline, ...]]: ...
    @property
    def stats(self) -> Stats: ...
    @property
    def sound_level(self) -> float | None: ...

    def start(self) -> None: ...
    def update(self, settings: Settings) -> None: ...
    def stop(self) -> None: ...
    def learn_room(self) -> None: ...
    def spare(self, is_wanted: bool) -> None: ...
    def watch_people(self, is_wanted: bool) -> None: ...
    def toggle_person(self, number: int) -> None: ...


MakeEngine = Callable[[Settings, Callable[[], None]], EngineOfWindow]

_STATS_INTERVAL_MS = 400


class Bridge(QObject):
    """Owns the engine. Its signals arrive on the window's thread.

    At most one notice of a new composite waits in the window's event queue.
    """

    composite_ready = Signal(object, object)
    """The newest Composite, and its frame, H x W x 3, or None."""
    people_ready = Signal(object)
    """The outlines of people, left to right; only while they are watched."""
    stats_ready = Signal(object)
    """Stats, a few times per second."""
    _arrived = Signal()

    def __init__(self, settings: Settings, make_engine: MakeEngine = Engine) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._is_pending = self._is_muted = False
        self._befores: deque[Frame] = deque(maxlen=3)
        self._engine = make_engine(settings, self._on_composite)
        self._engine.is_previewed = False  # Until the window is shown.
        self._arrived.connect(self._on_arrived, Qt.ConnectionType.QueuedConnection)
        self._timer = QTimer(self)
        self._timer.setInterval(_STATS_INTERVAL_MS)
        self._timer.timeout.connect(self._on_timeout)

    def start(self) -> None:
        """Start the engine."""
        self._engine.start()
        self._timer.start()

    def update(self, settings: Settings) -> None:
        """Use other settings; returns at once."""
        self._engine.update(settings)

    def learn_room(self) -> None:
        """Learn the room once the user has stepped aside; returns at once."""
        self._engine.learn_room()

    def spare(self, is_wanted: bool) -> None:
        """Set whether the preview comes half as often, to spare the battery."""
        self._engine.spare(is_wanted)

    def watch_people(self, is_wanted: bool) -> None:
        """Set whether the outlines of people are wanted."""
        self._engine.watch_people(is_wanted)

    def toggle_person(self, number: int) -> None:
        """Show or hide a person, once "chosen" is the setting; returns at once."""
        self._engine.toggle_person(number)

    def show_preview(self, is_seen: bool) -> None:
        """Set whether the preview is visible; while it is not, the engine may close the camera."""
        self._engine.is_previewed = is_seen

    def compare(self, is_wanted: bool) -> None:
        """Set whether composites come with their frames."""
        self._engine.is_compared = is_wanted

    def newest_thumbnail(self) -> Thumbnail | None:
        """The newest Thumbnail, or None."""
        return self._engine.thumbnail.get()

    @property
    def sound_level(self) -> float | None:
        """How loud the microphone of the recording is, 0 to 1; None if it is off."""
        return self._engine.sound_level

    def mute(self) -> None:
        """Emit no more signals."""
        self._timer.stop()
        with self._lock:
            self._is_muted = True

    def stop_engine(self) -> None:
        """Stop the engine. Blocks, so do not call it on the window's thread."""
        self._engine.stop()

    def _on_composite(self) -> None:
        """Called on an engine thread after each composite."""
        with self._lock:
            if self._is_pending or self._is_muted:
                return
            self._is_pending = True
            self._arrived.emit()

    def _on_arrived(self) -> None:
        with self._lock:
            self._is_pending = False
            if self._is_muted:
                return
        composite = self._engine.preview.get()
        if composite is not None:
            self.composite_ready.emit(composite, self._before(composite))
        is_placeholder = composite is not None and composite.is_placeholder
        people = () if is_placeholder else self._engine.people.get()
        if people is not None:
            self.people_ready.emit(people)

    def _before(self, composite: Composite) -> Picture | None:
        """The frame of a composite; older frames are dropped, newer ones wait."""
        while (frame := self._engine.before.get()) is not None:
            self._befores.append(frame)
        if not self._engine.is_compared or composite.is_placeholder:
            self._befores.clear()
        return next((frame.bgr for frame in self._befores if frame.index == composite.index), None)

    def _on_timeout(self) -> None:
        self.stats_ready.emit(self._engine.stats)
