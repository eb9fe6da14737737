"""Poll a possibly blocking condition on a background thread."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Poller:
    """Calls `look` every `interval_s` seconds on its own thread until it returns True, or until `stop`."""

    def __init__(self, look: Callable[[], bool], interval_s: float) -> None:
        self._look = look
        self._interval_s = interval_s
        self._stopping = threading.Event()
        self.has_seen = False
        threading.Thread(target=self._run, name="backdrop-lookout", daemon=True).start()

    def stop(self) -> None:
        """Stop polling. Returns at once."""
        self._stopping.set()

    def _run(self) -> None:
        while not self._stopping.wait(self._interval_s) and not self.has_seen:
            try:
                self.has_seen = self._look()
            except Exception:
                continue  # The next poll may succeed.
