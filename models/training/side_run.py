"""The loop of a training run of a network beside the portrait networks: reports, checkpoints, figures."""

from __future__ import annotations

import csv
import time
from typing import TYPE_CHECKING, Protocol

from models.training import checkpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from torch import Tensor

    from models.networks.layers import Network
    from models.training.side_trainer import SideTrainer

SAVE_EVERY_S, REPORT_EVERY = 120, 100


class Stream(Protocol):
    """Batches without end: frames, then targets."""

    def __iter__(self) -> Iterator[tuple[Tensor, ...]]: ...

    def close(self) -> None:
        """Stop what makes the batches."""


def run(
    trainer: SideTrainer,
    stream: Stream,
    folder: Path,
    check_every_s: float,
    check: Callable[[Network], dict[str, float]],
) -> None:
    """Train until the time is over; write last.pt and curve.csv into `folder`. Closes the stream.

    check: figures of the averaged network, which the curve shows. Raises DataError, CheckpointError,
    FloatingPointError.
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
            checks = ends or trainer.seconds - checked >= check_every_s
            if checks or trainer.step % REPORT_EVERY == 0:
                row = {"step": trainer.step, "samples": trainer.samples, "seconds": round(trainer.seconds)}
                losses = {name: round(sum(x[name] for x in recent) / len(recent), 4) for name in recent[0]}
                scores = check(checkpoint.restore(trainer.state())) if checks else {}
                checked = trainer.seconds if checks else checked
                before = time.monotonic()
                _report(folder / "curve.csv", {**row, **losses}, scores)
                recent = []
            if ends:
                break
    finally:
        stream.close()


def _report(path: Path, row: dict[str, float], scores: dict[str, float]) -> None:
    row = row | {name: round(value, 4) for name, value in scores.items()}
    print(" ".join(f"{name}={value}" for name, value in row.items()), flush=True)
    if scores:
        new = not path.is_file()
        with path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(row))
            if new:
                writer.writeheader()
            writer.writerow(row)
