"""Looks now and then whether something has come about, where asking may take a while or hang."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Poller:
    """Asks `look` every `interval_s` on a thread of its own until it says yes, or until `stop`."""

    def __init__(self, look: Callable[[], bool], interval_s: float) -> None:
        self._look = look
        self._interval_s = interval_s
        self._stopping = threading.Event()
        self.has_seen = False
        threading.Thread(target=self._run, name="backdrop-lookout", daemon=True).start()

    def stop(self) -> None:
        """Look no more. Returns at once."""
        self._stopping.set()

    def _run(self) -> None:
        while not self._stopping.wait(self._interval_s) and not self.has_seen:
            try:
                self.has_seen = self._look()
            except Exception:
                continue  # the next look may succeed
