"""What the network for people is to say of a frame: centres, offsets, and where offsets count."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from models.networks.people import OFFSET_UNIT_PX, STRIDE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.data.dataset import Pixels

UPPER_SHARE = 0.35  # of a person's visible pixels, from the top, whose mean is the centre
_LEAST_SHARE = 0.0012  # of the frame; smaller visible parts are nobody
_SIGMA_CELLS = 0.9, 2.0  # limits of the width of a centre's peak
_SIGMA = 0.09  # width of the peak as a share of the square root of the person's cells


class Targets(NamedTuple):
    """For one frame of H x W pixels, h = H/8, w = W/8.

    centres: 0..1 [h, w], 1 at a centre. offsets: [2, h, w], (x, y) in `OFFSET_UNIT_PX` from the middle of a
    cell to the centre of its person. inside: whether a cell's middle shows a person, [h, w].
    """

    centres: NDArray[np.float32]
    offsets: NDArray[np.float32]
    inside: NDArray[np.bool_]


def centre_of(mask: NDArray[np.bool_]) -> tuple[float, float]:
    """A person's centre (x, y): the mean of the upper third of what is seen of them, head and shoulders.

    The middle of the whole mask would not do: those of two people behind one another can be one point.
    """
    rows, columns = np.nonzero(mask)
    kept = max(1, round(UPPER_SHARE * len(rows)))  # np.nonzero goes from top to bottom
    return float(columns[:kept].mean()), float(rows[:kept].mean())


def make_targets(people: Pixels) -> Targets:
    """Targets of a frame. people: who is where, uint8 [H, W], 0 for nobody."""
    height, width = people.shape[0] // STRIDE, people.shape[1] // STRIDE
    down, across = np.mgrid[:height, :width].astype(np.float32)
    middle = STRIDE // 2
    owners = people[middle::STRIDE, middle::STRIDE]
    centres = np.zeros((height, width), np.float32)
    offsets = np.zeros((2, height, width), np.float32)
    inside = np.zeros((height, width), bool)
    for number in np.unique(people[people > 0]):
        mask = people == number
        if mask.mean() < _LEAST_SHARE:
            continue
        x, y = centre_of(mask)
        cells = owners == number
        inside |= cells
        offsets[0][cells] = (x - (across[cells] + 0.5) * STRIDE) / OFFSET_UNIT_PX
        offsets[1][cells] = (y - (down[cells] + 0.5) * STRIDE) / OFFSET_UNIT_PX
        sigma = float(np.clip(_SIGMA * np.sqrt(mask.sum()) / STRIDE, *_SIGMA_CELLS))
        cell_x, cell_y = np.floor(x / STRIDE), np.floor(y / STRIDE)
        distance = np.square(across - cell_x) + np.square(down - cell_y)
        centres = np.maximum(centres, np.exp(-distance / (2 * sigma * sigma)))
    return Targets(centres.astype(np.float32), offsets, inside)
