"""From a network's maps to persons in one frame: who each pixel of alpha belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from app.engine.networks.people_network import PeopleMaps

Mask = npt.NDArray[np.bool_]

_PEAK = 0.3  # Least value of a centre.
_MOST = 12
_APART_CELLS = 2.0  # Centres closer than this are one.
_LEAST_SHARE = 0.003  # Of the picture; smaller parts are nobody of their own.
_FAR = (
    0.9  # Times the square root of a person's area. A pixel that points farther from the centre is doubtful.
)
_LEAST_FAR_CELLS = 4.0


@dataclass(frozen=True, slots=True)
class Instance:
    """One person in one frame. mask: h x w, of half of alpha's size. is_doubtful: perhaps several people."""

    mask: Mask
    area: int
    is_doubtful: bool = False


def instances_of(maps: PeopleMaps, inside: Mask) -> list[Instance]:
    """The persons of a frame by the maps, the surest first. inside: where alpha is high, h x w.

    Panoptic-DeepLab, section 3.1 (arXiv 1911.10194): peaks of the centres; each pixel goes to the centre
    nearest to where its offset points. Pixels that point at nobody belong to no instance.
    """
    spots = _peaks(maps.centres)
    while len(spots):
        nearest, owner = _nearest(maps, spots, inside.shape)
        areas = np.bincount(owner[inside], minlength=len(spots))
        kept = areas >= _LEAST_SHARE * inside.size
        if kept.all():
            cells = maps.centres.size / inside.size
            far = np.maximum(_FAR * np.sqrt(areas * cells), _LEAST_FAR_CELLS).astype(np.float32)
            near = inside & (nearest <= np.square(far)[owner])
            masks = [near & (owner == index) for index in range(len(spots))]
            return [Instance(mask, int(np.count_nonzero(mask))) for mask in masks]
        spots = spots[kept]
    return components(inside)


def components(inside: Mask) -> list[Instance]:
    """The connected components as persons, the largest first: for want of a network that tells more."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(inside.view(np.uint8))
    areas = stats[1:, cv2.CC_STAT_AREA]
    order = [index for index in np.argsort(-areas) if areas[index] >= _LEAST_SHARE * inside.size]
    return [Instance(labels == 1 + index, int(areas[index]), True) for index in order[:_MOST]]


def _peaks(centres: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The places of people's centres in cells (x, y), n x 2, the surest first."""
    highest = cv2.dilate(centres, np.ones((3, 3), np.uint8))
    rows, columns = np.nonzero((centres >= highest) & (centres >= _PEAK))
    found: list[tuple[int, int]] = []
    for index in np.argsort(-centres[rows, columns]):
        x, y = int(columns[index]), int(rows[index])
        if all(max(abs(x - a), abs(y - b)) >= _APART_CELLS for a, b in found):
            found.append((x, y))
    return np.array(found[:_MOST], np.float32).reshape(-1, 2)


def _nearest(
    maps: PeopleMaps, spots: npt.NDArray[np.float32], shape: tuple[int, ...]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.intp]]:
    """The squared distance in cells from where each pixel points to the nearest centre, and which it is."""
    height, width = maps.centres.shape
    down, across = np.mgrid[:height, :width].astype(np.float32)
    x, y = across + maps.offsets[0], down + maps.offsets[1]
    best = np.full(shape, np.inf, np.float32)
    owner = np.zeros(shape, np.intp)
    for index, (spot_x, spot_y) in enumerate(spots):
        distance = np.square(x - spot_x) + np.square(y - spot_y)
        large = np.asarray(cv2.resize(distance, (shape[1], shape[0])), np.float32)
        owner[large < best] = index
        np.minimum(best, large, out=best)
    return best, owner
