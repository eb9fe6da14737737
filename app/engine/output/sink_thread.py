"""Run a sink on its own thread, so that a slow or broken one never blocks the pipeline."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from app.engine.core.mailbox import Mailbox
from app.engine.output.sinks import Sink, SinkEndedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.engine.core.types import Composite

_RETRY_S = 1.0
_POLL_S = 0.1
_FIRST_COMPOSITE_S = 5.0  # Longest wait for a composite, whose size an output of fixed size gets.


class SinkThread:
    """Sends the newest composites to one sink; opens it with the first one, and again after an error."""

    def __init__(self, sink: Sink, report_error: Callable[[Exception | None], None]) -> None:
        """`report_error` gets each error, and None once the sink works; it is called on this thread."""
        self._sink = sink
        self._report_error = report_error
        self.is_open = False
        """Whether the sink takes composites now."""
        self.consumers: int | None = None
        """The number of consumers; None if unknown."""
        self.consumer_names: tuple[str, ...] = ()
        """The names of consumers, as far as this user may see them."""
        self.has_ended = False
        """Whether the sink has ended for good."""
        self._first_at: float | None = None
        self._placeholder_shape: tuple[int, ...] | None = None
        """The shape of the placeholder that the sink was opened with; None if it was a composite."""
        self._box: Mailbox[Composite] = Mailbox(sink.slots)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"backdrop-{sink.title}", daemon=True)

    @property
    def title(self) -> str:
        """The title of the sink."""
        return self._sink.title

    @property
    def sound_level(self) -> float | None:
        """How loud the sound of the sink is, 0 to 1; None if it has none now."""
        return self._sink.sound_level() if self.is_open else None

    @property
    def drops(self) -> int:
        """Composites dropped because the queue was full; 0 for a sink that needs only the newest."""
        return self._box.drops if self._sink.slots > 1 else 0

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def put(self, composite: Composite) -> None:
        """Queue a composite; if the queue is full, the oldest is dropped."""
        self._box.put(composite)

    def stop(self, timeout_s: float) -> None:
        """Stop the thread and close the sink after it has sent what is queued."""
        deadline = time.monotonic() + timeout_s
        while self._sink.slots > 1 and self.is_open and not self._box.is_empty:
            if time.monotonic() > deadline - 0.5:
                break
            time.sleep(0.01)
        self._stopping.set()
        self._box.close()
        self._thread.join(max(0.0, deadline - time.monotonic()))

    def _run(self) -> None:
        while not self._stopping.is_set():
            composite = self._box.get(_POLL_S)
            try:
                if composite is not None:
                    self._send(composite)
                if self.is_open:
                    self._poll_consumers()
            except Exception as error:
                self._report_error(error)
                self._close()
                if isinstance(error, SinkEndedError):
                    self.has_ended = True
                    return
                self._stopping.wait(_RETRY_S)
        self._close()

    def _send(self, composite: Composite) -> None:
        if self._sink.has_fixed_size and not self._has_right_size(composite):
            return
        if not self.is_open:
            self._sink.open(*composite.picture.shape[:2])
            self.is_open = True
            self._placeholder_shape = composite.picture.shape[:2] if composite.is_placeholder else None
        self._sink.send(composite)
        self._report_error(self._sink.problem())

    def _has_right_size(self, composite: Composite) -> bool:
        """Whether a sink of fixed size may be opened now. Closes it if nobody would see a better size."""
        if self._first_at is None:
            self._first_at = composite.captured_at
        if composite.is_placeholder:
            return self.is_open or composite.captured_at - self._first_at >= _FIRST_COMPOSITE_S
        placeholder_shape, self._placeholder_shape = self._placeholder_shape, None
        if placeholder_shape not in (None, composite.picture.shape[:2]) and self._sink.consumers() == 0:
            self._close()
        return True

    def _poll_consumers(self) -> None:
        before, self.consumers = self.consumers, self._sink.consumers()
        if self.consumers != before:
            self.consumer_names = self._sink.consumer_names() if self.consumers else ()

    def _close(self) -> None:
        self.is_open, self.consumers, self.consumer_names = False, 0, ()
        try:
            self._sink.close()
        except Exception as error:
            self._report_error(error)
