"""`python -m models.curve RUN_OR_CSV... --out FILE`: plot the curves of training runs in one image."""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the command runs without torch
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from torch import Tensor

    from models.data.loader import Batch
    from models.training.trainer import Trainer

LOSSES = (
    "total",
    "segmentation",
    "boundary",
    "band_l1",
    "dice",
    "lovasz",
    "laplacian",
    "auxiliary",
    "detail",
    "hint",
)
Columns = dict[str, list[float]]  # values by name of the column; nan for an empty cell


class CurveError(Exception):
    """The file is not a curve of a run, or the image cannot be written; the message names the file."""


class Curve:
    """curve.csv of a run: a row every 100 steps and per validation; losses are means since the last row.

    When a run continues from a checkpoint, rows of later steps are dropped. `draw` writes the plot beside it.
    """

    def __init__(self, path: Path, sources: Sequence[str], trainer: Trainer) -> None:
        rows: list[dict[str, str]] = []
        if path.is_file():
            with path.open(newline="", encoding="utf-8") as file:
                rows = [row for row in csv.DictReader(file) if int(row["step"]) <= trainer.step]
        self._path = path
        self._trainer = trainer
        self._recent: list[dict[str, Tensor]] = []
        self._last_row = (trainer.seconds, trainer.samples)
        columns = ["step", "samples", "seconds", "rate", "per_second", "size", *LOSSES]
        columns += ["val_mean", *(f"val_{source}" for source in sources)]
        self._file = path.open("w", newline="", encoding="utf-8")
        self._writer = csv.DictWriter(self._file, columns, restval="", extrasaction="ignore")
        self._writer.writeheader()
        self._writer.writerows(rows)
        self._file.flush()

    def add(self, losses: dict[str, Tensor]) -> None:
        """Add the losses of one step; `write` reads their values later, so that a GPU need not wait."""
        self._recent.append(losses)

    def write(self, batch: Batch, validation: dict[str, float] | None = None) -> None:
        """Write one row and print it. batch: of the last step. validation: further columns."""
        trainer = self._trainer
        seconds, samples = self._last_row
        row: dict[str, float | int | str] = {
            "step": trainer.step,
            "samples": trainer.samples,
            "seconds": trainer.seconds,
        }
        row["rate"] = trainer.optimiser.param_groups[0]["lr"]
        row["per_second"] = (trainer.samples - samples) / max(trainer.seconds - seconds, 1e-9)
        row["size"] = "{}x{}".format(*batch.frames.shape[1:3])
        row |= {
            name: sum(float(losses[name]) for losses in self._recent) / len(self._recent)
            for name in self._recent[0]
        }
        row |= validation or {}
        short = {name: f"{value:.5g}" if isinstance(value, float) else value for name, value in row.items()}
        self._writer.writerow(short)
        self._file.flush()
        print(" ".join(f"{name}={value}" for name, value in short.items()), flush=True)
        self._recent, self._last_row = [], (trainer.seconds, trainer.samples)

    def draw(self) -> None:
        """Write the plot again; print a warning if that fails, because the run can go on without it."""
        try:
            draw({self._path.parent.name: read(self._path)}, self._path.with_suffix(".png"))
        except CurveError as error:
            print(f"warning: {error}", flush=True)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def read(path: Path) -> Columns:
    """Read a curve.csv, or the one in a run's folder. Raises CurveError."""
    path = path / "curve.csv" if path.is_dir() else path
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CurveError(f"cannot read {path}: {error}") from None
    if not rows or not {"samples", "rate", "total"} <= rows[0].keys():
        raise CurveError(f"{path} is not a curve of a run, or has no row")
    try:
        # The last row may be incomplete while a run is writing it.
        names = rows[0].keys() - {"size"}
        return {name: [float(row[name] or "nan") for row in rows] for name in sorted(names)}
    except (TypeError, ValueError) as error:
        raise CurveError(f"{path} is not a curve of a run: {error}") from None


def plot(curves: Mapping[str, Columns]) -> Figure:
    """Plot losses, learning rate and fgIoU over samples: all columns of one curve, or the totals of several.

    Raises CurveError without matplotlib.
    """
    try:
        # Not pyplot, which keeps global state and may open a window system.
        from matplotlib.figure import Figure
    except ImportError:
        raise CurveError("the plot needs matplotlib, which is not installed (extra: train)") from None

    single = len(curves) == 1
    figure = Figure((9, 10), layout="constrained")
    losses, rates, scores = figure.subplots(3, 1, sharex=True)
    for curve, columns in curves.items():
        for name in LOSSES if single else LOSSES[:1]:
            _line(losses, columns, name, name if single else curve)
        _line(rates, columns, "rate", curve)
        _line(scores, columns, "val_mean", "mean of sources" if single else curve, linewidth=2.5)
        for name in sorted(columns.keys() - {"val_mean"}) if single else ():
            if name.startswith("val_"):
                _line(scores, columns, name, name.removeprefix("val_"))
    losses.set_ylabel("loss" if single else "loss, total")
    rates.set_ylabel("learning rate")
    scores.set_ylabel("fgIoU on val" if single else "fgIoU on val, mean of sources")
    scores.set_xlabel("samples seen")
    for axes in (losses, rates, scores):
        axes.grid(alpha=0.3)
        if axes.lines:
            axes.legend(fontsize="small")
    return figure


def draw(curves: Mapping[str, Columns], path: Path) -> None:
    """Write the plot; the path's suffix chooses the format. Raises CurveError."""
    figure = plot(curves)
    partial = path.with_name(path.name + ".partial")
    try:
        figure.savefig(partial, format=path.suffix.removeprefix(".") or "png")
        partial.replace(path)
    except (OSError, ValueError) as error:
        partial.unlink(missing_ok=True)
        raise CurveError(f"cannot write {path}: {error}") from None


def _line(axes: Axes, columns: Columns, name: str, label: str, linewidth: float = 1.2) -> None:
    points = [(x, y) for x, y in zip(columns["samples"], columns.get(name, ()), strict=False) if y == y]
    if points:
        marker = "." if name.startswith("val_") else ""
        axes.plot(*zip(*points, strict=True), label=label, linewidth=linewidth, marker=marker)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m models.curve", description=__doc__)
    parser.add_argument("curves", nargs="+", type=Path, metavar="RUN_OR_CSV")
    parser.add_argument("--out", type=Path, required=True, help="file to write: .png, .svg or .pdf")
    options = parser.parse_args(arguments)
    try:
        draw({str(path): read(path) for path in options.curves}, options.out)
    except CurveError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
