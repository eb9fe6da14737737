"""What is wrong now, for the user and for the log."""

from __future__ import annotations

import logging
import math
import time

from app.engine.core.errors import NO_MESSAGE, BackdropError, Message

log = logging.getLogger(__name__)

_LOG_AGAIN_S = 60.0  # what fails now and then for hours must not fill the disk
_UNEXPECTED = Message("Something went wrong; Backdrop keeps trying.")


class FaultRegister:
    """A sentence per place where something fails. Any thread may speak."""

    def __init__(self) -> None:
        self._sentences: dict[str, Message] = {}
        self._logged_at: dict[str, float] = {}

    @property
    def first(self) -> Message:
        """The sentence to show; '' where all is well."""
        return next((sentence for sentence in list(self._sentences.values()) if sentence), NO_MESSAGE)

    def has(self, place: str) -> bool:
        """Whether something is wrong in a place."""
        return bool(self._sentences.get(place))

    def hear(self, place: str, error: Exception | None) -> None:
        """Note what is wrong in a place; None where nothing is."""
        if error is None:
            self._sentences[place] = NO_MESSAGE
            return
        for_user = isinstance(error, BackdropError)
        message: Message = error.message if isinstance(error, BackdropError) else _UNEXPECTED
        now = time.monotonic()
        is_new = self._sentences.get(place) != message
        if is_new and now > self._logged_at.get(message, -math.inf) + _LOG_AGAIN_S:
            self._logged_at[message] = now
            log.warning("%s: %s", place, message, exc_info=None if for_user else error)
        self._sentences[place] = message
