"""Devices and processes: one process, or several started by torchrun, each on the CPU or its own GPU."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor, distributed, nn

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from models.networks.layers import Network

# The other processes wait while the first one validates.
_TIMEOUT = timedelta(hours=2)
# Environment variables that torchrun sets, with their values for a single process.
_TORCHRUN = (("RANK", 0), ("WORLD_SIZE", 1), ("LOCAL_RANK", 0))


class GroupError(Exception):
    """The device or another process is missing; the message says which."""


@dataclass(frozen=True)
class Group:
    """The processes that train one network together; by default a single process on the CPU."""

    rank: int = 0
    size: int = 1
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))

    @property
    def is_main(self) -> bool:
        """True in the one process that validates, prints and writes files."""
        return self.rank == 0

    def sync_batch_norm(self, network: Network) -> Network:
        """Return the network with batch norms that use the statistics of all processes, if on GPUs.

        PyTorch has these on GPUs only. On CPUs each process normalises by its own batch, as each GPU does in
        the papers, and DistributedDataParallel keeps the running statistics of the first process.
        """
        if self.size > 1 and self.device.type == "cuda":
            return cast("Network", nn.SyncBatchNorm.convert_sync_batchnorm(network))  # type: ignore[no-untyped-call]
        return network

    def data_parallel(self, module: nn.Module, all_used: bool) -> nn.Module:
        """Return the module wrapped so that backward gives the mean gradient of all processes.

        The module's outputs must be the losses: from these PyTorch finds the parameters without a gradient.
        all_used: every parameter has a gradient, so that search is skipped.
        """
        if self.size == 1:
            return module
        return nn.parallel.DistributedDataParallel(module, find_unused_parameters=not all_used)

    def to_device(self, pixels: NDArray[np.uint8] | Tensor) -> Tensor:
        """Copy a batch's pixels to the device; asynchronous on a GPU. A tensor is there already."""
        if isinstance(pixels, torch.Tensor):
            return pixels
        tensor = torch.from_numpy(pixels)
        if self.device.type == "cpu":
            return tensor
        return tensor.pin_memory().to(self.device, non_blocking=True)

    def maximum(self, *values: float) -> list[float]:
        """Return the maximum of each value over all processes, the same in every process; also a barrier.

        Raises GroupError if a process has ended.
        """
        if self.size == 1:
            return list(values)
        # On the CPU even if the device is a GPU, because a GPU would first have to finish its queue.
        largest = torch.tensor(values, dtype=torch.float64)
        try:
            distributed.all_reduce(largest, distributed.ReduceOp.MAX)
        except RuntimeError:  # PyTorch has no more specific class for this
            raise GroupError("another process of this run has ended; see its output for the reason") from None
        return [float(value) for value in largest]


SINGLE_PROCESS = Group()


@contextmanager
def join(device: str = "auto") -> Iterator[Group]:
    """Join the processes that torchrun started, until the block ends. Raises GroupError.

    device: "auto" (a GPU if there is one), "cpu" or "cuda".
    """
    rank, size, local = (int(os.environ.get(name, default)) for name, default in _TORCHRUN)
    gpus = torch.cuda.device_count() if device != "cpu" and torch.cuda.is_available() else 0
    if device == "cuda" and not gpus:
        raise GroupError("there is no GPU that PyTorch can use; train without one with --device cpu")
    if gpus and local >= gpus:
        raise GroupError(f"there are {gpus} GPUs, too few for process {local + 1}; start one process per GPU")
    place = torch.device("cuda", local) if gpus else torch.device("cpu")
    if size == 1:
        yield Group(device=place)
        return
    if gpus:
        torch.cuda.set_device(place)
    distributed.init_process_group("cpu:gloo,cuda:nccl" if gpus else "gloo", timeout=_TIMEOUT)
    try:
        yield Group(rank, size, place)
    finally:
        distributed.destroy_process_group()
