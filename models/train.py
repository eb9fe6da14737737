"""`python -m models.train NETWORK --data DIR --run DIR --minutes N`: train a network, or continue a run."""

from __future__ import annotations

import signal
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import torch

from models import BuildError
from models.curve import Curve
from models.data.batched.stream import BatchedStream
from models.data.dataset import DataError, Entry, Pixels, read_index
from models.data.loader import Stream
from models.evaluation.metrics import measure, summarise
from models.evaluation.predict import predict, torch_predictor
from models.training import checkpoint
from models.training.arguments import chosen_config, make_parser
from models.training.config import TrainingConfig
from models.training.distributed import SINGLE_PROCESS, Group, GroupError, join
from models.training.trainer import Trainer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Pairs = dict[str, list[tuple[Pixels, Pixels]]]  # photos and masks by source


def validate(trainer: Trainer, photos: Pairs) -> dict[str, float]:
    """fgIoU of the averaged weights, 0 to 1: `val_SOURCE` of each source and their mean, `val_mean`."""
    network = checkpoint.restore(trainer.state())
    network = network.to(trainer.group.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    predictor = torch_predictor(network)
    pixels = trainer.config.working_pixels
    fgiou: dict[str, float] = {}
    for source, pairs in photos.items():
        measures = [measure(predict(predictor, image, pixels), mask, boundary=False) for image, mask in pairs]
        fgiou[f"val_{source}"] = summarise(measures).fgiou
    return {"val_mean": sum(fgiou.values()) / len(fgiou), **fgiou}


def train(
    config: TrainingConfig,
    data: Path | Sequence[Path],
    folder: Path,
    save_every: float,
    check_every: float,
    workers: int,
    start: Path | None = None,
    group: Group = SINGLE_PROCESS,
    photo_px: int = 0,
) -> Trainer:
    """Train until the schedule ends or SIGTERM comes; write last.pt, curve.csv and curve.png into `folder`.

    If `folder` holds last.pt, the run continues with the configuration stored there; only minutes and steps
    are from `config`. A new run starts from the weights of the checkpoint `start`, if given. save_every,
    check_every: seconds. photo_px: if above 0, whole batches are made on the device that trains, from photos
    no larger than this; else `workers` processes make them. Each process of a group has its own batches, the
    first one writes the files, and all stop at the same step. Raises BuildError, DataError, CheckpointError,
    FloatingPointError, GroupError.
    """
    last = folder / "last.pt"
    state = checkpoint.load(last) if last.is_file() else None
    if state:
        stored = TrainingConfig.from_checkpoint(state["recipe"])
        config = replace(stored, minutes=config.minutes, steps=config.steps)
    trainer = Trainer(config, state, group)
    if start and not state:
        trainer.start_from(checkpoint.load(start))
    if trainer.progress() >= 1:
        return trainer
    folder.mkdir(parents=True, exist_ok=True)
    photos = _read_by_source(read_index(data, "val")) if check_every and group.is_main else {}
    curve = Curve(folder / "curve.csv", list(photos), trainer) if group.is_main else None
    sizes = (*config.sizes(small=True), *config.sizes(small=False))
    largest = max(config.batch * height * width for height, width, _ in sizes)
    signals: list[int] = []
    former_handler = signal.signal(signal.SIGTERM, lambda number, _: signals.append(number))
    stream: Stream | BatchedStream
    if photo_px:
        stream = BatchedStream(
            data, trainer.plan, config.seed, trainer.step, group.rank, group.device, photo_px
        )
    else:
        stream = Stream(data, trainer.plan, largest, config.seed, trainer.step, workers, group.rank)
    before: float | None = None
    saved = checked = trainer.seconds
    try:
        for batch in stream:
            if before is None:
                # The clock starts when all processes have a batch: decoding the photos is not training time.
                group.maximum(0)
                before = time.monotonic()
            losses = trainer.learn(batch)
            now = time.monotonic()
            # All processes use the clock of the first one, because the schedule depends on it.
            elapsed, stopped = group.maximum(now - before if group.is_main else 0, len(signals))
            trainer.seconds, before = trainer.seconds + elapsed, now
            ends = stopped > 0 or trainer.progress() >= 1
            # Saved before the last validation, which may take longer than a SIGTERM allows.
            if ends or trainer.seconds - saved >= save_every:
                saved = trainer.seconds
                trainer.check_gradients()
                if group.is_main:
                    checkpoint.save(last, trainer.state())
            if curve:
                curve.add(losses)
                if check_every and (ends or trainer.seconds - checked >= check_every):
                    checked = trainer.seconds
                    curve.write(batch, validate(trainer, photos))
                    curve.draw()
                elif ends or trainer.step % 100 == 0:
                    curve.write(batch)
                if ends:
                    curve.draw()
            if ends:
                group.maximum(0)  # barrier: an early exit would break the process group
                break
    finally:
        if curve:
            curve.close()
        stream.close()
        signal.signal(signal.SIGTERM, former_handler)
    return trainer


def _read_by_source(entries: Sequence[Entry]) -> Pairs:
    photos: Pairs = {}
    for entry in entries:
        photos.setdefault(entry.source, []).append(entry.read())
    return photos


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    options = make_parser().parse_args(arguments)
    torch.set_num_threads(options.threads)
    cv2.setNumThreads(1)
    try:
        config = chosen_config(options)
        with join(options.device) as group:
            trainer = train(
                config,
                options.data,
                options.run,
                options.save_every,
                options.check_every,
                options.workers,
                options.start,
                group,
                options.photo_px,
            )
    except (BuildError, DataError, GroupError, checkpoint.CheckpointError, FloatingPointError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    if group.is_main:
        print(
            f"{trainer.step} steps, {trainer.samples} samples, {trainer.seconds:.0f} s; "
            f"checkpoint {options.run / 'last.pt'}"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
