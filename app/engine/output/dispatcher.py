"""Send composites to all outputs that are on."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from app.engine.output.sink_thread import SinkThread

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.engine.core.settings import OutputSettings
    from app.engine.core.types import Composite, OutputId
    from app.engine.output.sinks import Sink

_STOPPING_S = 2.0


class SinkDispatcher:
    """Sends each composite to every output; may be used from several threads."""

    def __init__(
        self,
        build_sinks: Callable[[OutputSettings], dict[OutputId, Sink]],
        report_error: Callable[[str, Exception | None], None],
    ) -> None:
        """`report_error` gets the id of an output with its error, or with None once it works."""
        self._build_sinks = build_sinks
        self._report_error = report_error
        self._sinks: dict[OutputId, SinkThread] = {}

    def connect(self, settings: OutputSettings) -> None:
        """Start new outputs and stop those that are off; the others go on."""
        sinks, before = self._build_sinks(settings), self._sinks
        kept = {key: thread for key, thread in before.items() if key in sinks}
        new = {
            key: SinkThread(sink, partial(self._report_error, str(key)))
            for key, sink in sinks.items()
            if key not in kept
        }
        for thread in new.values():
            thread.start()
        self._sinks = {**kept, **new}
        for key, thread in before.items():
            if key not in sinks:
                thread.stop(_STOPPING_S)
                self._report_error(str(key), None)

    def put(self, composite: Composite) -> None:
        """Queue a composite for every output; returns at once."""
        for thread in self._sinks.values():
            thread.put(composite)

    def stop(self, deadline: float) -> None:
        """Stop all outputs by `deadline` (time.monotonic, seconds)."""
        for thread in self._sinks.values():
            thread.stop(max(0.0, deadline - time.monotonic()))

    @property
    def titles(self) -> tuple[str, ...]:
        """Titles of the open outputs."""
        return tuple(thread.title for thread in self._sinks.values() if thread.is_open)

    @property
    def ids(self) -> tuple[OutputId, ...]:
        """The outputs that are on, open or not."""
        return tuple(self._sinks)

    @property
    def ended(self) -> tuple[OutputId, ...]:
        """The outputs that have ended for good."""
        return tuple(key for key, thread in self._sinks.items() if thread.has_ended)

    @property
    def consumers(self) -> int | None:
        """The number of consumers; None if unknown or if no output is open."""
        counts = [o.consumers for o in self._sinks.values() if o.is_open and o.consumers is not None]
        return sum(counts) if counts else None

    @property
    def consumer_names(self) -> tuple[str, ...]:
        """The names of consumers, as far as this user may see them."""
        return tuple(name for thread in self._sinks.values() for name in thread.consumer_names)

    @property
    def sound_level(self) -> float | None:
        """How loud the sound of an output is, 0 to 1; None if no output has sound."""
        levels = [level for thread in self._sinks.values() if (level := thread.sound_level) is not None]
        return max(levels, default=None)

    @property
    def drops(self) -> int:
        """Composites that outputs dropped because their queues were full."""
        return sum(thread.drops for thread in self._sinks.values())

    @property
    def have_consumers(self) -> bool:
        """Whether an output has consumers, or may have."""
        return any(thread.consumers != 0 for thread in self._sinks.values())
