"""Batches of frames of several people, made in a process of its own."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch

from models.data.dataset import DataError, load_bank, read_index
from models.data.people.groups import GroupMaker
from models.data.people.targets import make_targets

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from multiprocessing.connection import Connection
    from pathlib import Path

    from torch import Tensor

AHEAD = 4  # batches in advance


class PeopleStream:
    """Endless batches; each depends only on seed and step. The worker ends when this process ends.

    sizes: height, width and relative frequency of frames. first: the first step.
    """

    def __init__(
        self, data: Path, sizes: Sequence[tuple[int, int, int]], batch: int, seed: int, first: int
    ) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=_work, args=(theirs, data, tuple(sizes), batch, seed, first), daemon=True
        )
        self._process.start()
        theirs.close()  # with a copy open here, the end of the worker would not be noticed

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor, Tensor, Tensor]]:
        """Yield frames, uint8 [N, H, W, 3], and the three `Targets`. Raises DataError if the worker fails."""
        waiting: deque[int] = deque()
        while True:
            while len(waiting) < AHEAD:
                self._pipe.send(True)
                waiting.append(1)
            waiting.popleft()
            try:
                batch = self._pipe.recv()
            except EOFError:
                raise DataError("the process that makes the training frames ended unexpectedly") from None
            if isinstance(batch, str):
                raise DataError(batch)
            frames, centres, offsets, inside = (torch.from_numpy(each) for each in batch)
            yield frames, centres, offsets, inside

    def close(self) -> None:
        """Stop the worker."""
        self._pipe.close()
        self._process.join(10)


def _work(
    pipe: Connection, data: Path, sizes: tuple[tuple[int, int, int], ...], batch: int, seed: int, step: int
) -> None:
    if os.name == "posix":
        os.setsid()  # a terminal signals the whole group, and the run needs frames until it stops
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    try:
        make = GroupMaker(load_bank(data, read_index(data, "train")))
    except DataError as error:
        pipe.send(str(error))
        return
    shares = np.array([share for _, _, share in sizes], float)
    while True:
        try:
            pipe.recv()
            rng = np.random.default_rng((seed, step))
            height, width, _ = sizes[int(rng.choice(len(sizes), p=shares / shares.sum()))]
            made = [make(height, width, rng) for _ in range(batch)]
            targets = [make_targets(people) for _, people in made]
            pipe.send(
                (
                    np.stack([frame for frame, _ in made]),
                    *(np.stack(each) for each in zip(*targets, strict=True)),
                )
            )
            step += 1
        except (EOFError, BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
            return
