"""`python -m models.export CHECKPOINT OUT.onnx`: one file by the contract that `app` reads (see README.md).

The file is compared with PyTorch at three sizes before it is renamed; one that differs is not written.
With `--eight-bit` the file is quantised and compared with the float one on photos of the val split.
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
from models.evaluation.onnx_models import onnx_predictor, open_session
from models.evaluation.predict import resized, working_size
from models.quantise import quantise
from models.summary import PORTRAIT, count
from models.training import checkpoint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from models.networks.layers import Network

OPSET = 17
SIZES = ((96, 160), (160, 288), (288, 512))
TOLERANCE = 1e-3
EIGHT_BIT_TOLERANCE = 0.01  # Largest change of alpha by 8 bits, mean over photos.
EIGHT_BIT_PHOTOS = 96  # Photos of the train split to measure ranges on. 48 gave the same figures.
VERSION = "1"  # of the contract's metadata
BEGIN, END = "<!-- figures: written by models.export -->", "<!-- end of figures -->"


class ExportError(Exception):
    """The export failed, or the file differs from PyTorch."""


class _Contract(nn.Module):
    """Normalisation, network and softmax: frame uint8 [1, H, W, 3] to alpha float32 [1, H, W]."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, frame: Tensor) -> Tensor:
        # Contiguous, so that the trace does not take the path for channels_last.
        logits = self.network(self.network.normalise(frame).contiguous()).logits
        # The sigmoid of the difference equals the softmax of two classes, and infinities do not make it NaN.
        margin = (logits[:, 1] - logits[:, 0]).clamp(-50, 50)
        alpha: Tensor = margin.sigmoid()
        return alpha


def to_onnx(network: Network, metadata: Mapping[str, str]) -> onnx.ModelProto:
    """The graph with its metadata; the network is put into eval mode."""
    # The wrapper too, because the exporter restores the wrapper's mode on the whole tree.
    contract = _Contract(network).eval()
    buffer = io.BytesIO()
    frame = torch.zeros(1, *SIZES[0], 3, dtype=torch.uint8)
    with warnings.catch_warnings():
        # The tracing exporter is deprecated; the newer one needs onnxscript and gains nothing here.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            contract,
            (frame,),
            buffer,  # type: ignore[arg-type]  # the tracing exporter writes to any file object
            input_names=["frame"],
            output_names=["alpha"],
            dynamic_axes={"frame": {1: "H", 2: "W"}, "alpha": {1: "H", 2: "W"}},
            opset_version=OPSET,
            dynamo=False,
        )
    model = onnx.load_from_string(buffer.getvalue())
    set_metadata(model, metadata)
    onnx.checker.check_model(model, full_check=True)
    return model


def set_metadata(model: onnx.ModelProto, metadata: Mapping[str, str]) -> None:
    """Replace all metadata."""
    del model.metadata_props[:]
    for key, value in metadata.items():
        model.metadata_props.add(key=key, value=value)


def difference(model: onnx.ModelProto, network: Network, sizes: Sequence[tuple[int, int]] = SIZES) -> float:
    """Largest difference between the file in onnxruntime and the network in PyTorch, over random frames."""
    session = open_session(model.SerializeToString())
    rng = np.random.default_rng(0)
    worst = 0.0
    for height, width in sizes:
        coarse = rng.integers(0, 256, (1, height // 16, width // 16, 3)).repeat(16, 1).repeat(16, 2)
        frame = np.clip(coarse + rng.normal(0, 12, coarse.shape), 0, 255).astype(np.uint8)
        (found,) = session.run(["alpha"], {"frame": frame})
        with torch.inference_mode():
            true = network(network.normalise(torch.from_numpy(frame))).logits.softmax(1)[:, 1].numpy()
        if found.shape != true.shape or found.dtype != np.float32:
            raise ExportError(f"the file gives {found.dtype} {found.shape} where PyTorch gives {true.shape}")
        worst = max(worst, float(np.abs(found - true).max()))
    return worst


def describe(name: str, network: Network, fgiou: float | None = None) -> dict[str, str]:
    """The contract's metadata; fgiou: mean over the sources of the val split, if measured."""
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


def write_beside(path: Path, data: bytes) -> None:
    """Write to a temporary file, then rename it, so that `path` is always complete."""
    beside = path.with_name(path.name + ".partial")
    beside.write_bytes(data)
    beside.replace(path)


def in_eight_bits(model: onnx.ModelProto, pixels: int, data: Path) -> onnx.ModelProto:
    """The file quantised on photos of `train`. Raises ExportError where it differs on those of `val`."""

    def frames(split: str) -> list[NDArray[np.uint8]]:
        entries = read_index(data, split)
        chosen = np.random.default_rng(0).permutation(len(entries))[:EIGHT_BIT_PHOTOS]
        photos = [entries[index].read()[0] for index in chosen]
        return [resized(photo, working_size(photo.shape[0], photo.shape[1], pixels)) for photo in photos]

    quantised = quantise(model, frames("train"))
    before, after = (onnx_predictor(file.SerializeToString()) for file in (model, quantised))
    off = float(np.mean([np.abs(after(frame) - before(frame)).mean() for frame in frames("val")]))
    if not off <= EIGHT_BIT_TOLERANCE:
        raise ExportError(
            f"in 8 bits alpha is off by {off:.2g} on average, over {EIGHT_BIT_TOLERANCE}; nothing was written"
        )
    return quantised


def export(name: str, network: Network, path: Path, data: Path | None = None, eight_bit: bool = False) -> str:
    """Write a checked file; its sha256 in hex. With `data`, measure it first and update the card beside it.

    Raises ExportError when the file would differ from PyTorch, and DataError.
    """
    if eight_bit and data is None:
        raise ExportError("8 bits need photos to measure ranges on: name a folder with --data")
    model = to_onnx(network, describe(name, network))
    worst = difference(model, network)
    if not worst <= TOLERANCE:
        raise ExportError(
            f"the file differs from PyTorch by {worst:.2g}, over {TOLERANCE}; nothing was written"
        )
    if eight_bit and data is not None:
        model = in_eight_bits(model, network.working_pixels, data)
    figures = ""
    if data is not None:
        predictor = onnx_predictor(model.SerializeToString())
        summaries = summarise_sources(evaluate(predictor, network.working_pixels, read_index(data, "val")))
        figures = table(summaries)
        fgiou = sum(summary.fgiou for summary in summaries.values()) / len(summaries)
        set_metadata(model, describe(name, network, fgiou))
    content = model.SerializeToString()
    write_beside(path, content)
    digest = hashlib.sha256(content).hexdigest()
    update_card(path.with_suffix(".md"), digest, figures)
    return digest


def update_card(path: Path, digest: str, figures: str) -> None:
    """Replace `sha256: <hex>` and, if given, the figures in the model card; the rest stays."""
    text = f"# {path.stem}\n\n{BEGIN}\n{END}\n\nsha256:\n"
    if path.is_file():
        text = path.read_text(encoding="utf-8")
    text = re.sub(r"^sha256:.*$", f"sha256: {digest}", text, flags=re.MULTILINE)
    if figures and BEGIN in text and END in text:
        head, rest = text.split(BEGIN, 1)
        text = f"{head}{BEGIN}\n{figures}\n{END}{rest.split(END, 1)[1]}"
    write_beside(path, text.encode())


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m models.export", description=__doc__)
    parser.add_argument("checkpoint", type=Path, help="last.pt of a run")
    parser.add_argument("out", type=Path, help="the .onnx file; its model card is the .md beside it")
    parser.add_argument("--data", type=Path, help="measure on the val split, for the metadata and the card")
    parser.add_argument("--eight-bit", action="store_true", help="quantise, on photos of --data")
    weights = ("average", "weights")
    parser.add_argument("--weights", choices=weights, default="average", help="EMA, or as trained")
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
