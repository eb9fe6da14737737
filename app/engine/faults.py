"""The current fault of each component, for the user and the log."""

from __future__ import annotations

import logging
import math
import time

from app.engine.core.errors import NO_MESSAGE, BackdropError, Message

log = logging.getLogger(__name__)

_LOG_AGAIN_AFTER_S = 60.0  # Repeated errors over hours must not fill the disk.
_UNEXPECTED = Message("Something went wrong; Backdrop keeps trying.")


class FaultRegister:
    """Holds the current fault of each component and logs new ones. Thread-safe."""

    def __init__(self) -> None:
        self._messages: dict[str, Message] = {}
        self._logged_at: dict[str, float] = {}

    @property
    def first(self) -> Message:
        """The message of the first fault; empty if there is none."""
        return next((message for message in list(self._messages.values()) if message), NO_MESSAGE)

    def of(self, component: str) -> Message:
        """The message of a component's fault; empty if it has none."""
        return self._messages.get(component, NO_MESSAGE)

    def has_fault(self, component: str) -> bool:
        """Whether a component has a fault."""
        return bool(self._messages.get(component))

    def set_fault(self, component: str, error: Exception | None) -> None:
        """Set the fault of a component, or clear it with None."""
        if error is None:
            self._messages[component] = NO_MESSAGE
            return
        is_for_user = isinstance(error, BackdropError)
        message: Message = error.message if isinstance(error, BackdropError) else _UNEXPECTED
        now = time.monotonic()
        is_new = self._messages.get(component) != message
        if is_new and now > self._logged_at.get(message, -math.inf) + _LOG_AGAIN_AFTER_S:
            self._logged_at[message] = now
            log.warning("%s: %s", component, message, exc_info=None if is_for_user else error)
        self._messages[component] = message
