"""Motion in composed sequences: random smooth functions of time, and the matrix that places an image."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Motion = Callable[[float], float]  # from time in seconds to a value around 0
_WAVES = 3  # number of sines in a drift


def drift(rng: np.random.Generator, reach: float, periods_s: tuple[float, float] = (1.5, 6.0)) -> Motion:
    """Slow motion within -reach to reach: a sum of sines with different periods."""
    frequencies_hz = 1 / rng.uniform(*periods_s, _WAVES)
    phases = rng.uniform(0, 2 * np.pi, _WAVES)
    shares = rng.uniform(0.3, 1, _WAVES)
    shares *= reach / shares.sum()
    return lambda time_s: float(shares @ np.sin(2 * np.pi * frequencies_hz * time_s + phases))


def quick_motion(rng: np.random.Generator, reach: float, length_s: float) -> Motion:
    """One motion from 0 to `reach` or -`reach` within 0.2 to 0.35 s, at a random time of `length_s`."""
    duration_s = float(rng.uniform(0.2, 0.35))
    start_s = float(rng.uniform(0.1, 0.9)) * max(0.0, length_s - duration_s)
    side = reach if rng.random() < 0.5 else -reach

    def at(time_s: float) -> float:
        done = min(1.0, max(0.0, (time_s - start_s) / duration_s))
        return side * done * done * (3 - 2 * done)

    return at


def placement(
    source: tuple[float, float],
    target: tuple[float, float],
    scale: float,
    angle: float = 0.0,
    shear: float = 0.0,
    mirror: bool = False,
) -> NDArray[np.float64]:
    """Matrix [2, 3] that maps the point `source` to `target`, scaled and rotated by `angle` in radians."""
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = scale * rotation @ np.array([[-1.0 if mirror else 1.0, shear], [0.0, 1.0]])
    return np.column_stack([linear, np.array(target) - linear @ np.array(source)])
