"""Batches of training windows of faces."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import torch

from models.data.face.pack import read_pack
from models.data.face.windows import WindowMaker
from models.data.worker_stream import WorkerStream

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from models.data.worker_stream import Maker


def window_stream(
    pack: Path, plan: Callable[[int], tuple[int, int]], seed: int, first: int = 0
) -> WorkerStream:
    """Frames and parts as `WindowMaker` makes them; each batch depends only on seed, step and size.

    plan: number of windows and their side in pixels, of a step.
    """
    return WorkerStream(partial(open_maker, pack, seed), first, plan)


def open_maker(pack: Path, seed: int) -> Maker:
    """What makes the windows of a step, their number and side. Raises DataError."""
    make = WindowMaker(read_pack(pack))

    def batch(step: int, count: int, side: int) -> tuple:  # type: ignore[type-arg]
        torch.manual_seed(seed * 1_000_003 + step)
        return tuple(windows.numpy() for windows in make(count, side))

    return batch
