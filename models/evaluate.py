"""`python -m models.evaluate FILE.onnx|CHECKPOINT --data DIR`: measure a network on labelled photos.

With --video the command measures alphas over time instead (video_command.py), with --composed on frames with
true soft alphas (composed_command.py).
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
from tqdm import tqdm

from models.data.dataset import DataError, Entry, read_index
from models.evaluation import composed_command, video_command
from models.evaluation.baselines import BASELINES, BaselineError, baseline_predictor
from models.evaluation.groups import group_table, summarise_groups
from models.evaluation.metrics import Measure, Summary, measure, summarise
from models.evaluation.onnx_models import ModelError, open_model
from models.evaluation.predict import Predictor, predict
from models.evaluation.sheets import Row, contact_sheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from models.data.dataset import Pixels


@dataclass(frozen=True)
class Result:
    """A photo and its metrics."""

    entry: Entry
    measure: Measure


def _open_any(path: Path, threads: int) -> tuple[Predictor, int | None]:
    """A baseline, which resizes photos itself (None), or a network with its working pixels."""
    return (baseline_predictor(path, threads), None) if path.stem in BASELINES else open_model(path, threads)


def evaluate(predictor: Predictor, pixels: int | None, entries: Iterable[Entry]) -> list[Result]:
    """Measure every photo at its size. Raises DataError.

    pixels: the network's working pixels; None if the predictor resizes photos itself.
    """
    results = []
    for entry in entries:
        image, mask = entry.read()
        alpha = predict(predictor, image, pixels) if pixels else predictor(image)
        results.append(Result(entry, measure(alpha, mask)))
    return results


def summarise_sources(results: Sequence[Result]) -> dict[str, Summary]:
    """Summarise the results of each source."""
    by_source: dict[str, list[Measure]] = {}
    for result in results:
        by_source.setdefault(result.entry.source, []).append(result.measure)
    return {source: summarise(measures) for source, measures in by_source.items()}


def table(summaries: Mapping[str, Summary]) -> str:
    """Markdown table of one network: a row per source, then their mean."""
    lines = ["| source | photos | fgIoU | mIoU | BF | MAD | MSE |", "|---|---|---|---|---|---|---|"]
    rows = [(s.fgiou, s.miou, s.boundary_f, s.mad, s.mse) for s in summaries.values()]
    for (source, summary), values in zip(summaries.items(), rows, strict=True):
        lines.append(_row(source, summary.photos, values))
    means = np.array(rows).mean(0)
    lines.append(_row("mean of sources", sum(s.photos for s in summaries.values()), means))
    return "\n".join(lines)


def comparison(networks: Mapping[str, Mapping[str, Summary]]) -> str:
    """Markdown table of several networks: fgIoU / boundary F per source."""
    sources = list(next(iter(networks.values())))
    head = " | ".join(["network", *sources, "mean of sources"])
    lines = [f"| {head} |", "|---" * (len(sources) + 2) + "|"]
    for name, summaries in networks.items():
        values = [(summaries[source].fgiou, summaries[source].boundary_f) for source in sources]
        values.append(tuple(np.array(values).mean(0)))
        lines.append("| " + " | ".join([name, *(f"{iou:.3f} / {bf:.3f}" for iou, bf in values)]) + " |")
    return "\n".join(lines)


def _row(name: str, photos: int, values: Iterable[float]) -> str:
    return "| {} | {} | {:.3f} | {:.3f} | {:.3f} | {:.4f} | {:.4f} |".format(name, photos, *values)


def draw_sheet(predictor: Predictor, pixels: int, results: Sequence[Result], count: int = 10) -> Pixels:
    """Contact sheet of the photos with the lowest fgIoU."""
    rows = []
    for result in sorted(results, key=lambda r: r.measure.fgiou)[:count]:
        image, mask = result.entry.read()
        label = f"{result.entry.source}/{result.entry.name} {result.measure.fgiou:.3f}"
        rows.append(Row(label, image, mask, predict(predictor, image, pixels)))
    return contact_sheet(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command, with --video or --composed that of the module named so; return its exit status."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--video", action="store_true")
    parser.add_argument("--composed", action="store_true")
    options, rest = parser.parse_known_args(arguments)
    if options.video:
        return video_command.main(rest)
    return composed_command.main(rest) if options.composed else _evaluate_photos(rest)


def _evaluate_photos(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m models.evaluate",
        description=__doc__,
        epilog="The options of --video: python -m models.evaluate --video --help; likewise --composed",
    )
    parser.add_argument("model", type=Path, help="an exported .onnx file or a checkpoint")
    parser.add_argument("--data", type=Path, required=True, help="folder with index.csv")
    parser.add_argument("--split", default="val", help="split of the data (default: %(default)s)")
    parser.add_argument("--against", type=Path, nargs="+", default=[], help="other networks or baselines")
    parser.add_argument("--pixels", type=int, help="working pixels (default: those in the file)")
    parser.add_argument(
        "--groups", action="store_true", help="figures by light, skin tone, size and others too"
    )
    parser.add_argument("--sheet", type=Path, help="write the ten worst photos to this image")
    parser.add_argument("--threads", type=int, default=1, help="threads (default: %(default)s)")
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    cv2.setNumThreads(options.threads)
    try:
        predictor, pixels = open_model(options.model, options.threads)
        pixels = options.pixels or pixels
        entries = read_index(options.data, options.split)
        results = evaluate(predictor, pixels, tqdm(entries, unit="photo", disable=None))
        summaries = {options.model.stem: summarise_sources(results)}
        for path in options.against:
            other, other_pixels = _open_any(path, options.threads)
            measured = evaluate(other, other_pixels, tqdm(entries, unit="photo", disable=None))
            summaries[path.stem] = summarise_sources(measured)
        print(comparison(summaries) if options.against else table(summaries[options.model.stem]))
        if options.groups:
            print(f"\n{group_table(summarise_groups([(r.entry, r.measure) for r in results]))}")
        if options.sheet and not cv2.imwrite(str(options.sheet), draw_sheet(predictor, pixels, results)):
            raise DataError(f"cannot write {options.sheet}")
    except (ModelError, DataError, BaselineError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
