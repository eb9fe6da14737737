"""From the maps of the network for people to persons, and how right they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from models.networks.people import STRIDE

if TYPE_CHECKING:
    from models.data.dataset import Pixels

Maps = tuple[NDArray[np.float32], NDArray[np.float32]]
"""Centres, 0..1 [h, w], and offsets, pixels [2, h, w], x first."""
PeoplePredictor = Callable[[NDArray[np.uint8]], Maps]  # from a frame, uint8 [H, W, 3] BGR

PEAK = 0.3  # least value of a centre
MOST_PEOPLE = 12
_MATCHED_IOU = 0.5


def persons(maps: Maps, foreground: NDArray[np.bool_]) -> Pixels:
    """Who is where, uint8 [H, W]: 0 for nobody, else numbers from 1 by the strength of the centre.

    foreground: the pixels that show people, bool [H, W]; H and W are 8 times those of the maps. Section 3.1
    of the paper: peaks of the centres, and each pixel goes to the centre nearest to where its offset points.
    """
    centres, offsets = maps
    highest = cv2.dilate(centres, np.ones((3, 3), np.uint8))
    rows, columns = np.nonzero((centres >= highest) & (centres >= PEAK))
    order = np.argsort(-centres[rows, columns])[:MOST_PEOPLE]
    height, width = foreground.shape
    if not len(order):
        return foreground.astype(np.uint8)
    spots = (np.stack([columns[order], rows[order]], 1) + 0.5) * STRIDE
    down, across = np.mgrid[: centres.shape[0], : centres.shape[1]]
    points = np.stack([(across + 0.5) * STRIDE + offsets[0], (down + 0.5) * STRIDE + offsets[1]], -1)
    distance = np.square(points[None] - spots[:, None, None]).sum(-1).astype(np.float32)
    large = np.stack([cv2.resize(each, (width, height)) for each in distance])
    return np.where(foreground, large.argmin(0) + 1, 0).astype(np.uint8)


@dataclass(frozen=True)
class PeopleMeasure:
    """How right the persons of one frame are.

    right: share of the people's pixels that are given to the right person. found, made, true: persons found
    with an IoU of at least one half, found at all, and really there.
    """

    right: float
    found: int
    made: int
    true: int


def measure_people(made: Pixels, true: Pixels) -> PeopleMeasure:
    """Compare who is where, uint8 [H, W] each; persons are matched by their overlap, the largest first."""
    numbers, truths = np.unique(made[made > 0]), np.unique(true[true > 0])
    overlaps = np.array([[((made == m) & (true == t)).sum() for t in truths] for m in numbers], float)
    overlaps = overlaps.reshape(len(numbers), len(truths))
    total, right, found = int((true > 0).sum()), 0.0, 0
    for _ in range(min(overlaps.shape)):
        index = np.unravel_index(int(overlaps.argmax()), overlaps.shape)
        if overlaps[index] <= 0:
            break
        right += overlaps[index]
        union = (made == numbers[index[0]]).sum() + (true == truths[index[1]]).sum() - overlaps[index]
        found += int(overlaps[index] >= _MATCHED_IOU * union)
        overlaps[index[0], :] = overlaps[:, index[1]] = -1.0
    return PeopleMeasure(right / total if total else 1.0, found, len(numbers), len(truths))


def summary(measures: list[PeopleMeasure]) -> dict[str, float]:
    """The mean share of right pixels, recall and precision of persons, and the share of right counts."""
    found = sum(m.found for m in measures)
    return {
        "right": float(np.mean([m.right for m in measures])),
        "recall": found / max(1, sum(m.true for m in measures)),
        "precision": found / max(1, sum(m.made for m in measures)),
        "count": float(np.mean([m.made == m.true for m in measures])),
    }
