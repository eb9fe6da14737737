"""`python -m models.latency [FILES]`: time networks and baselines in one run.

onnxruntime on the CPU, threads without spinning. Every round times every network once, so that other load on
the machine affects all of them. The time of a round is the fastest of a few calls. The table has medians over
rounds, and medians of the ratios within rounds. A busy machine interrupts long calls more often than short
ones; then the ratio of the fastest rounds is more reliable.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
import torch

from models import build, read_options
from models.evaluation.baselines import BASELINES, BaselineError, feed, find_baseline, open_session
from models.evaluation.predict import working_size
from models.export import to_onnx

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import onnxruntime as ort

ASSETS = Path(__file__).resolve().parents[1] / "assets" / "models"
BASELINE = "mediapipe_landscape"
CALLS = 3  # calls per network and round


@dataclass(frozen=True)
class Subject:
    """A network to time. size: height, width of its input. call: apply it to one frame."""

    name: str
    size: tuple[int, int]
    threads: int
    call: Callable[[], object]


@dataclass(frozen=True)
class Row:
    """A row of the table.

    ms: median at the network's size. scaled_ms: median, scaled to the number of pixels asked for. best_ms:
    the same of the fastest round. ratio, best_ratio: scaled and fastest times divided by those of `BASELINE`;
    None if it was not timed with as many threads.
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


def load_subject(name: str, model: Path | bytes, threads: int, pixels: int) -> Subject:
    """Load a network at 16:9 and about `pixels` pixels, or a baseline at its size. Raises BaselineError."""
    photo = np.random.default_rng(0).integers(0, 256, (360, 640, 3), np.uint8)
    if name in BASELINES and isinstance(model, Path):
        baseline = find_baseline(model)
        session = open_session(model, threads)
        return _make_subject(name, session, threads, baseline.size, feed(baseline, photo))
    session = open_session(model, threads)
    if [entry.name for entry in session.get_inputs()] != ["frame"]:
        names = ", ".join(sorted(BASELINES))
        raise BaselineError(f"{name} neither follows the contract nor is a baseline; these are: {names}")
    size = working_size(9, 16, pixels)
    frame = np.resize(photo, (1, *size, 3))
    return _make_subject(name, session, threads, size, frame)


def _make_subject(
    name: str, session: ort.InferenceSession, threads: int, size: tuple[int, int], frame: np.ndarray
) -> Subject:
    feeds = {session.get_inputs()[0].name: frame}
    return Subject(name, size, threads, lambda: session.run(None, feeds))


def random_network(text: str) -> bytes:
    """Export NAME or NAME:KEY=VALUE,... of `REGISTRY` with random weights. Raises BuildError."""
    name, _, rest = text.partition(":")
    network = build(name, **read_options(filter(None, rest.split(","))))
    graph: bytes = to_onnx(network, {}).SerializeToString()
    return graph


def time_rounds(
    subjects: Sequence[Subject], rounds: int, clock: Callable[[], float] = time.perf_counter
) -> list[list[float]]:
    """Time every subject in every round; return milliseconds by subject, then by round."""
    for subject in subjects:
        subject.call()  # warm-up
    times: list[list[float]] = [[] for _ in subjects]
    for _ in range(rounds):
        for subject, rounds_ms in zip(subjects, times, strict=True):
            calls = []
            for _ in range(CALLS):
                before = clock()
                subject.call()
                calls.append(clock() - before)
            rounds_ms.append(min(calls) * 1e3)
    return times


def summarise(subjects: Sequence[Subject], times: Sequence[Sequence[float]], pixels: int) -> list[Row]:
    """Compute one row per subject, in order."""
    scaled = [
        [ms * pixels / (subject.size[0] * subject.size[1]) for ms in rounds_ms]
        for subject, rounds_ms in zip(subjects, times, strict=True)
    ]
    base: Mapping[int, list[float]] = {
        subject.threads: rounds_ms
        for subject, rounds_ms in zip(subjects, scaled, strict=True)
        if subject.name == BASELINE
    }
    rows = []
    for subject, rounds_ms, scaled_ms in zip(subjects, times, scaled, strict=True):
        ratio = best_ratio = None
        if base_ms := base.get(subject.threads):
            ratio = median(ms / other for ms, other in zip(scaled_ms, base_ms, strict=True))
            best_ratio = min(scaled_ms) / min(base_ms)
        figures = (median(rounds_ms), median(scaled_ms), min(scaled_ms))
        rows.append(Row(subject.name, *subject.size, subject.threads, *figures, ratio, best_ratio))
    return rows


def table(rows: Sequence[Row], pixels: int) -> str:
    """Markdown table, sorted by number of threads, then by time."""
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
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m models.latency", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="more exported networks, or baselines")
    parser.add_argument(
        "--random", nargs="+", default=[], metavar="NAME[:KEY=VALUE,...]", help="untrained networks to time"
    )
    parser.add_argument(
        "--threads", nargs="+", type=int, default=[1, 2], help="numbers of threads (default: 1 2)"
    )
    parser.add_argument("--rounds", type=int, default=30, help="rounds (default: %(default)s)")
    parser.add_argument(
        "--pixels", type=int, default=160 * 288, help="pixels of the frame (default: %(default)s)"
    )
    parser.add_argument(
        "--assets",
        type=Path,
        default=ASSETS,
        help="folder whose .onnx files are all timed (default: assets/models)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args(arguments)
    if options.rounds < 1 or options.pixels < 1 or min(options.threads) < 1:
        parser.error("--rounds, --pixels and --threads must be at least 1")
    torch.set_num_threads(1)
    try:
        models: dict[str, Path | bytes] = {path.stem: path for path in sorted(options.assets.glob("*.onnx"))}
        models |= {path.stem: path for path in options.files}
        models |= {text: random_network(text) for text in options.random}
        subjects = [
            load_subject(name, model, threads, options.pixels)
            for threads in options.threads
            for name, model in models.items()
        ]
        if not subjects:
            raise BaselineError(f"there is no network in {options.assets} and no other was named")
    except (BaselineError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    rows = summarise(subjects, time_rounds(subjects, options.rounds), options.pixels)
    print(
        json.dumps([asdict(row) for row in rows], indent=1) if options.json else table(rows, options.pixels)
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
