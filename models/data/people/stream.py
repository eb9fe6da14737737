"""Batches of composed frames of several people."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from models.data.dataset import load_bank, read_index
from models.data.people.frames import PeopleComposer
from models.data.worker_stream import WorkerStream

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import Any, TypeAlias

    from numpy.typing import NDArray

    from models.data.dataset import Pixels
    from models.data.worker_stream import Maker

    Describe: TypeAlias = Callable[[Pixels], Sequence[NDArray[Any]]]

Sizes = tuple[tuple[int, int, int], ...]
"""Height, width and relative frequency of frames."""


def whole_map(people: Pixels) -> tuple[Pixels]:
    """The map of people itself as target."""
    return (people,)


def people_stream(
    data: Sequence[Path],
    sizes: Sizes,
    batch: int,
    seed: int,
    first: int = 0,
    workers: int = 1,
    describe: Describe = whole_map,
) -> WorkerStream:
    """Frames, uint8 [N, H, W, 3], and targets of each, stacked.

    data: folders with index.csv. batch: frames of a batch. Each batch depends only on seed and step.
    describe: from the map of people of a frame, uint8 [H, W], to its targets.
    """
    return WorkerStream(
        partial(open_maker, tuple(data), sizes, batch, seed, describe), first, workers=workers
    )


def open_maker(data: Sequence[Path], sizes: Sizes, batch: int, seed: int, describe: Describe) -> Maker:
    """What makes the batch of a step. Raises DataError."""
    compose = PeopleComposer(load_bank(list(data), read_index(list(data), "train")))
    shares = np.array([share for _, _, share in sizes], float)

    def make(step: int) -> tuple[NDArray[Any], ...]:
        rng = np.random.default_rng((seed, step))
        height, width, _ = sizes[int(rng.choice(len(sizes), p=shares / shares.sum()))]
        made = [compose(height, width, rng) for _ in range(batch)]
        targets = [describe(people) for _, people in made]
        frames = np.stack([frame for frame, _ in made])
        return frames, *(np.stack(each) for each in zip(*targets, strict=True))

    return make
