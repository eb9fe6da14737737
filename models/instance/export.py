"""`python -m models.instance.export CHECKPOINT OUT.onnx [--size HxW]`: export an instance network.

The graph has standard ONNX operators only. Input `frame`: uint8 [1, H, W, 3], BGR, of one size. Outputs, the
surest person first: `boxes` [D, 4], left, top, right, bottom in pixels; `scores` [D] and `masks` [D, H, W],
both 0 to 1. It is written only if it gives the same persons as PyTorch.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from models.evaluation.onnx_models import open_session
from models.export import VERSION, ExportError, atomic_write, set_metadata, trace
from models.networks.instance.network import InstanceNetwork
from models.networks.instance.roi_align import paste
from models.networks.layers import SIZE_MULTIPLE
from models.training import checkpoint
from models.training.instance.trainer import SIZE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

OUTPUTS = ("boxes", "scores", "masks")
TOLERANCE = 2e-3  # largest difference of a score or, on average, of a mask, 0 to 1


class Contract(nn.Module):
    """Normalisation, network and masks in the frame: uint8 [1, H, W, 3] to boxes, scores and masks."""

    def __init__(self, network: InstanceNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, frame: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Boxes [D, 4], scores [D] and masks [D, H, W] of one frame."""
        found = self.network(self.network.normalise(frame).contiguous())
        masks = paste(found.masks, found.boxes, int(frame.shape[1]), int(frame.shape[2]))
        return found.boxes[0], found.scores[0], masks[0]


def to_onnx(network: InstanceNetwork, size: tuple[int, int] = SIZE) -> onnx.ModelProto:
    """Trace the network at this height and width. Puts the network into eval mode."""
    model = trace(Contract(network), {name: {} for name in OUTPUTS}, size)
    onnx.checker.check_model(model, full_check=True)
    return model


def run_graph(model: onnx.ModelProto, frame: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
    """Boxes, scores and masks of one frame, uint8 [H, W, 3], in onnxruntime."""
    session = open_session(model.SerializeToString(), 1)
    return list(session.run(list(OUTPUTS), {"frame": frame[None]}))


def difference(model: onnx.ModelProto, network: InstanceNetwork, frame: NDArray[np.uint8]) -> float:
    """Largest difference of a score, or mean difference of the masks, between the graph and PyTorch."""
    with torch.inference_mode():
        expected = [value.numpy() for value in Contract(network).eval()(torch.from_numpy(frame[None]))]
    _, scores, masks = run_graph(model, frame)
    return max(float(np.abs(scores - expected[1]).max()), float(np.abs(masks - expected[2]).mean()))


def export(name: str, network: InstanceNetwork, path: Path, size: tuple[int, int] = SIZE) -> onnx.ModelProto:
    """Write the graph to `path`. Raises ExportError if it differs from PyTorch."""
    model = to_onnx(network, size)
    frame = np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)
    worst = difference(model, network, frame)
    if not worst <= TOLERANCE:
        raise ExportError(f"the graph differs from PyTorch by {worst:.2g}; nothing was written")
    metadata = {
        "kind": "persons",
        "name": name,
        "title": network.title,
        "version": VERSION,
        "license": network.license,
        "trained_on": network.trained_on,
        "parameters": str(network.count_parameters()),
    }
    set_metadata(model, metadata)
    atomic_write(path, model.SerializeToString())
    return model


def _size(text: str) -> tuple[int, int]:
    height, width = (int(side) for side in text.split("x"))
    if min(height, width) < 1 or height % SIZE_MULTIPLE or width % SIZE_MULTIPLE:
        raise ValueError(text)
    return height, width


def load_network(path: Path) -> tuple[str, InstanceNetwork]:
    """Name and network of a checkpoint. Raises CheckpointError."""
    state = checkpoint.load(path)
    network = checkpoint.restore(state)
    if not isinstance(network, InstanceNetwork):
        raise checkpoint.CheckpointError(f"{path} is of {state['network']}, which finds no persons")
    return state["network"], network


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m models.instance.export", description=__doc__)
    parser.add_argument("checkpoint", type=Path, help="checkpoint, as last.pt of a run")
    parser.add_argument("out", type=Path, help=".onnx file to write")
    parser.add_argument(
        "--size", type=_size, default=SIZE, metavar="HxW", help="multiples of 32 (default: 192x320)"
    )
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    try:
        name, network = load_network(options.checkpoint)
        export(name, network, options.out, options.size)
    except (checkpoint.CheckpointError, ExportError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"{options.out}: {options.out.stat().st_size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
