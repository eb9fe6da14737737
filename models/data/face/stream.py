"""Batches of training windows, made in a process of its own, so that training never waits for its lock."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from typing import TYPE_CHECKING

import torch

from models.data.dataset import DataError
from models.data.face.pack import read_pack
from models.data.face.windows import WindowMaker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from pathlib import Path

    from torch import Tensor

AHEAD = 4  # batches in advance


class FaceStream:
    """Endless batches; each depends only on seed, step and size. The worker ends when this process ends.

    plan: number of windows and their side in pixels, of a step.
    """

    def __init__(self, pack: Path, plan: Callable[[int], tuple[int, int]], seed: int, first: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._plan, self._step = plan, first
        self._process = context.Process(target=_work, args=(theirs, pack, seed), daemon=True)
        self._process.start()
        theirs.close()  # with a copy open here, the end of the worker would not be noticed

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield frames and parts, as `WindowMaker`. Raises DataError if the worker fails."""
        waiting: deque[int] = deque()
        while True:
            while len(waiting) < AHEAD:
                self._pipe.send((self._step, *self._plan(self._step)))
                waiting.append(self._step)
                self._step += 1
            waiting.popleft()
            try:
                batch = self._pipe.recv()
            except EOFError:
                raise DataError("the process that makes the training windows ended unexpectedly") from None
            if isinstance(batch, str):
                raise DataError(batch)
            yield torch.from_numpy(batch[0]), torch.from_numpy(batch[1])

    def close(self) -> None:
        """Stop the worker."""
        self._pipe.close()
        self._process.join(10)


def _work(pipe: Connection, pack: Path, seed: int) -> None:
    if os.name == "posix":
        os.setsid()  # a terminal signals the whole group, and the run needs windows until it stops
    torch.set_num_threads(1)
    try:
        make = WindowMaker(read_pack(pack))
    except DataError as error:
        pipe.send(str(error))
        return
    while True:
        try:
            step, count, side = pipe.recv()
            torch.manual_seed(seed * 1_000_003 + step)
            frames, parts = make(count, side)
            pipe.send((frames.numpy(), parts.numpy()))
        except (EOFError, BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
            return
