"""Denoise a traced picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from assets.pictures.finish import Floats
    from assets.pictures.light import Seen


def denoised(seen: Seen, rounds: int = 5) -> Floats:
    """The picture with its light smoothed within edges (edge-avoiding a-trous, Dammertz et al. 2010)."""
    light = seen.light
    # Compares local means, because single pixels differ by noise alone.
    bright = np.log(cv2.GaussianBlur(light, (0, 0), 2.0).mean(axis=2, keepdims=True) + 0.05)
    for step in (1 << n for n in range(rounds)):
        total, weights = np.zeros_like(light), np.zeros((*light.shape[:2], 1), np.float32)
        for down, across in ((y, x) for y in (-1, 0, 1) for x in (-1, 0, 1)):
            shift = (down * step, across * step)

            def moved(part: Floats, shift: tuple[int, int] = shift) -> Floats:
                return np.roll(part, shift, (0, 1))

            unlike = 60 * ((seen.facing - moved(seen.facing)) ** 2).sum(axis=2, keepdims=True)
            apart = ((seen.place - moved(seen.place)) * seen.facing).sum(axis=2, keepdims=True)
            unlike += (apart / 0.03) ** 2 + (2.5 * (bright - moved(bright))) ** 2
            weight = np.exp(-unlike) * (0.5 if down else 1.0) * (0.5 if across else 1.0)
            total += moved(light) * weight
            weights += weight
        light = np.asarray(total / weights, np.float32)
    return np.asarray(seen.colour * light + seen.glow, np.float32)
