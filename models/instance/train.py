"""`python -m models.instance.train NETWORK --data DIR --run DIR --minutes N`: train it, or continue a run.

With --heads-only the detector of --start stays as it is, so that mask heads are compared on equal ground.
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from models import INSTANCE_NETWORKS, BuildError
from models.data.dataset import DataError
from models.data.instance_stream import PeopleStream
from models.training import checkpoint
from models.training.config import TrainingConfig
from models.training.instance.trainer import DETECTOR, SIZE, InstanceTrainer

if TYPE_CHECKING:
    from collections.abc import Sequence

SAVE_EVERY_S = 120
REPORT_EVERY = 50  # steps


def train(config: TrainingConfig, data: Sequence[Path], folder: Path, start: Path | None) -> InstanceTrainer:
    """Train until the end; write last.pt and curve.csv into `folder`, which a later call continues.

    Raises DataError, CheckpointError, BuildError, FloatingPointError.
    """
    last = folder / "last.pt"
    trainer = InstanceTrainer(config, checkpoint.load(last) if last.is_file() else None)
    if start and not trainer.step:
        print(f"{trainer.start_from(checkpoint.load(start))} tensors from {start}", flush=True)
    folder.mkdir(parents=True, exist_ok=True)
    stream = PeopleStream(data, config.batch, SIZE, config.seed, trainer.step)
    saved = trainer.seconds
    recent: list[dict[str, float]] = []
    before: float | None = None
    try:
        for batch in stream:
            before = before or time.monotonic()
            recent.append(trainer.learn(batch))
            now = time.monotonic()
            trainer.seconds, before = trainer.seconds + now - before, now
            ends = trainer.progress() >= 1
            if ends or trainer.seconds - saved >= SAVE_EVERY_S:
                saved = trainer.seconds
                checkpoint.save(last, trainer.state())
            if ends or trainer.step % REPORT_EVERY == 0:
                row = {"step": trainer.step, "samples": trainer.samples, "seconds": round(trainer.seconds)}
                means = {name: round(sum(x[name] for x in recent) / len(recent), 4) for name in recent[0]}
                _report(folder / "curve.csv", {**row, **means})
                recent = []
            if ends:
                break
    finally:
        stream.close()
    return trainer


def _report(path: Path, row: dict[str, float]) -> None:
    print(" ".join(f"{name}={value}" for name, value in row.items()), flush=True)
    new = not path.is_file()
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(row))
        if new:
            writer.writeheader()
        writer.writerow(row)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m models.instance.train", description=__doc__)
    parser.add_argument("network", choices=INSTANCE_NETWORKS)
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="folders with index.csv")
    parser.add_argument(
        "--run", type=Path, required=True, help="folder of the run; continues it if it holds last.pt"
    )
    length = parser.add_mutually_exclusive_group(required=True)
    length.add_argument("--minutes", type=float, default=0.0, help="training time of the whole run")
    length.add_argument("--steps", type=int, default=0, help="number of steps of the whole run")
    parser.add_argument(
        "--start",
        type=Path,
        help="checkpoint whose fitting weights a new run starts from: of an instance network, or of bisenet, "
        "whose backbone is taken",
    )
    parser.add_argument("--heads-only", action="store_true", help="leave the detector as it is")
    parser.add_argument("--batch", type=int, default=4, help="frames per step (default: %(default)s)")
    parser.add_argument("--learning-rate", type=float, default=1e-3, help="highest (default: %(default)s)")
    parser.add_argument("--average", type=float, default=0.995, help="decay of the moving average")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1, help="threads of PyTorch (default: %(default)s)")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    options = _parser().parse_args(arguments)
    torch.set_num_threads(options.threads)
    config = TrainingConfig(
        network=options.network,
        minutes=options.minutes,
        steps=options.steps,
        seed=options.seed,
        batch=options.batch,
        learning_rate=options.learning_rate,
        average=options.average,
        freeze=DETECTOR if options.heads_only else "",
    )
    try:
        trainer = train(config, options.data, options.run, options.start)
    except (DataError, checkpoint.CheckpointError, BuildError, FloatingPointError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"{trainer.step} steps, {trainer.samples} samples; checkpoint {options.run / 'last.pt'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
