"""The present faults by component, for the user and the log."""

from __future__ import annotations

import logging
import math
import time

from app.engine.core.errors import NO_MESSAGE, BackdropError, Message

log = logging.getLogger(__name__)

_LOG_AGAIN_S = 60.0  # Repeated errors over hours must not fill the disk.
_UNEXPECTED = Message("Something went wrong; Backdrop keeps trying.")


class FaultRegister:
    """The present fault of each component. Thread-safe."""

    def __init__(self) -> None:
        self._sentences: dict[str, Message] = {}
        self._logged_at: dict[str, float] = {}

    @property
    def first(self) -> Message:
        """The message of the first fault; empty if there is none."""
        return next((sentence for sentence in list(self._sentences.values()) if sentence), NO_MESSAGE)

    def of(self, component: str) -> Message:
        """The message of a component's fault; empty if it has none."""
        return self._sentences.get(component, NO_MESSAGE)

    def has_fault(self, component: str) -> bool:
        """Whether a component has a fault."""
        return bool(self._sentences.get(component))

    def set_fault(self, component: str, error: Exception | None) -> None:
        """Set the fault of a component, or clear it with None."""
        if error is None:
            self._sentences[component] = NO_MESSAGE
            return
        for_user = isinstance(error, BackdropError)
        message: Message = error.message if isinstance(error, BackdropError) else _UNEXPECTED
        now = time.monotonic()
        is_new = self._sentences.get(component) != message
        if is_new and now > self._logged_at.get(message, -math.inf) + _LOG_AGAIN_S:
            self._logged_at[message] = now
            log.warning("%s: %s", component, message, exc_info=None if for_user else error)
        self._sentences[component] = message
