"""Poll a possibly blocking condition on a background thread."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Poller:
    """Calls `poll` every `interval_s` seconds on its own thread until it returns True, or until `stop`."""

    def __init__(self, poll: Callable[[], bool], interval_s: float) -> None:
        self._poll = poll
        self._interval_s = interval_s
        self._stopping = threading.Event()
        self.is_true = False
        threading.Thread(target=self._run, name="backdrop-poller", daemon=True).start()

    def stop(self) -> None:
        """Stop polling. Returns at once."""
        self._stopping.set()

    def _run(self) -> None:
        while not self._stopping.wait(self._interval_s) and not self.is_true:
            try:
                self.is_true = self._poll()
            except Exception:
                continue  # The next poll may succeed.
