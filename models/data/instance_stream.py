"""Batches of composed frames with people's masks, made in a process of its own."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.data.dataset import DataError, load_bank, read_index
from models.data.instance_frames import PeopleComposer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.connection import Connection
    from pathlib import Path

    from models.data.dataset import Pixels

AHEAD = 4  # batches in advance


@dataclass(frozen=True)
class PeopleBatch:
    """frames: uint8 [N, H, W, 3] BGR. people: uint8 [N, H, W], n where person n is visible, else 0."""

    frames: Pixels
    people: Pixels


def compose_batch(
    make: Callable[[int, int, np.random.Generator], tuple[Pixels, Pixels]],
    count: int,
    size: tuple[int, int],
    rng: np.random.Generator,
) -> PeopleBatch:
    """`count` frames of this height and width."""
    pairs = [make(*size, rng) for _ in range(count)]
    return PeopleBatch(np.stack([frame for frame, _ in pairs]), np.stack([people for _, people in pairs]))


class PeopleStream:
    """Endless batches; each depends only on seed and step. The worker ends when this process ends.

    data: folders with index.csv. count: frames of a batch. size: their height and width. first: the first
    step.
    """

    def __init__(
        self, data: Sequence[Path], count: int, size: tuple[int, int], seed: int, first: int = 0
    ) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._step = first
        arguments = (theirs, list(data), count, size, seed)
        self._process = context.Process(target=_work, args=arguments, daemon=True)
        self._process.start()
        theirs.close()  # with a copy open here, the end of the worker would not be noticed

    def __iter__(self) -> Iterator[PeopleBatch]:
        """Yield the batches in the order of steps. Raises DataError if the worker fails."""
        waiting: deque[int] = deque()
        while True:
            try:
                while len(waiting) < AHEAD:
                    self._pipe.send(self._step)
                    waiting.append(self._step)
                    self._step += 1
                waiting.popleft()
                batch = self._pipe.recv()
            except (EOFError, BrokenPipeError, ConnectionResetError):
                raise DataError("the process that makes the training frames ended unexpectedly") from None
            if isinstance(batch, str):
                raise DataError(batch)
            yield batch

    def close(self) -> None:
        """Stop the worker."""
        self._pipe.close()
        self._process.join(10)


def _work(pipe: Connection, data: list[Path], count: int, size: tuple[int, int], seed: int) -> None:
    import cv2

    cv2.setNumThreads(1)
    if os.name == "posix":
        os.setsid()  # a terminal signals the whole group, and the run needs frames until it stops
    try:
        composer = PeopleComposer(load_bank(data, read_index(data, "train")))
    except DataError as error:
        pipe.send(str(error))
        return
    while True:
        try:
            step = pipe.recv()
            pipe.send(compose_batch(composer, count, size, np.random.default_rng([seed, step])))
        except (EOFError, BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
            return
