"""`python -m models.comparison.table OUT --data DIR`: measure what `models.comparison.train` wrote into OUT.

The table has, of the final weights: parameters and multiply-adds at 160x288, times on one thread in floating
point and in 8 bits (fastest of interleaved rounds), and of the exported file in floating point fgIoU /
boundary F per source of the val split, their means and MAD. With --composed FRAMES, as `models.evaluate
--composed --write FRAMES` makes them, also MAD and boundary F before rooms that training never saw. With
--plot the rightness after each part of the training time is drawn.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from models.comparison.train import PARTS, SIZE
from models.data.dataset import DataError, read_index
from models.evaluate import evaluate, summarise_sources
from models.evaluation.composed_command import measure_frame, read_frames
from models.evaluation.onnx_models import onnx_predictor
from models.evaluation.predict import predict
from models.export import ExportError, describe, in_eight_bits, to_onnx
from models.latency import load_subject, time_rounds
from models.summary import count
from models.training import checkpoint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.data.composed import Composed
    from models.evaluation.metrics import Summary
    from models.evaluation.predict import Predictor
    from models.networks.layers import Network

ROUNDS = 20


@dataclass(frozen=True)
class Row:
    """What is known of one network; times in ms, of the float and the 8-bit file."""

    samples: int
    parameters: int
    multiply_adds: float
    float_ms: float
    eight_bit_ms: float
    sources: Mapping[str, Summary]
    composed_mad: float
    composed_f: float

    def cells(self) -> list[str]:
        """The row's cells in the order of `table`."""
        found = [(s.fgiou, s.boundary_f, s.mad) for s in self.sources.values()]
        means = np.array(found).mean(0)
        cells = [f"{self.samples:,}", f"{self.parameters / 1e6:.2f} M", f"{self.multiply_adds / 1e9:.2f} G"]
        cells += [f"{self.float_ms:.1f}", f"{self.eight_bit_ms:.1f}"]
        cells += [f"{s.fgiou:.3f} / {s.boundary_f:.3f}" for s in self.sources.values()]
        cells += [f"{means[0]:.3f} / {means[1]:.3f}", f"{1000 * means[2]:.1f}"]
        return [*cells, f"{1000 * self.composed_mad:.1f} / {self.composed_f:.3f}"]


def table(rows: Mapping[str, Row]) -> str:
    """Markdown table of all networks, the best mean of fgIoU first."""
    sources = list(next(iter(rows.values())).sources)
    head = ["network", "samples", "parameters", "multiply-adds", "ms", "ms in 8 bits", *sources]
    head += ["mean", "MAD x1000", "composed: MAD / BF"]

    def rightness(row: Row) -> float:
        return float(np.mean([s.fgiou for s in row.sources.values()]))

    ordered = sorted(rows.items(), key=lambda item: -rightness(item[1]))
    lines = [head, ["---"] * len(head), *([name, *row.cells()] for name, row in ordered)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _composed(predictor: Predictor, pixels: int, frames: Sequence[Composed]) -> tuple[float, float]:
    """Mean MAD and boundary F of frames; nan without any."""
    found = [measure_frame(predict(predictor, f.frame, pixels), f.alpha) for f in frames]
    if not found:
        return float("nan"), float("nan")
    return float(np.mean([f.mad for f in found])), float(np.mean([f.boundary_f for f in found]))


def _restored(path: Path) -> tuple[Network, int]:
    state = checkpoint.load(path)
    return checkpoint.restore(state).eval(), int(state["samples"])


def measure(out: Path, names: Sequence[str], data: Path, frames: Sequence[Composed]) -> dict[str, Row]:
    """The rows of all networks whose final weights are in `out`. Raises DataError, CheckpointError."""
    entries = read_index(data, "val")
    graphs, networks = {}, {}
    for name in names:
        network, samples = _restored(out / f"{name}_{PARTS}.pt")
        model = to_onnx(network, describe(name, network))
        networks[name] = network, samples
        graphs[name] = model.SerializeToString()
        try:
            graphs[f"{name} 8"] = in_eight_bits(model, network, data).SerializeToString()
        except ExportError as error:
            print(f"{name} in 8 bits: {error}", file=sys.stderr)
    pixels = SIZE[0] * SIZE[1]
    subjects = [load_subject(name, graph, 1, pixels) for name, graph in graphs.items()]
    fastest = dict(zip(graphs, map(min, time_rounds(subjects, ROUNDS)), strict=True))
    rows = {}
    for name, (network, samples) in networks.items():
        predictor = onnx_predictor(graphs[name])
        counted = count(network, SIZE)
        rows[name] = Row(
            samples,
            counted.parameters,
            counted.multiply_adds,
            fastest[name],
            fastest.get(f"{name} 8", float("nan")),
            summarise_sources(evaluate(predictor, pixels, entries)),
            *_composed(predictor, pixels, frames),
        )
    return rows


def over_time(out: Path, name: str, data: Path) -> list[tuple[float, float]]:
    """Share of the training time, 0 to 1, and mean fgIoU of the parts that are in `out`."""
    entries, points = read_index(data, "val"), []
    for part in range(1, PARTS + 1):
        path = out / f"{name}_{part}.pt"
        if path.is_file():
            network, _ = _restored(path)
            predictor = onnx_predictor(to_onnx(network, describe(name, network)).SerializeToString())
            found = summarise_sources(evaluate(predictor, SIZE[0] * SIZE[1], entries))
            points.append((part / PARTS, float(np.mean([s.fgiou for s in found.values()]))))
    return points


def draw(curves: Mapping[str, Sequence[tuple[float, float]]], path: Path) -> None:
    """Plot rightness over time, one line per network."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4.2), layout="constrained")
    axes = figure.subplots()
    for name, points in curves.items():
        axes.plot(*zip(*points, strict=True), marker="o", label=name)
    axes.set(xlabel="share of the training time", ylabel="fgIoU, mean of sources")
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small")
    figure.savefig(path, dpi=110)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m models.comparison.table", description=__doc__)
    parser.add_argument("out", type=Path, help="folder that `models.comparison.train` wrote")
    parser.add_argument("--data", type=Path, required=True, help="folder with index.csv")
    parser.add_argument("--composed", type=Path, help="folder of composed frames")
    parser.add_argument("--plot", type=Path, help="picture to write")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    try:
        names = sorted(path.stem.removesuffix(f"_{PARTS}") for path in options.out.glob(f"*_{PARTS}.pt"))
        if not names:
            raise DataError(f"there are no final weights (*_{PARTS}.pt) in {options.out}")
        frames = read_frames(options.composed) if options.composed else []
        print(table(measure(options.out, names, options.data, frames)))
        if options.plot:
            draw({name: over_time(options.out, name, options.data) for name in names}, options.plot)
    except (DataError, checkpoint.CheckpointError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
