"""Batches made in worker processes, so that augmentation and training do not share the interpreter lock."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from models.data.augment import Augmenter
from models.data.dataset import DataError, load_bank, read_index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnContext
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

AHEAD = 3  # batches that each worker prepares in advance


@dataclass(frozen=True)
class BatchShape:
    """The size of a batch: frames, and their height and width."""

    count: int
    height: int
    width: int

    @property
    def pixels(self) -> int:
        """Number of pixels in the batch."""
        return self.count * self.height * self.width


@dataclass(frozen=True)
class Batch:
    """frames: uint8 [N, H, W, 3] BGR. alphas: uint8 [N, H, W]. Overwritten after the next batch is read.

    Tensors if they were made on the device that trains.
    """

    step: int
    frames: NDArray[np.uint8] | Tensor
    alphas: NDArray[np.uint8] | Tensor


class Stream:
    """Endless batches; each depends only on seed, step, rank and shape, so a continued run has the same ones.

    plan: the shape of the batch of a step; called some steps in advance, in order. largest: pixels of the
    largest batch. first: the first step. The workers end when this process ends, even by SIGKILL.
    """

    def __init__(
        self,
        data: Path | Sequence[Path],
        plan: Callable[[int], BatchShape],
        largest: int,
        seed: int,
        first: int = 0,
        workers: int = 1,
        rank: int = 0,
    ) -> None:
        context = multiprocessing.get_context("spawn")
        self._plan = plan
        self._first = first
        self._slots: list[NDArray[np.uint8]] = []
        self._pipes: list[Connection] = []
        self._processes = []
        for _ in range(workers):
            memory = [context.RawArray("B", largest * 4) for _ in range(AHEAD + 1)]
            self._slots += [np.frombuffer(block, np.uint8) for block in memory]
            pipe, worker_pipe = context.Pipe()
            process = _start(context, (worker_pipe, memory, data, seed, rank))
            worker_pipe.close()  # with a copy open here, the end of the worker would not be noticed
            self._pipes.append(pipe)
            self._processes.append(process)

    def __iter__(self) -> Iterator[Batch]:
        """Yield batches in the order of steps. Raises DataError if a worker fails."""
        waiting: deque[tuple[int, BatchShape]] = deque()
        workers = len(self._pipes)
        step = self._first
        while True:
            while len(waiting) < AHEAD * workers:
                shape = self._plan(step)
                self._pipes[step % workers].send((step, shape))
                waiting.append((step, shape))
                step += 1
            ready, shape = waiting.popleft()
            try:
                slot = self._pipes[ready % workers].recv()
            except EOFError:
                raise DataError("the process that makes the training frames ended unexpectedly") from None
            if isinstance(slot, str):
                raise DataError(slot)
            block = self._slots[(ready % workers) * (AHEAD + 1) + slot]
            frames, alphas = _views(block, shape)
            yield Batch(ready, frames, alphas)

    def close(self) -> None:
        """Stop the workers."""
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.join(10)


def _start(context: SpawnContext, arguments: tuple[Any, ...]) -> Any:
    process = context.Process(target=_work, args=arguments, daemon=True)
    process.start()
    return process


def _views(block: NDArray[np.uint8], shape: BatchShape) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    split = shape.pixels * 3
    frames = block[:split].reshape(shape.count, shape.height, shape.width, 3)
    return frames, block[split : split + shape.pixels].reshape(shape.count, shape.height, shape.width)


def _work(pipe: Connection, memory: list[Any], data: Path | Sequence[Path], seed: int, rank: int) -> None:
    """Main function of a worker: decode all photos, then fill a slot of shared memory on request."""
    import cv2

    cv2.setNumThreads(1)
    if os.name == "posix":
        # torchrun and terminals signal the whole process group, and the run needs frames until it stops.
        os.setsid()
    # The first process draws the same as a single process. `Trainer.plan` draws from [seed, step, 1].
    stream = (2, rank) if rank else ()
    blocks = [np.frombuffer(block, np.uint8) for block in memory]
    try:
        augmenter = Augmenter(load_bank(data, read_index(data, "train")))
    except DataError as error:
        pipe.send(str(error))
        return
    made = 0
    while True:
        try:
            step, shape = pipe.recv()
            slot = made % len(blocks)
            made += 1
            frames, alphas = _views(blocks[slot], shape)
            rng = np.random.default_rng([seed, step, *stream])
            for index in range(shape.count):
                frames[index], alphas[index] = augmenter(shape.height, shape.width, rng)
            pipe.send(slot)
        except (EOFError, BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
            return
