"""All the outputs that are on."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from app.engine.core.settings import OutputSettings
from app.engine.core.types import Composite, OutputId
from app.engine.output.sink_thread import SinkThread
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
        self._outlets: dict[OutputId, SinkThread] = {}

    def connect(self, settings: OutputSettings) -> None:
        """Start the outputs that are new and end those that are off; the others go on undisturbed."""
        sinks, before = self._build_sinks(settings), self._outlets
        kept = {key: outlet for key, outlet in before.items() if key in sinks}
        new = {
            key: SinkThread(sink, partial(self._report_error, str(key)))
            for key, sink in sinks.items()
            if key not in kept
        }
        for outlet in new.values():
            outlet.start()
        self._outlets = {**kept, **new}
        for key, outlet in before.items():
            if key not in sinks:
                outlet.stop(_STOPPING_S)
                self._report_error(str(key), None)

    def put(self, composite: Composite) -> None:
        """Leave a composite for every output; returns at once."""
        for outlet in self._outlets.values():
            outlet.put(composite)

    def stop(self, deadline: float) -> None:
        """End all outputs, until `deadline` (time.monotonic, seconds) at the latest."""
        for outlet in self._outlets.values():
            outlet.stop(max(0.0, deadline - time.monotonic()))

    @property
    def titles(self) -> tuple[str, ...]:
        """Of those that take composites now."""
        return tuple(outlet.title for outlet in self._outlets.values() if outlet.is_open)

    @property
    def ended(self) -> tuple[OutputId, ...]:
        """The outputs that have ended for good."""
        return tuple(key for key, thread in self._outlets.items() if thread.has_ended)

    @property
    def consumers(self) -> int | None:
        """How many programs read what is sent; None where that cannot be told, or nothing is open."""
        counts = [o.consumers for o in self._outlets.values() if o.is_open and o.consumers is not None]
        return sum(counts) if counts else None

    @property
    def consumer_names(self) -> tuple[str, ...]:
        """The programs among them that this user may know of."""
        return tuple(name for outlet in self._outlets.values() for name in outlet.consumer_names)

    @property
    def drops(self) -> int:
        """Composites that an output meant to get and had no room for."""
        return sum(outlet.drops for outlet in self._outlets.values())

    @property
    def are_watched(self) -> bool:
        """Whether anybody reads an output, or that cannot be told."""
        return any(outlet.consumers != 0 for outlet in self._outlets.values())
