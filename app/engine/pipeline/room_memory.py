"""Room memory: the room as it was seen, to settle pixels that the network only half believes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from app.engine.core.image_ops import halve
from app.engine.pipeline.room_lesson import PERSON_ALPHA

if TYPE_CHECKING:
    from app.engine.core.types import Alpha, Picture

Colours = npt.NDArray[np.float32]
Mask = npt.NDArray[np.uint8]
Where = npt.NDArray[np.bool_]

_ROOM_ALPHA = 0.05  # Alpha. Below this all around, the network is sure of the room.
_SETTLED_ALPHA, _BELIEVED_ALPHA = 0.3, 0.6  # Alpha after and before this stage; below both is room as well.
_NEAR = np.ones((3, 3), np.uint8)
_SURE_RATE, _SETTLED_RATE = 0.1, 0.05  # Share of a new frame in the memory, for sure and for settled room.
_FORGET, _DOUBT = 0.8, 0.97  # Share of confidence kept per frame: room that changed; half-believed change.
_NEW = 0.02  # Confidence below which a pixel takes the frame's colour as it is.
_USABLE = 0.3  # Confidence from which a pixel counts for brightness and noise.
_LEAST_PIXELS = 200  # With fewer known pixels, brightness and noise stay as they are.
_NOISE_LEVELS = 1.0, 3.0  # Grey levels: the least noise, and the noise before it is measured.
_NOISE_RATE = 0.1  # Share of a frame in the noise.
_STEADY_NOISE = 1.5, 2.5  # Grey levels. A camera that moves has more; from the second on, it is not trusted.
_CHANGED_NOISES, _CHANGED_LEVELS = 6.0, 3.0  # More than this many noises plus this many levels is a change.
_MOST_CHANGED = 0.3  # Share of the known room. If more has changed, camera or light did, not the room.
_GAIN = 0.7, 1.4  # Limits of the brightness of a frame, relative to the memory.
# Evidence is a logarithm of odds; negative for room.
_LIKE_ROOM, _MOST_LIKE = 4.0, 4.0  # Strength for no difference at all, and its limit.
_UNLIKE_LEVELS, _MOST_UNLIKE = 30.0, 1.5  # Levels from which a pixel is unlike the room; the limit.
_HALF_BELIEVED = 0.02, 0.98, 0.05  # Alpha: from, to, and the width of the transition at both.


class RoomMemory:
    """Remembers colours and noise of the room, for a camera that stands still.

    It learns where the network is sure of the room. It forgets changed parts at once, and everything if
    the camera moves or the light is switched. It lives in memory only. `reset` it when size, camera or
    network changes.

    It works at half of alpha's size, where it takes a third of the time.
    """

    def __init__(self) -> None:
        self._room: Colours | None = None
        self._confidence = np.empty((0, 0), np.float32)
        self._noise = _NOISE_LEVELS[1]

    def reset(self) -> None:
        """Forget the room."""
        self._room = None

    def apply(self, raw: Alpha, small: Picture, is_empty: bool = False) -> Alpha:
        """Alpha with half-believed pixels settled by the memory; sure pixels stay. Learns from the frame.

        raw: h x w, 0..1. small: the picture, h x w x 3. None is written or kept. is_empty: nobody is in the
        picture, so that all but sure pixels are learnt. Returns h x w, 0..1.
        """
        colours = halve(small, 1).astype(np.float32)
        believed = halve(raw, 1)
        if self._room is None or self._room.shape != colours.shape:
            self._room, self._noise = colours.copy(), _NOISE_LEVELS[1]
            self._confidence = np.zeros_like(believed)
        highest = np.asarray(cv2.dilate(believed, _NEAR), np.float32)
        sure = highest < _ROOM_ALPHA
        normal = self._without_gain(colours, (sure & (self._confidence > _USABLE)).view(np.uint8))
        difference = _mean_of_channels(np.asarray(cv2.absdiff(normal, self._room), np.float32))
        around = np.asarray(cv2.blur(difference, (3, 3)), np.float32)
        limit = _CHANGED_NOISES * self._noise + _CHANGED_LEVELS
        trust = self._measure(around, sure & (self._confidence > _USABLE), limit)
        odds = np.exp(np.float32(trust) * self._confidence * self._evidence(difference, around))
        settled = believed * odds / (1.0 - believed + believed * odds)
        if is_empty:
            is_room = highest < PERSON_ALPHA
            sure = sure | is_room
        else:
            is_room = (settled < _SETTLED_ALPHA) & (highest < _BELIEVED_ALPHA)
        self._learn(normal, sure, is_room, around > limit)
        is_unlike = (difference > _UNLIKE_LEVELS) & ~sure
        np.multiply(self._confidence, np.float32(_DOUBT), out=self._confidence, where=is_unlike)
        return _settle(raw, np.asarray(cv2.resize(odds, raw.shape[::-1]), np.float32))

    def _without_gain(self, colours: Colours, known: Mask) -> Colours:
        """The frame's colours at the brightness of the memory, for each channel."""
        if self._room is None or cv2.countNonZero(known) < _LEAST_PIXELS:
            return colours
        now, before = (np.array(cv2.mean(each, known)) + 1.0 for each in (colours, self._room))
        gain = np.clip(now / before, *_GAIN)
        # The stubs of OpenCV lack scalars.
        return np.asarray(cv2.multiply(colours, tuple(1.0 / gain)), np.float32)  # type: ignore[call-overload]

    def _measure(self, around: Alpha, known: Where, limit: float) -> float:
        """Measure the noise, and return how far the memory can be trusted, 0..1; forget everything at 0."""
        count = np.count_nonzero(known)
        if count < _LEAST_PIXELS:
            return 1.0
        same = (known & (around < limit)).view(np.uint8)
        trust = 1.0 - (1.0 - cv2.countNonZero(same) / count) / _MOST_CHANGED
        if trust <= 0.0:
            self._confidence[:] = 0.0
            return 0.0
        noise = max(cv2.mean(around, same)[0], _NOISE_LEVELS[0])
        self._noise += _NOISE_RATE * (noise - self._noise)
        low, high = _STEADY_NOISE
        return trust * float(np.clip((high - self._noise) / (high - low), 0.0, 1.0))

    def _evidence(self, difference: Alpha, around: Alpha) -> Alpha:
        """How much each pixel speaks for the person, as a logarithm of odds; negative for the room."""
        like = np.square(around) * np.float32(0.125 / self._noise**2) - np.float32(_LIKE_ROOM)
        unlike = (difference - _UNLIKE_LEVELS) * np.float32(_MOST_UNLIKE / _UNLIKE_LEVELS)
        evidence = np.clip(like, -_MOST_LIKE, 0.0) + np.clip(unlike, 0.0, _MOST_UNLIKE)
        return np.asarray(evidence, np.float32)

    def _learn(self, colours: Colours, sure: Where, settled: Where, changed: Where) -> None:
        """Mix the frame's colours into the memory."""
        assert self._room is not None
        np.multiply(self._confidence, np.float32(_FORGET), out=self._confidence, where=sure & changed)
        rate = np.maximum(sure * np.float32(_SURE_RATE), settled * np.float32(_SETTLED_RATE))
        is_new = (self._confidence < _NEW) & (rate > 0)
        share = np.maximum(rate, is_new, dtype=np.float32)
        self._room += cv2.merge([share] * 3) * (colours - self._room)
        self._confidence += rate * (~changed | is_new) * (1.0 - self._confidence)


def _mean_of_channels(colours: npt.NDArray[np.float32]) -> Alpha:
    return np.asarray(cv2.transform(colours, np.full((1, 3), 1 / 3, np.float32)), np.float32)


def _settle(raw: Alpha, odds: Alpha) -> Alpha:
    """Multiply the odds of half-believed pixels; fade to none towards sure ones."""
    low, high, width = _HALF_BELIEVED
    settled = raw.copy()
    where = np.flatnonzero((raw > low) & (raw < high))  # Usually few pixels.
    alpha, of_alpha = raw.ravel()[where], odds.ravel()[where]
    weight = np.minimum(np.minimum(alpha - low, high - alpha) * np.float32(1 / width), np.float32(1))
    product = alpha * of_alpha
    settled.ravel()[where] += weight * (product / (1.0 - alpha + product) - alpha)
    return settled
