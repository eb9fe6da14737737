"""`python -m models.people.export CHECKPOINT OUT.onnx --data DIR`: export the network for people.

The contract is that of `models.export` (README.md), with `kind: people` and `stride` in the metadata, and two
outputs: `centres`, float32 [1, 1, H/8, W/8], 0..1, and `offsets`, float32 [1, 2, H/8, W/8], (x, y) in pixels
of the frame from the middle of a cell to the centre of its person.
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

from models.data.dataset import DataError
from models.export import (
    TOLERANCE,
    VERSION,
    ExportError,
    set_metadata,
    trace,
    write_graph,
)
from models.networks.people import OFFSET_UNIT_PX, STRIDE, People
from models.people.evaluate import Scene, composed, evaluate, onnx_people, table, torch_people
from models.quantise import quantise
from models.training import checkpoint

if TYPE_CHECKING:
    from collections.abc import Sequence

RANGE_FRAMES = 96  # frames for the ranges of 8 bits


class _Contract(nn.Module):
    """Normalisation and network: frame uint8 [1, H, W, 3] to centres and offsets."""

    def __init__(self, network: People) -> None:
        super().__init__()
        self.network = network

    def forward(self, frame: Tensor) -> tuple[Tensor, Tensor]:
        logits = self.network(self.network.normalise(frame).contiguous()).logits
        return logits[:, :1].clamp(-50, 50).sigmoid(), logits[:, 1:] * OFFSET_UNIT_PX


def to_onnx(network: People) -> onnx.ModelProto:
    """Trace the network to an ONNX graph without metadata."""
    axes = {2: "h", 3: "w"}
    model = trace(_Contract(network), {"centres": axes, "offsets": axes})
    onnx.checker.check_model(model, full_check=True)
    return model


def difference(model: onnx.ModelProto, network: People) -> float:
    """Largest difference of a centre or of an offset in `OFFSET_UNIT_PX` from PyTorch, on random frames."""
    found, true = onnx_people(model.SerializeToString()), torch_people(network.eval())
    rng, worst = np.random.default_rng(0), 0.0
    for height, width in ((64, 96), (160, 256)):
        frame = rng.integers(0, 256, (height, width, 3)).astype(np.uint8)
        for one, other, unit in zip(found(frame), true(frame), (1.0, OFFSET_UNIT_PX), strict=True):
            worst = max(worst, float(np.abs(one - other).max()) / unit)
    return worst


def describe(name: str, network: People, right: float) -> dict[str, str]:
    """The metadata of the contract. right: share of people's pixels given to the right person, 0 to 1."""
    return {
        "kind": "people",
        "name": name,
        "title": network.title,
        "version": VERSION,
        "license": network.license,
        "trained_on": network.trained_on,
        "working_pixels": str(network.working_pixels),
        "stride": str(STRIDE),
        "right_val": f"{right:.4f}",
        "parameters": str(network.count_parameters()),
    }


def export(name: str, network: People, path: Path, scenes: Sequence[Scene], eight_bit: bool = True) -> str:
    """Export a network to `path`, update the model card beside it; return the file's sha256 in hex.

    scenes: frames to measure ranges and figures on. Raises ExportError.
    """
    model = to_onnx(network)
    worst = difference(model, network)
    if not worst <= TOLERANCE:
        raise ExportError(f"the graph differs from PyTorch by {worst:.2g}; nothing was written")
    if eight_bit:
        model = quantise(model, [frame for frame, _ in scenes[:RANGE_FRAMES]], network.float_parts)
    scores = evaluate(onnx_people(model.SerializeToString()), scenes)
    set_metadata(model, describe(name, network, scores["right"]))
    return write_graph(path, model, table({name: scores}))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m models.people.export", description=__doc__)
    parser.add_argument("checkpoint", type=Path, help="checkpoint, as last.pt of a run")
    parser.add_argument(
        "out", type=Path, help=".onnx file to write; its model card is the .md file beside it"
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with index.csv")
    parser.add_argument("--float", action="store_true", help="keep floating point")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    try:
        network = checkpoint.restore(checkpoint.load(options.checkpoint))
        if not isinstance(network, People):
            raise ExportError(f"{options.checkpoint} is not a network for people")
        digest = export(options.out.stem, network, options.out, composed(options.data), not options.float)
    except (checkpoint.CheckpointError, ExportError, DataError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"{options.out}: {options.out.stat().st_size / 1e6:.2f} MB, sha256 {digest}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
