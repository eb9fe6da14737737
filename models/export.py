"""`python -m models.export CHECKPOINT OUT.onnx`: export a network for the app (contract: README.md).

The exported graph is compared with PyTorch at three sizes and written only if it gives the same alphas. With
--eight-bit it is then quantised and compared with the graph before on photos of the val split.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import re
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from models.data.dataset import DataError, read_index
from models.evaluate import evaluate, summarise_sources, table
from models.evaluation.groups import group_table, summarise_groups
from models.evaluation.onnx_models import onnx_predictor, open_session
from models.evaluation.predict import resized, working_size
from models.quantise import quantise
from models.summary import PORTRAIT, count
from models.training import checkpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from models.networks.layers import Network

OPSET = 17
SIZES = ((96, 160), (160, 288), (288, 512))
TOLERANCE = 1e-3  # largest difference of alpha, 0 to 1, between the graph and PyTorch
EIGHT_BIT_TOLERANCE = 0.01  # mean difference of alpha, 0 to 1, between 8 bits and floating point
EIGHT_BIT_PHOTOS = 96  # photos for the ranges and for the comparison; 48 gave the same figures
VERSION = "1"  # version of the contract
BEGIN, END = "<!-- figures: written by models.export -->", "<!-- end of figures -->"


class ExportError(Exception):
    """The network cannot be exported, or the graph differs from PyTorch."""


class _Contract(nn.Module):
    """Normalisation, network and softmax: frame uint8 [1, H, W, 3] to alpha float32 [1, H, W]."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, frame: Tensor) -> Tensor:
        # Contiguous, so that the trace does not take the path for channels_last.
        logits = self.network(self.network.normalise(frame).contiguous()).logits
        # The softmax of two classes is the sigmoid of their difference, which is never nan after the clamp.
        margin = (logits[:, 1] - logits[:, 0]).clamp(-50, 50)
        alpha: Tensor = margin.sigmoid()
        return alpha


def to_onnx(network: Network, metadata: Mapping[str, str]) -> onnx.ModelProto:
    """Trace the network to an ONNX graph with this metadata. Puts the network into eval mode."""
    model = trace(_Contract(network), {"alpha": {1: "H", 2: "W"}})
    set_metadata(model, metadata)
    onnx.checker.check_model(model, full_check=True)
    return model


def trace(
    contract: nn.Module, outputs: Mapping[str, dict[int, str]], size: tuple[int, int] | None = None
) -> onnx.ModelProto:
    """Trace a module from frames, uint8 [1, H, W, 3]. outputs: the axes that vary of each output, by name.

    size: the only height and width of a graph whose sizes are fixed.
    """
    buffer = io.BytesIO()
    frame = torch.zeros(1, *(size or SIZES[0]), 3, dtype=torch.uint8)
    axes = {} if size else {"frame": {1: "H", 2: "W"}, **outputs}
    with warnings.catch_warnings():
        # The tracing exporter warns that it is deprecated, and of fixed sizes. The newer one needs onnxscript
        # and gains nothing.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            contract.eval(),  # The exporter restores the mode of the outermost module.
            (frame,),
            buffer,  # type: ignore[arg-type]  # the tracing exporter writes to any file object
            input_names=["frame"],
            output_names=list(outputs),
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )
    return onnx.load_from_string(buffer.getvalue())


def set_metadata(model: onnx.ModelProto, metadata: Mapping[str, str]) -> None:
    """Replace all metadata of the graph."""
    del model.metadata_props[:]
    for key, value in metadata.items():
        model.metadata_props.add(key=key, value=value)


def difference(model: onnx.ModelProto, network: Network, sizes: Sequence[tuple[int, int]] = SIZES) -> float:
    """Largest difference of alpha between the graph in onnxruntime and PyTorch, on random frames."""
    return largest_difference(
        model, lambda frame: network(network.normalise(frame)).logits.softmax(1)[:, 1], sizes
    )


def largest_difference(
    model: onnx.ModelProto, expected: Callable[[Tensor], Tensor], sizes: Sequence[tuple[int, int]]
) -> float:
    """Largest difference between a graph's only output and what PyTorch gives, on random frames."""
    session = open_session(model.SerializeToString())
    rng = np.random.default_rng(0)
    worst = 0.0
    for height, width in sizes:
        coarse = rng.integers(0, 256, (1, height // 16, width // 16, 3)).repeat(16, 1).repeat(16, 2)
        frame = np.clip(coarse + rng.normal(0, 12, coarse.shape), 0, 255).astype(np.uint8)
        (found,) = session.run(None, {"frame": frame})
        with torch.inference_mode():
            true = expected(torch.from_numpy(frame)).numpy()
        if found.shape != true.shape or found.dtype != np.float32:
            raise ExportError(f"the output is {found.dtype} {found.shape}, expected float32 {true.shape}")
        worst = max(worst, float(np.abs(found - true).max()))
    return worst


def describe(name: str, network: Network, fgiou: float | None = None) -> dict[str, str]:
    """The metadata of the contract. fgiou: mean over the sources of the val split, 0 to 1, if measured."""
    return {
        "name": name,
        "title": network.title or name,
        "version": VERSION,
        "license": network.license,
        "trained_on": network.trained_on,
        "working_pixels": str(network.working_pixels),
        "fgiou_val": "" if fgiou is None else f"{fgiou:.4f}",
        "parameters": str(count(network, PORTRAIT).parameters),
    }


def atomic_write(path: Path, data: bytes) -> None:
    """Write to a temporary file, then rename it: `path` is always the complete old or new file."""
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(data)
    partial.replace(path)


def in_eight_bits(model: onnx.ModelProto, network: Network, data: Path) -> onnx.ModelProto:
    """Quantise a graph on photos of train. Raises ExportError if alpha differs on those of val."""

    def frames(split: str) -> list[NDArray[np.uint8]]:
        entries = read_index(data, split)
        chosen = np.random.default_rng(0).permutation(len(entries))[:EIGHT_BIT_PHOTOS]
        photos = [entries[index].read()[0] for index in chosen]
        pixels = network.working_pixels
        return [resized(photo, working_size(photo.shape[0], photo.shape[1], pixels)) for photo in photos]

    quantised = quantise(model, frames("train"), network.float_parts)
    before, after = (onnx_predictor(file.SerializeToString()) for file in (model, quantised))
    error = float(np.mean([np.abs(after(frame) - before(frame)).mean() for frame in frames("val")]))
    if not error <= EIGHT_BIT_TOLERANCE:
        raise ExportError(
            f"in 8 bits alpha differs by {error:.2g} on average, more than {EIGHT_BIT_TOLERANCE}; "
            "nothing was written"
        )
    return quantised


def export(name: str, network: Network, path: Path, data: Path | None = None, eight_bit: bool = False) -> str:
    """Export a network to `path`, update the model card beside it; return the file's sha256 in hex.

    data: folder with index.csv; if given, the network is measured on its val split. Raises DataError, and
    ExportError if the graph differs from PyTorch.
    """
    if eight_bit and data is None:
        raise ExportError("--eight-bit needs photos to measure ranges on; name a folder with --data")
    model = to_onnx(network, describe(name, network))
    worst = difference(model, network)
    if not worst <= TOLERANCE:
        raise ExportError(
            f"the graph differs from PyTorch by {worst:.2g}, more than {TOLERANCE}; nothing was written"
        )
    if eight_bit and data is not None:
        model = in_eight_bits(model, network, data)
    figures = ""
    if data is not None:
        predictor = onnx_predictor(model.SerializeToString())
        results = evaluate(predictor, network.working_pixels, read_index(data, "val"))
        summaries = summarise_sources(results)
        groups = summarise_groups([(result.entry, result.measure) for result in results])
        figures = f"{table(summaries)}\n\n{group_table(groups)}"
        fgiou = sum(summary.fgiou for summary in summaries.values()) / len(summaries)
        set_metadata(model, describe(name, network, fgiou))
    return write_graph(path, model, figures)


def write_graph(path: Path, model: onnx.ModelProto, figures: str) -> str:
    """Write a graph that onnxruntime opens, and update its card; return the file's sha256 in hex."""
    content = model.SerializeToString()
    open_session(content)
    atomic_write(path, content)
    digest = hashlib.sha256(content).hexdigest()
    update_card(path.with_suffix(".md"), digest, figures)
    return digest


def update_card(path: Path, digest: str, figures: str) -> None:
    """Replace the line `sha256: HEX` and, if given, the figures in the model card; create a missing card."""
    text = f"# {path.stem}\n\n{BEGIN}\n{END}\n\nsha256:\n"
    if path.is_file():
        text = path.read_text(encoding="utf-8")
    text = re.sub(r"^sha256:.*$", f"sha256: {digest}", text, flags=re.MULTILINE)
    if figures and BEGIN in text and END in text:
        head, rest = text.split(BEGIN, 1)
        text = f"{head}{BEGIN}\n{figures}\n{END}{rest.split(END, 1)[1]}"
    atomic_write(path, text.encode())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m models.export", description=__doc__)
    parser.add_argument("checkpoint", type=Path, help="checkpoint, as last.pt of a run")
    parser.add_argument(
        "out", type=Path, help=".onnx file to write; its model card is the .md file beside it"
    )
    parser.add_argument(
        "--data", type=Path, help="folder with index.csv, to measure the network for metadata and model card"
    )
    parser.add_argument(
        "--eight-bit", action="store_true", help="quantise to 8 bits, with ranges from photos of --data"
    )
    weights = ("average", "weights")
    parser.add_argument(
        "--weights",
        choices=weights,
        default="average",
        help="the moving average, or the last training step (default: %(default)s)",
    )
    options = parser.parse_args(arguments)
    try:
        state = checkpoint.load(options.checkpoint)
        network = checkpoint.restore(state, options.weights)
        digest = export(state["network"], network, options.out, options.data, options.eight_bit)
    except (checkpoint.CheckpointError, ExportError, DataError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"{options.out}: step {state.get('step', 0)}, sha256 {digest}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
