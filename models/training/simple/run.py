"""The loop of a training run of a network with one kind of targets: reports, checkpoints, figures."""

from __future__ import annotations

import csv
import time
from typing import TYPE_CHECKING

from models.training import checkpoint

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from models.data.worker_stream import WorkerStream
    from models.networks.layers import Network
    from models.training.simple.trainer import SimpleTrainer

SAVE_EVERY_S, REPORT_EVERY = 120, 100


def run(
    trainer: SimpleTrainer,
    stream: WorkerStream,
    folder: Path,
    check_every_s: float = 0.0,
    check: Callable[[Network], dict[str, float]] | None = None,
) -> None:
    """Train until the run ends; write last.pt and curve.csv into `folder`. Closes the stream.

    check: figures of the averaged network, which the curve shows; without it the curve shows the losses
    after every `REPORT_EVERY` steps. Raises DataError, CheckpointError, FloatingPointError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    last = folder / "last.pt"
    saved = checked = trainer.seconds
    recent: list[dict[str, float]] = []
    before: float | None = None
    try:
        for frames, *targets in stream:
            before = before or time.monotonic()
            recent.append(trainer.learn(frames, *targets))
            now = time.monotonic()
            trainer.seconds, before = trainer.seconds + now - before, now
            ends = trainer.progress() >= 1
            if ends or trainer.seconds - saved >= SAVE_EVERY_S:
                saved = trainer.seconds
                checkpoint.save(last, trainer.state())
            checks = check is not None and (ends or trainer.seconds - checked >= check_every_s)
            if ends or checks or trainer.step % REPORT_EVERY == 0:
                row: dict[str, float] = {
                    "step": trainer.step,
                    "samples": trainer.samples,
                    "seconds": round(trainer.seconds),
                }
                losses = {name: round(sum(x[name] for x in recent) / len(recent), 4) for name in recent[0]}
                scores = check(checkpoint.restore(trainer.state())) if check and checks else {}
                checked = trainer.seconds if checks else checked
                before = time.monotonic()
                row |= losses | {name: round(value, 4) for name, value in scores.items()}
                _report(folder / "curve.csv", row, written=checks or check is None)
                recent = []
            if ends:
                break
    finally:
        stream.close()


def _report(path: Path, row: dict[str, float], written: bool) -> None:
    print(" ".join(f"{name}={value}" for name, value in row.items()), flush=True)
    if written:
        new = not path.is_file()
        with path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(row))
            if new:
                writer.writeheader()
            writer.writerow(row)
