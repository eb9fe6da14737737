"""A sink on a thread of its own, so that a slow or broken one never holds up the walk."""

from __future__ import annotations

import threading
from collections.abc import Callable

from app.engine.latest import Latest
from app.engine.sinks import Sink
from app.engine.types import Composite

_RETRY_S = 1.0


class Outlet:
    """Sends the newest composite to one sink; opens it on the first, and again after a failure."""

    def __init__(self, sink: Sink, tell: Callable[[Exception | None], None]) -> None:
        """`tell` gets each failure, and None once all is well; it is called on the outlet's thread."""
        self._sink = sink
        self._tell = tell
        self.is_open = False
        """Whether the sink takes composites now."""
        self._box: Latest[Composite] = Latest()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"backdrop-{sink.title}", daemon=True)

    @property
    def title(self) -> str:
        """What the sink is called."""
        return self._sink.title

    def start(self) -> None:
        """Begin to send what is put."""
        self._thread.start()

    def put(self, composite: Composite) -> None:
        """Leave a composite; one that the sink had no time for is dropped."""
        self._box.put(composite)

    def stop(self, timeout_s: float) -> None:
        """End the thread and close the sink."""
        self._stopping.set()
        self._box.close()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._stopping.is_set():
            composite = self._box.get(timeout_s=0.5)
            if composite is None:
                continue
            try:
                if not self.is_open:
                    self._sink.open(*composite.picture.shape[:2])
                    self.is_open = True
                self._sink.send(composite.picture)
                self._tell(None)
            except Exception as error:
                self._tell(error)
                self._sink.close()
                self.is_open = False
                self._stopping.wait(_RETRY_S)
        self._sink.close()
