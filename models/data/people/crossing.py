"""The labelled frames of `crossing`, where four real people cross, three of them with bags."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from models.data.dataset import DataError, read_pixels

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from models.data.dataset import Pixels

PERSONS, BAGS = (38, 52, 113, 128), (14, 75, 89)
"""Grey values of the persons and of their bags in `instances`; the bags do not count."""


class CrossingFrame(NamedTuple):
    """frame: uint8 [H, W, 3]. people: uint8 [H, W], n where person n is, else 0. bags: bool [H, W]."""

    frame: Pixels
    people: Pixels
    bags: np.ndarray


def crossing_frames(folder: Path) -> Iterator[CrossingFrame]:
    """The frames of a folder with `frames/NAME.webp` and `instances/NAME.png`. Raises DataError."""
    paths = sorted((folder / "instances").glob("*.png"))
    if not paths:
        raise DataError(f"there are no labelled frames in {folder}")
    for path in paths:
        instances = read_pixels(path, cv2.IMREAD_GRAYSCALE)
        people = np.zeros(instances.shape, np.uint8)
        for number, value in enumerate(PERSONS, 1):
            people[instances == value] = number
        frame = read_pixels(folder / "frames" / f"{path.stem}.webp", cv2.IMREAD_COLOR)
        yield CrossingFrame(frame, people, np.isin(instances, BAGS))
