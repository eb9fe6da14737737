"""`python -m models.face.export CHECKPOINT OUT.onnx --data DIR`: export the network for parts of the face.

The contract is that of `models.export` (README.md), with `kind: parts` and the classes' names in the metadata
and an output `parts`: probabilities, float32 [1, C, H/2, W/2].
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

from models.data.dataset import DataError, read_index
from models.data.face.pack import labelled
from models.export import (
    TOLERANCE,
    VERSION,
    ExportError,
    largest_difference,
    set_metadata,
    trace,
    write_graph,
)
from models.face.evaluate import evaluate, onnx_parts, table
from models.networks.face_parts import PARTS
from models.quantise import quantise
from models.training import checkpoint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from models.networks.layers import Network

SIZES = ((96, 96), (192, 192), (160, 256))
RANGE_FACES = 96  # photos for the ranges of 8 bits
WINDOWS_PX = 192


class _Contract(nn.Module):
    """Normalisation, network and softmax: frame uint8 [1, H, W, 3] to parts float32 [1, C, H/2, W/2]."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, frame: Tensor) -> Tensor:
        logits = self.network(self.network.normalise(frame).contiguous()).logits
        parts: Tensor = logits.clamp(-50, 50).softmax(1)
        return parts


def to_onnx(network: Network) -> onnx.ModelProto:
    """Trace the network to an ONNX graph without metadata."""
    model = trace(_Contract(network), {"parts": {2: "h", 3: "w"}})
    onnx.checker.check_model(model, full_check=True)
    return model


def difference(model: onnx.ModelProto, network: Network) -> float:
    """Largest difference of a probability between the graph in onnxruntime and PyTorch, on random frames."""
    return largest_difference(model, lambda frame: network(network.normalise(frame)).logits.softmax(1), SIZES)


def describe(name: str, network: Network, mean: float | None = None) -> dict[str, str]:
    """The metadata of the contract. mean: F1 without background on the val split, 0 to 1, if measured."""
    return {
        "kind": "parts",
        "classes": ",".join(PARTS),
        "name": name,
        "title": network.title,
        "version": VERSION,
        "license": network.license,
        "trained_on": network.trained_on,
        "working_pixels": str(network.working_pixels),
        "f1_val": "" if mean is None else f"{mean:.4f}",
        "parameters": str(network.count_parameters()),
    }


def windows(data: Path) -> list[NDArray[np.uint8]]:
    """Faces of the train split at the network's size, to measure ranges on."""
    import cv2

    entries = labelled(read_index(data, "train"))
    chosen = np.random.default_rng(0).permutation(len(entries))[:RANGE_FACES]
    size = (WINDOWS_PX, WINDOWS_PX)
    photos = [entries[index].read()[0] for index in chosen]
    return [np.asarray(cv2.resize(photo, size, interpolation=cv2.INTER_AREA), np.uint8) for photo in photos]


def export(name: str, network: Network, path: Path, data: Path, eight_bit: bool = True) -> str:
    """Export a network to `path`, update the model card beside it; return the file's sha256 in hex.

    data: folder with index.csv; the network is measured on its val split. Raises DataError, ExportError.
    """
    model = to_onnx(network)
    worst = difference(model, network)
    if not worst <= TOLERANCE:
        raise ExportError(f"the graph differs from PyTorch by {worst:.2g}; nothing was written")
    if eight_bit:
        model = quantise(model, windows(data))
    scores = evaluate(onnx_parts(model.SerializeToString()), data)
    set_metadata(model, describe(name, network, scores["mean"]))
    return write_graph(path, model, table({name: scores}))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m models.face.export", description=__doc__)
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
        digest = export(options.out.stem, network, options.out, options.data, not options.float)
    except (checkpoint.CheckpointError, ExportError, DataError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"{options.out}: {options.out.stat().st_size / 1e6:.2f} MB, sha256 {digest}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
