"""Learn my room: the user steps aside for two seconds, and all that is seen then is room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from app.engine.core.types import Alpha

LessonState = Literal["none", "waiting", "learning", "learned", "missed"]

PERSON_ALPHA = 0.95  # Alpha from which the network is sure of a person.
_EMPTY_SHARE = 0.01  # Share of the frame. With fewer sure pixels, nobody is in the picture.
_SETTLE_S = 0.5  # Nobody must be seen this long before the room is learnt: an arm may follow.
_LESSON_S = 2.0
_PATIENCE_S = 15.0  # The lesson ends if somebody is in the picture for so long.
_GAP_S = 1.5  # After a longer pause between two frames, the camera may see another room.


class RoomLesson:
    """Says which frames show the room alone, once the user has asked. Times are those of the frames."""

    def __init__(self) -> None:
        self.state: LessonState = "none"
        self._began_at = self._empty_since = self._last_at = 0.0
        self._is_empty = False
        self._learnt_s = 0.0

    def begin(self) -> None:
        """Wait for the user to step aside, from the next frame on."""
        self.state, self._began_at, self._is_empty, self._learnt_s = "waiting", -1.0, False, 0.0

    def restart(self) -> None:
        """Learn from the beginning if it is under way, because what was learnt is forgotten."""
        if self.state in ("waiting", "learning"):
            self.begin()

    def step(self, raw: Alpha, at_s: float) -> bool:
        """Whether this frame shows the room alone and is to be learnt.

        raw: h x w, 0..1; not written. at_s: the frame's time.
        """
        if self.state not in ("waiting", "learning"):
            return False
        if self._began_at >= 0.0 and at_s - self._last_at > _GAP_S:
            self.restart()
        if self._began_at < 0.0:
            self._began_at = self._last_at = at_s
        if np.count_nonzero(raw > PERSON_ALPHA) > _EMPTY_SHARE * raw.size:
            self._is_empty, self._last_at = False, at_s
            self.state = "missed" if at_s - self._began_at > _PATIENCE_S else "waiting"
            return False
        if not self._is_empty:
            self._is_empty, self._empty_since = True, at_s
        elif self.state == "learning":
            self._learnt_s += at_s - self._last_at
        self._last_at = at_s
        if at_s - self._empty_since < _SETTLE_S:
            return False
        self.state = "learned" if self._learnt_s >= _LESSON_S else "learning"
        return True
