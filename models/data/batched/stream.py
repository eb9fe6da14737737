"""Batches made on the device that trains, in the form that `models.data.loader.Stream` gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.data.batched.augment import BatchAugmenter
from models.data.batched.textures import load_textures
from models.data.loader import Batch, BatchShape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import torch


class BatchedStream:
    """Endless batches on a device; each depends only on seed, step, rank and shape.

    plan: the shape of the batch of a step. first: the first step. side_px: larger photos are shrunk to it.
    Raises DataError.
    """

    def __init__(
        self,
        data: Path | Sequence[Path],
        plan: Callable[[int], BatchShape],
        seed: int,
        first: int,
        rank: int,
        device: torch.device,
        side_px: int,
    ) -> None:
        self._augmenter = BatchAugmenter(load_textures(data, device, side_px))
        self._plan, self._seed, self._step = plan, seed, first
        self._stream = (2, rank) if rank else ()

    def __iter__(self) -> Iterator[Batch]:
        """Yield batches in the order of steps."""
        while True:
            shape = self._plan(self._step)
            rng = np.random.default_rng([self._seed, self._step, *self._stream])
            frames, alphas = self._augmenter(shape.count, shape.height, shape.width, rng)
            yield Batch(self._step, frames, alphas)
            self._step += 1

    def close(self) -> None:
        """Nothing to stop."""
