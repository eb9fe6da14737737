"""`python -m models.latency [FILES]`: how long networks take, ours and others', all in one run.

onnxruntime on the CPU, threads not spinning. Rounds are interleaved: every network has its turn in each, so
what else the machine does falls on all alike. A turn is the fastest of a few calls; the table has medians of
turns, and of the ratios within each round. On a busy machine long calls are interrupted more often than
short ones: there the ratio of the fastest turns tells more.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import numpy as np
import onnxruntime as ort
import torch

from models import build, read_options
from models.evaluation.baselines import BASELINES, BaselineError, feed, find_baseline, open_session
from models.evaluation.predict import working_size
from models.export import to_onnx

ASSETS = Path(__file__).resolve().parents[1] / "assets" / "models"
BASELINE = "mediapipe_landscape"
CALLS = 3  # per turn


@dataclass(frozen=True)
class Subject:
    """A network ready to run: `call` is one frame through it, `size` the height and width it sees."""

    name: str
    size: tuple[int, int]
    threads: int
    call: Callable[[], object]


@dataclass(frozen=True)
class Row:
    """ms: median at its own size; scaled_ms: per pixel, times the pixels asked; best_ms: that of the fastest.

    ratio, best_ratio: scaled and best to the baseline's, None where that did not run.
    """

    name: str
    height: int
    width: int
    threads: int
    ms: float
    scaled_ms: float
    best_ms: float
    ratio: float | None
    best_ratio: float | None


def subject(name: str, model: Path | bytes, threads: int, pixels: int) -> Subject:
    """A file of the contract near `pixels` pixels and 16:9, or a peer at its own size. Raises PeerError."""
    photo = np.random.default_rng(0).integers(0, 256, (360, 640, 3), np.uint8)
    if name in BASELINES and isinstance(model, Path):
        peer = find_baseline(model)
        return _subject(name, open_session(model, threads), threads, peer.size, feed(peer, photo))
    session = open_session(model, threads)
    if [entry.name for entry in session.get_inputs()] != ["frame"]:
        known = ", ".join(sorted(BASELINES))
        raise BaselineError(f"{name} neither keeps the contract nor is one of the peers: {known}")
    size = working_size(9, 16, pixels)
    frame = np.resize(photo, (1, *size, 3))
    return _subject(name, session, threads, size, frame)


def _subject(
    name: str, session: ort.InferenceSession, threads: int, size: tuple[int, int], frame: np.ndarray
) -> Subject:
    feeds = {session.get_inputs()[0].name: frame}
    return Subject(name, size, threads, lambda: session.run(None, feeds))


def random_network(text: str) -> bytes:
    """NAME or NAME:KEY=VALUE,... of `REGISTRY` with random weights, as an .onnx file. Raises BuildError."""
    name, _, rest = text.partition(":")
    network = build(name, **read_options(filter(None, rest.split(","))))
    graph: bytes = to_onnx(network, {}).SerializeToString()
    return graph


def take_turns(
    subjects: Sequence[Subject], rounds: int, clock: Callable[[], float] = time.perf_counter
) -> list[list[float]]:
    """Milliseconds per subject and round."""
    for one in subjects:
        one.call()
    times: list[list[float]] = [[] for _ in subjects]
    for _ in range(rounds):
        for one, turns in zip(subjects, times, strict=True):
            calls = []
            for _ in range(CALLS):
                before = clock()
                one.call()
                calls.append(clock() - before)
            turns.append(min(calls) * 1e3)
    return times


def summarise(subjects: Sequence[Subject], times: Sequence[Sequence[float]], pixels: int) -> list[Row]:
    """One row per subject, in order; ratios to the baseline of as many threads, where it ran."""
    scaled = [
        [turn * pixels / (one.size[0] * one.size[1]) for turn in turns]
        for one, turns in zip(subjects, times, strict=True)
    ]
    base: Mapping[int, list[float]] = {
        one.threads: turns for one, turns in zip(subjects, scaled, strict=True) if one.name == BASELINE
    }
    rows = []
    for one, own, turns in zip(subjects, times, scaled, strict=True):
        ratio = best_ratio = None
        if others := base.get(one.threads):
            ratio = median(turn / other for turn, other in zip(turns, others, strict=True))
            best_ratio = min(turns) / min(others)
        medians = (median(own), median(turns), min(turns))
        rows.append(Row(one.name, *one.size, one.threads, *medians, ratio, best_ratio))
    return rows


def table(rows: Sequence[Row], pixels: int) -> str:
    """Markdown table, fastest first within each number of threads."""
    lines = [
        f"| network | size | threads | ms | ms at {pixels} pixels | fastest | x {BASELINE} | fastest |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in sorted(rows, key=lambda row: (row.threads, row.best_ms)):
        cells = [row.name, f"{row.height}x{row.width}", str(row.threads)]
        numbers = (row.ms, row.scaled_ms, row.best_ms, row.ratio, row.best_ratio)
        cells += ["" if number is None else f"{number:.2f}" for number in numbers]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m models.latency", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="further .onnx files: of the contract, or peers")
    parser.add_argument(
        "--random", nargs="+", default=[], metavar="NAME[:KEY=VALUE,...]", help="untrained networks"
    )
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--pixels", type=int, default=160 * 288, help="what networks of free size see")
    parser.add_argument("--assets", type=Path, default=ASSETS, help="all .onnx files in it are timed")
    parser.add_argument("--json", action="store_true", help="rows as JSON instead of Markdown")
    options = parser.parse_args(arguments)
    if options.rounds < 1 or options.pixels < 1 or min(options.threads) < 1:
        parser.error("--rounds, --pixels and --threads are at least 1")
    torch.set_num_threads(1)
    try:
        models: dict[str, Path | bytes] = {path.stem: path for path in sorted(options.assets.glob("*.onnx"))}
        models |= {path.stem: path for path in options.files}
        models |= {text: random_network(text) for text in options.random}
        subjects = [
            subject(name, model, threads, options.pixels)
            for threads in options.threads
            for name, model in models.items()
        ]
        if not subjects:
            raise BaselineError(f"there is no network in {options.assets}, and none was named")
    except (BaselineError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    rows = summarise(subjects, take_turns(subjects, options.rounds), options.pixels)
    print(
        json.dumps([asdict(row) for row in rows], indent=1) if options.json else table(rows, options.pixels)
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
