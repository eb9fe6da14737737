"""Checkpoints: everything that rebuilds a network, and a run where it stopped."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from models import BuildError, build, complete_options
from models.networks.layers import Network

FORMAT = 1


class CheckpointError(Exception):
    """The file is no checkpoint of ours; the message names it."""


def save(path: Path, state: dict[str, Any]) -> None:
    """Write beside, then rename: whoever reads `path` finds the old or the new whole, also after a kill."""
    beside = path.with_name(path.name + ".partial")
    with beside.open("wb") as file:
        torch.save({"format": FORMAT, **state}, file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def load(path: Path) -> dict[str, Any]:
    """The state that `save` wrote. Raises CheckpointError, also for files that hold more than plain data."""
    state = read(path)
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        raise CheckpointError(f"{path} is no checkpoint of this program (format {FORMAT})")
    return state


def read(path: Path) -> Any:
    """What any PyTorch file holds, tensors and plain data only. Raises CheckpointError."""
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise CheckpointError(f"there is no file {path}") from None
    except Exception as error:  # an unpickler that meets other bytes may raise anything
        first = (str(error).splitlines() or [""])[0]
        raise CheckpointError(f"{path} is no checkpoint: {type(error).__name__} {first}") from None


def describe(name: str, network: Network, options: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The part of a checkpoint that `restore` needs besides the weights.

    options: what the network was built with. Those left out are kept as well, at their defaults: these may be
    others when the checkpoint is read.
    """
    return {
        "network": name,
        "options": complete_options(name, options or {}),
        "mean": list(network.mean),
        "std": list(network.std),
    }


def restore(state: dict[str, Any], weights: str = "average") -> Network:
    """The network of a checkpoint, in eval mode. Raises CheckpointError.

    weights: average (EMA, for use) or weights (as trained).
    """
    try:
        network = build(state["network"], **state["options"])
    except BuildError as error:
        raise CheckpointError(f"the checkpoint's network cannot be rebuilt: {error}") from None
    network.mean, network.std = tuple(state["mean"]), tuple(state["std"])
    fill(network, state, weights if weights in state else "weights")
    return network.eval()


def fill(network: Network, state: dict[str, Any], weights: str) -> None:
    """Put a checkpoint's `weights` (or `average`) into a network. Raises CheckpointError."""
    try:
        network.load_state_dict(state[weights])
    except RuntimeError:
        built = ", ".join(f"{key}={value}" for key, value in state["options"].items()) or "older defaults"
        raise CheckpointError(
            f"the checkpoint's weights do not fit: they are of {state['network']}, built with {built}"
        ) from None
