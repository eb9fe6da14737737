"""Checkpoint files: a network and, if the file is of a run, everything needed to continue the run."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import torch

from models import BuildError, build, complete_options

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from models.networks.layers import Network

FORMAT = 1


class CheckpointError(Exception):
    """The file is not a valid checkpoint, or does not fit; the message names the file or the reason."""


def save(path: Path, state: dict[str, Any]) -> None:
    """Write the state atomically: even after a kill, `path` is the complete old or new file."""
    partial = path.with_name(path.name + ".partial")
    with partial.open("wb") as file:
        torch.save({"format": FORMAT, **state}, file)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def load(path: Path) -> dict[str, Any]:
    """Load the state that `save` wrote. Raises CheckpointError."""
    state = read(path)
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        raise CheckpointError(f"{path} is not a checkpoint of this program (format {FORMAT})")
    return state


def read(path: Path) -> Any:
    """Load any PyTorch file of tensors and plain data. Raises CheckpointError, also for other objects."""
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise CheckpointError(f"there is no file {path}") from None
    except Exception as error:  # unpickling arbitrary bytes can raise anything
        first = (str(error).splitlines() or [""])[0]
        raise CheckpointError(f"{path} is not a checkpoint: {type(error).__name__} {first}") from None


def describe(name: str, network: Network, options: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the part of a checkpoint that `restore` needs besides the weights.

    options: arguments that the network was built with. The defaults of the others are stored too, because a
    later version may change them.
    """
    return {
        "network": name,
        "options": complete_options(name, options or {}),
        "mean": list(network.mean),
        "std": list(network.std),
    }


def restore(state: dict[str, Any], weights: str = "average") -> Network:
    """Build the network of a checkpoint, in eval mode. Raises CheckpointError.

    weights: "average" (the moving average, for use) or "weights" (the last training step).
    """
    try:
        network = build(state["network"], **state["options"])
    except BuildError as error:
        raise CheckpointError(f"cannot build the checkpoint's network: {error}") from None
    network.mean, network.std = tuple(state["mean"]), tuple(state["std"])
    load_weights(network, state, weights if weights in state else "weights")
    return network.eval()


def load_weights(network: Network, state: dict[str, Any], weights: str) -> None:
    """Load a checkpoint's `weights` or `average` into a network. Raises CheckpointError."""
    try:
        network.load_state_dict(state[weights])
    except RuntimeError:
        built = ", ".join(f"{key}={value}" for key, value in state["options"].items()) or "older defaults"
        raise CheckpointError(
            f"the checkpoint's weights do not fit: they are of {state['network']}, built with {built}"
        ) from None
