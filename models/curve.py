"""`python -m models.curve RUN_OR_CSV... --out FILE`: curves of training runs in one picture."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the command draws without torch
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from torch import Tensor

    from models.data.loader import Batch
    from models.training.trainer import Trainer

LOSSES = ("total", "segmentation", "boundary", "dice", "lovasz", "auxiliary", "detail", "hint")
Columns = dict[str, list[float]]  # by name; nan where a row says nothing


class CurveError(Exception):
    """The file is no curve of a run, or the picture cannot be written; the message names it."""


class Curve:
    """The curve as CSV, one row per 100 steps or validation; each loss is the mean since the last row.

    Rows past the checkpoint that a run goes on from are dropped. `draw` makes the picture beside it.
    """

    def __init__(self, path: Path, sources: Sequence[str], run: Trainer) -> None:
        rows: list[dict[str, str]] = []
        if path.is_file():
            with path.open(newline="", encoding="utf-8") as file:
                rows = [row for row in csv.DictReader(file) if int(row["step"]) <= run.step]
        self._path = path
        self._run = run
        self._recent: list[dict[str, Tensor]] = []
        self._mark = (run.seconds, run.samples)
        columns = ["step", "samples", "seconds", "rate", "per_second", "size", *LOSSES]
        columns += ["val_mean", *(f"val_{source}" for source in sources)]
        self._file = path.open("w", newline="", encoding="utf-8")
        self._writer = csv.DictWriter(self._file, columns, restval="", extrasaction="ignore")
        self._writer.writeheader()
        self._writer.writerows(rows)
        self._file.flush()

    def learnt(self, losses: dict[str, Tensor]) -> None:
        """Take in one step's losses; they are read when the row is written, so that no GPU has to stop."""
        self._recent.append(losses)

    def write(self, batch: Batch, validation: dict[str, float] | None = None) -> None:
        """Write one row, and print it."""
        run = self._run
        row: dict[str, float | int | str] = {"step": run.step, "samples": run.samples, "seconds": run.seconds}
        row["rate"] = run.optimiser.param_groups[0]["lr"]
        row["per_second"] = (run.samples - self._mark[1]) / max(run.seconds - self._mark[0], 1e-9)
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
        self._recent, self._mark = [], (run.seconds, run.samples)

    def draw(self) -> None:
        """Make the picture anew; where that cannot be, it is no reason to end a run."""
        try:
            draw({self._path.parent.name: read(self._path)}, self._path.with_suffix(".png"))
        except CurveError as error:
            print(f"warning: {error}", flush=True)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def read(path: Path) -> Columns:
    """The numbers of a curve.csv, or of the one in a run's folder. Raises CurveError."""
    path = path / "curve.csv" if path.is_dir() else path
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CurveError(f"cannot read {path}: {error}") from None
    if not rows or not {"samples", "rate", "total"} <= rows[0].keys():
        raise CurveError(f"{path} is no curve of a run, or one without a row")
    try:
        # A row that is just being written may lack its end.
        names = rows[0].keys() - {"size"}
        return {name: [float(row[name] or "nan") for row in rows] for name in sorted(names)}
    except (TypeError, ValueError) as error:
        raise CurveError(f"{path} is no curve of a run: {error}") from None


def plot(curves: Mapping[str, Columns]) -> Figure:
    """Losses, learning rate and fgIoU over samples: all that one curve has, or the totals of several.

    Raises CurveError without matplotlib.
    """
    try:
        # No pyplot: no state outlives the call, and no window system is asked for.
        from matplotlib.figure import Figure
    except ImportError:
        raise CurveError("a picture needs matplotlib, which is not installed (extra: train)") from None

    alone = len(curves) == 1
    figure = Figure((9, 10), layout="constrained")
    losses, rates, scores = figure.subplots(3, 1, sharex=True)
    for curve, columns in curves.items():
        for name in LOSSES if alone else LOSSES[:1]:
            _line(losses, columns, name, name if alone else curve)
        _line(rates, columns, "rate", curve)
        _line(scores, columns, "val_mean", "mean of sources" if alone else curve, linewidth=2.5)
        for name in sorted(columns.keys() - {"val_mean"}) if alone else ():
            if name.startswith("val_"):
                _line(scores, columns, name, name.removeprefix("val_"))
    losses.set_ylabel("loss" if alone else "loss, total")
    rates.set_ylabel("learning rate")
    scores.set_ylabel("fgIoU on val" if alone else "fgIoU on val, mean of sources")
    scores.set_xlabel("samples seen")
    for axes in (losses, rates, scores):
        axes.grid(alpha=0.3)
        if axes.lines:
            axes.legend(fontsize="small")
    return figure


def draw(curves: Mapping[str, Columns], path: Path) -> None:
    """Write the plot; its kind is the path's suffix. Raises CurveError."""
    figure = plot(curves)
    beside = path.with_name(path.name + ".partial")
    try:
        figure.savefig(beside, format=path.suffix.removeprefix(".") or "png")
        beside.replace(path)
    except (OSError, ValueError) as error:
        beside.unlink(missing_ok=True)
        raise CurveError(f"cannot write {path}: {error}") from None


def _line(axes: Axes, columns: Columns, name: str, label: str, linewidth: float = 1.2) -> None:
    points = [(x, y) for x, y in zip(columns["samples"], columns.get(name, ()), strict=False) if y == y]
    if points:
        marker = "." if name.startswith("val_") else ""
        axes.plot(*zip(*points, strict=True), label=label, linewidth=linewidth, marker=marker)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m models.curve", description=__doc__)
    parser.add_argument("curves", nargs="+", type=Path, metavar="RUN_OR_CSV")
    parser.add_argument("--out", type=Path, required=True, help="the picture: .png, .svg or .pdf")
    options = parser.parse_args(arguments)
    try:
        draw({str(path): read(path) for path in options.curves}, options.out)
    except CurveError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
