"""What a person looks like, so that they are known again: the colours of what is seen of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from app.engine.core.types import Alpha, Picture
    from app.engine.people.instances import Mask

Look = npt.NDArray[np.float32]
"""Shares of the colours, which add up to 1. It lives in memory only."""

Colours = npt.NDArray[np.intp]
"""h x w: which colour each pixel has."""

_HUES, _GREYS = 12, 6
_COLOURFUL, _BRIGHT = 50, 128  # Saturation and value, 0..255.
_UPPER_SHARE = 0.6  # Of a person's pixels, from the top: what is below may come into view or go.
_LEARN = 0.1
_LEAST = 0.01  # A share that every look has of every colour.
_AROUND_PX = 3


def colours_of(picture: Picture) -> Colours:
    """The colours of a picture, h x w x 3: dark and bright hues of colourful pixels, levels of grey ones."""
    hsv = cv2.cvtColor(picture, cv2.COLOR_BGR2HSV)
    hue, saturation, value = (hsv[..., channel].astype(np.intp) for channel in range(3))
    hue = hue * _HUES // 180 + np.where(value > _BRIGHT, _HUES, 0)
    is_grey = (saturation <= _COLOURFUL) | (value <= _COLOURFUL)
    return np.where(is_grey, 2 * _HUES + value * _GREYS // 256, hue)


def look_of(colours: Colours, mask: Mask) -> Look:
    """The look of the person in a mask, h x w."""
    seen = colours[mask]  # From top to bottom.
    counts = np.bincount(seen[: max(1, round(_UPPER_SHARE * len(seen)))], minlength=2 * _HUES + _GREYS)
    dark, bright, greys = np.split(counts, [_HUES, 2 * _HUES])
    # A colour near the limit of its bin falls into either: neighbours share.
    softened = [_softened(dark, True), _softened(bright, True), _softened(greys, False)]
    look = np.concatenate(softened)
    return np.asarray(look / max(1.0, float(look.sum())), np.float32)


def unlikeness(one: Look, other: Look) -> float:
    """How different two looks are, 0 to 1: the Hellinger distance."""
    return float(np.sqrt(max(0.0, 1.0 - float(np.sqrt(one * other).sum()))))


def evidence(colours: Colours, one: Look, other: Look) -> Alpha:
    """How much the colours around each pixel speak for one person against another: h x w, log of odds."""
    odds = np.log((one + _LEAST) / (other + _LEAST)).astype(np.float32)
    return np.asarray(cv2.blur(odds[colours], (_AROUND_PX, _AROUND_PX)), np.float32)


def learnt(before: Look, now: Look) -> Look:
    """A look that follows the present one slowly, as the light changes."""
    return np.asarray(before + np.float32(_LEARN) * (now - before), np.float32)


def _softened(counts: npt.NDArray[np.intp], is_round: bool) -> npt.NDArray[np.float64]:
    ends = (counts[-1:], counts[:1]) if is_round else (counts[:1], counts[-1:])
    padded = np.concatenate([ends[0], counts, ends[1]]).astype(np.float64)
    return np.asarray(0.25 * padded[:-2] + 0.5 * padded[1:-1] + 0.25 * padded[2:], np.float64)
