"""A sink on a thread of its own, so that a slow or broken one never holds up the walk."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from app.engine.core.mailbox import Mailbox
from app.engine.core.types import Composite
from app.engine.output.sinks import Sink, SinkEndedError

_RETRY_S = 1.0
_POLL_S = 0.1


class SinkThread:
    """Sends the newest composites to one sink; opens it on the first, and again after a failure."""

    def __init__(self, sink: Sink, tell: Callable[[Exception | None], None]) -> None:
        """`tell` gets each failure, and None once all is well; it is called on the outlet's thread."""
        self._sink = sink
        self._tell = tell
        self.is_open = False
        """Whether the sink takes composites now."""
        self.consumers: int | None = None
        """How many programs read what is sent; None where that cannot be told, or not yet."""
        self.consumer_names: tuple[str, ...] = ()
        """Those of them that this user may know of."""
        self.has_ended = False
        """Whether the sink is done for good."""
        self._box: Mailbox[Composite] = Mailbox(sink.slots)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"backdrop-{sink.title}", daemon=True)

    @property
    def title(self) -> str:
        """What the sink is called."""
        return self._sink.title

    @property
    def drops(self) -> int:
        """Composites that a sink meant to get and had no room for; 0 for one that wants only the newest."""
        return self._box.drops if self._sink.slots > 1 else 0

    def start(self) -> None:
        """Begin to send what is put."""
        self._thread.start()

    def put(self, composite: Composite) -> None:
        """Leave a composite; one that the sink had no time for is dropped."""
        self._box.put(composite)

    def stop(self, timeout_s: float) -> None:
        """End the thread and close the sink, once it has what is put already."""
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
                    self._look()
            except Exception as error:
                self._tell(error)
                self._close()
                if isinstance(error, SinkEndedError):
                    self.has_ended = True
                    return
                self._stopping.wait(_RETRY_S)
        self._close()

    def _send(self, composite: Composite) -> None:
        if not self.is_open:
            self._sink.open(*composite.picture.shape[:2])
            self.is_open = True
        self._sink.send(composite)
        self._tell(None)

    def _look(self) -> None:
        before, self.consumers = self.consumers, self._sink.consumers()
        if self.consumers != before:
            self.consumer_names = self._sink.consumer_names() if self.consumers else ()

    def _close(self) -> None:
        self.is_open, self.consumers, self.consumer_names = False, 0, ()
        try:
            self._sink.close()
        except Exception as error:
            self._tell(error)
