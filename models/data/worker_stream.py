"""Batches made in processes of their own, so that training never waits for an interpreter's lock."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from typing import TYPE_CHECKING

import cv2
import torch

from models.data.dataset import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from typing import Any, TypeAlias

    from numpy.typing import NDArray
    from torch import Tensor

    # From what is asked of a step to the arrays of its batch.
    Maker: TypeAlias = Callable[..., tuple[NDArray[Any], ...]]

AHEAD = 4  # batches in advance, of each worker


class WorkerStream:
    """Endless batches in the order of their steps. The workers end when this process ends.

    open_maker: called once in each worker, so it must be picklable; what it returns makes the arrays of a
    batch from its step and from what `plan` says of that step. A DataError that it raises is raised here.
    first: the first step. workers: processes, which take the steps in turn.
    """

    def __init__(
        self,
        open_maker: Callable[[], Maker],
        first: int = 0,
        plan: Callable[[int], tuple[int, ...]] = lambda step: (),
        workers: int = 1,
    ) -> None:
        self._plan, self._step = plan, first
        context = multiprocessing.get_context("spawn")
        self._pipes, self._processes = [], []
        for _ in range(workers):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(theirs, open_maker), daemon=True)
            process.start()
            theirs.close()  # with a copy open here, the end of the worker would not be noticed
            self._pipes.append(ours)
            self._processes.append(process)

    def __iter__(self) -> Iterator[tuple[Tensor, ...]]:
        """Yield the arrays of each batch as tensors. Raises DataError if a worker fails."""
        waiting: deque[Connection] = deque()
        while True:
            try:
                while len(waiting) < AHEAD * len(self._pipes):
                    pipe = self._pipes[self._step % len(self._pipes)]
                    pipe.send((self._step, *self._plan(self._step)))
                    waiting.append(pipe)
                    self._step += 1
                batch = waiting.popleft().recv()
            except (EOFError, BrokenPipeError, ConnectionResetError):
                raise DataError("a process that makes training frames ended unexpectedly") from None
            if isinstance(batch, str):
                raise DataError(batch)
            yield tuple(torch.from_numpy(array) for array in batch)

    def close(self) -> None:
        """Stop the workers."""
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.join(10)


def _work(pipe: Connection, open_maker: Callable[[], Maker]) -> None:
    if os.name == "posix":
        os.setsid()  # a terminal signals the whole group, and the run needs frames until it stops
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    try:
        make = open_maker()
        while True:
            pipe.send(make(*pipe.recv()))
    except DataError as error:
        pipe.send(str(error))
    except (EOFError, BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
        return
