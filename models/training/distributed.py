"""Where a run trains: one process or several that torchrun started, each on a CPU or on a GPU of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, distributed, nn

from models.networks.layers import Network

# The others wait while the first one reads and measures the val split.
PATIENCE = timedelta(hours=2)


_TORCHRUN = (("RANK", 0), ("WORLD_SIZE", 1), ("LOCAL_RANK", 0))  # what it tells, and what holds without it


class GroupError(Exception):
    """The device or the other processes are not there; the message says which."""


@dataclass(frozen=True)
class Group:
    """The processes that train one network together; by default this one alone, on the CPU."""

    rank: int = 0
    size: int = 1
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))

    @property
    def leads(self) -> bool:
        """Whether this process writes, prints and validates."""
        return self.rank == 0

    def share(self, network: Network) -> Network:
        """The network with batch norm's statistics over all processes, where that can be had.

        PyTorch synchronises them on GPUs only. On CPUs each process normalises by its own batch, as every
        GPU did in the papers, and DistributedDataParallel keeps the first one's running statistics.
        """
        if self.size > 1 and self.device.type == "cuda":
            return cast(Network, nn.SyncBatchNorm.convert_sync_batchnorm(network))  # type: ignore[no-untyped-call]
        return network

    def average(self, module: nn.Module, all_learn: bool) -> nn.Module:
        """The module such that backward leaves the mean gradient of all processes.

        Its outputs are losses, not logits: so PyTorch sees which parameters a recipe gives no gradient.
        all_learn: there are none such, and they need not be looked for.
        """
        if self.size == 1:
            return module
        return nn.parallel.DistributedDataParallel(module, find_unused_parameters=not all_learn)

    def carry(self, pixels: NDArray[np.uint8]) -> Tensor:
        """A batch's pixels on the device; on a GPU without waiting for what it still has to do."""
        tensor = torch.from_numpy(pixels)
        if self.device.type == "cpu":
            return tensor
        return tensor.pin_memory().to(self.device, non_blocking=True)

    def agree(self, *values: float) -> list[float]:
        """The largest of all processes' values, one by one, the same in each: clocks and signals differ.

        Raises GroupError when one of them has ended.
        """
        if self.size == 1:
            return list(values)
        # On the CPU, whatever the device: a GPU's queue would have to run dry first.
        largest = torch.tensor(values, dtype=torch.float64)
        try:
            distributed.all_reduce(largest, distributed.ReduceOp.MAX)
        except RuntimeError:  # of no kind of its own
            raise GroupError("another process of this run has ended; what it says is the reason") from None
        return [float(value) for value in largest]


ALONE = Group()


@contextmanager
def join(device: str = "auto") -> Iterator[Group]:
    """The group this process was started in, until the block ends. Raises GroupError.

    device: auto (a GPU if there is one), cpu or cuda.
    """
    rank, size, local = (int(os.environ.get(name, default)) for name, default in _TORCHRUN)
    gpus = torch.cuda.device_count() if device != "cpu" and torch.cuda.is_available() else 0
    if device == "cuda" and not gpus:
        raise GroupError("there is no GPU that this PyTorch can use; --device cpu trains without one")
    if gpus and local >= gpus:
        raise GroupError(
            f"there are {gpus} GPUs, too few for process {local + 1}; start one process for each"
        )
    place = torch.device("cuda", local) if gpus else torch.device("cpu")
    if size == 1:
        yield Group(device=place)
        return
    if gpus:
        torch.cuda.set_device(place)
    distributed.init_process_group("cpu:gloo,cuda:nccl" if gpus else "gloo", timeout=PATIENCE)
    try:
        yield Group(rank, size, place)
    finally:
        distributed.destroy_process_group()
