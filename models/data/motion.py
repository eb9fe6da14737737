"""Motion in composed sequences: smooth random functions of time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Course = Callable[[float], float]  # time in seconds -> a value about 0
_WAVES = 3


def drift(rng: np.random.Generator, reach: float, periods_s: tuple[float, float] = (1.5, 6.0)) -> Course:
    """Slow motion between -reach and reach: a sum of sines of different periods."""
    turns_per_s = 1 / rng.uniform(*periods_s, _WAVES)
    phases = rng.uniform(0, 2 * np.pi, _WAVES)
    shares = rng.uniform(0.3, 1, _WAVES)
    shares *= reach / shares.sum()
    return lambda time_s: float(shares @ np.sin(2 * np.pi * turns_per_s * time_s + phases))


def dart(rng: np.random.Generator, reach: float, length_s: float) -> Course:
    """0, then a fast move by `reach` within 0.2 to 0.35 s, at a random time of `length_s`."""
    lasts_s = float(rng.uniform(0.2, 0.35))
    begins_s = float(rng.uniform(0.1, 0.9)) * max(0.0, length_s - lasts_s)
    side = reach if rng.random() < 0.5 else -reach

    def at(time_s: float) -> float:
        done = min(1.0, max(0.0, (time_s - begins_s) / lasts_s))
        return side * done * done * (3 - 2 * done)

    return at


def placed(
    source: tuple[float, float],
    target: tuple[float, float],
    scale: float,
    angle: float = 0.0,
    shear: float = 0.0,
    mirror: bool = False,
) -> NDArray[np.float64]:
    """The matrix [2, 3] that maps the point `source` to `target`, scaled and rotated by `angle` (radians)."""
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = scale * turn @ np.array([[-1.0 if mirror else 1.0, shear], [0.0, 1.0]])
    return np.column_stack([linear, np.array(target) - linear @ np.array(source)])
