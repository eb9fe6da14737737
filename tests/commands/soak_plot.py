"""`python -m tests.commands.soak_plot CSV --out FILE`: plot what `soak --csv` measured over the frames."""

from __future__ import annotations

import argparse
import csv
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from app.engine.core.paths import assets_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

_TITLES = {"memory_mb": "memory (MB)", "threads": "threads", "descriptors": "open files"}


def plot(path: Path) -> Figure:
    """Memory, threads and open files over the frames; memory with the first settings is drawn stronger."""
    from matplotlib.figure import Figure

    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    frames = np.array([int(row["frames"]) for row in rows]) / 1000
    comparable = np.array([row["is_comparable"] == "True" for row in rows])
    figure = Figure((9, 6), layout="constrained")
    for axes, (name, title) in zip(figure.subplots(3, 1, sharex=True), _TITLES.items(), strict=True):
        values = np.array([float(row[name]) for row in rows])
        is_memory = name == "memory_mb"
        axes.plot(frames, values, linewidth=0.5, color="#9db2d6", label="all settings" if is_memory else None)
        if is_memory:
            axes.plot(frames[comparable], values[comparable], ".", color="#2f5fd0", label="first settings")
            axes.legend(fontsize="small", loc="lower right")
        axes.set_ylim(0, 1.15 * values.max())
        axes.set_ylabel(title)
        axes.grid(alpha=0.3)
    axes.set_xlabel("frames (thousands)")
    return figure


def at_share(path: Path, share: float) -> dict[str, float]:
    """The first row with the first settings from this share of the frames on; the last one at the end."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["is_comparable"] == "True"]
    least = share * int(rows[-1]["frames"])
    row = next(row for row in rows if int(row["frames"]) >= least)
    return {name: float(row[name]) for name in ("seconds", "frames", "changes", *_TITLES)}


def write_small_networks(folder: Path) -> None:
    """Copies of the shipped networks that work on 32x32 pixels, for many frames in a short time."""
    import onnx

    folder.mkdir(parents=True, exist_ok=True)
    for path in (assets_folder() / "models").glob("*.onnx"):
        network = onnx.load(path)
        for entry in network.metadata_props:
            if entry.key == "working_pixels":
                entry.value = str(32 * 32)
        onnx.save(network, folder / path.name)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the plot; print the values at a tenth of the frames and at the end."""
    parser = argparse.ArgumentParser(prog="python -m tests.commands.soak_plot", description=__doc__)
    parser.add_argument("csv", type=Path, nargs="?")
    parser.add_argument("--out", type=Path, help="file to write: .png, .svg or .pdf")
    parser.add_argument(
        "--small-networks", metavar="FOLDER", type=Path, help="instead, write small networks for a long run"
    )
    options = parser.parse_args(arguments)
    if options.small_networks:
        write_small_networks(options.small_networks)
        return
    if not (options.csv and options.out):
        parser.error("CSV and --out are needed")
    plot(options.csv).savefig(options.out, dpi=80)
    for share in (0.1, 1.0):
        print(at_share(options.csv, share))


if __name__ == "__main__":
    main()
