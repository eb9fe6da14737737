"""`python -m models.train NETWORK --data DIR --run DIR --minutes N`: train, or go on where it stopped."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import torch

from models import REGISTRY, BuildError, read_options
from models.curve import Curve
from models.data.dataset import DataError, Entry, Pixels, read_index
from models.data.loader import Stream
from models.evaluation.metrics import measure, summarise
from models.evaluation.predict import predict, torch_predictor
from models.training import checkpoint
from models.training.config import PRECISIONS, TrainingConfig
from models.training.distributed import ALONE, Group, GroupError, join
from models.training.optimiser import OPTIMISERS, SCHEDULES
from models.training.trainer import Trainer

Pairs = dict[str, list[tuple[Pixels, Pixels]]]  # by source: photo and mask


def validate(run: Trainer, photos: Pairs) -> dict[str, float]:
    """fgIoU per source, and their mean, of the averaged weights."""
    network = checkpoint.restore(run.state())
    network = network.to(run.group.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    predictor = torch_predictor(network)
    found: dict[str, float] = {}
    for source, pairs in photos.items():
        measures = [
            measure(predict(predictor, i, run.recipe.working_pixels), m, boundary=False) for i, m in pairs
        ]
        found[f"val_{source}"] = summarise(measures).fgiou
    return {"val_mean": sum(found.values()) / len(found), **found}


def train(
    recipe: TrainingConfig,
    data: Path | Sequence[Path],
    folder: Path,
    save_every: float,
    check_every: float,
    workers: int,
    start: Path | None = None,
    group: Group = ALONE,
) -> Trainer:
    """Train until the schedule ends or SIGTERM; the folder then holds last.pt, curve.csv and its picture.

    A folder that holds last.pt goes on from there with the recipe it was started with; only the length
    is taken anew. A new run begins with the weights of `start`, a checkpoint, if given. save_every,
    check_every: seconds. Of a group's processes each sees batches of its own, the first writes, and all
    stop at the same step. Raises BuildError, DataError, CheckpointError, FloatingPointError, GroupError.
    """
    last = folder / "last.pt"
    state = checkpoint.load(last) if last.is_file() else None
    if state:
        recipe = replace(TrainingConfig.recall(state["recipe"]), minutes=recipe.minutes, steps=recipe.steps)
    run = Trainer(recipe, state, group)
    if start and not state:
        run.start_from(checkpoint.load(start))
    if run.progress() >= 1:
        return run
    folder.mkdir(parents=True, exist_ok=True)
    photos = _read_by_source(read_index(data, "val")) if check_every and group.leads else {}
    curve = Curve(folder / "curve.csv", list(photos), run) if group.leads else None
    sizes = (*recipe.sizes(small=True), *recipe.sizes(small=False))
    largest = max(recipe.batch * height * width for height, width, _ in sizes)
    stop: list[int] = []
    former = signal.signal(signal.SIGTERM, lambda number, _: stop.append(number))
    stream = Stream(data, run.plan, largest, recipe.seed, run.step, workers, group.rank)
    before: float | None = None
    saved = checked = run.seconds
    try:
        for batch in stream:
            if before is None:
                # The clock starts with all processes' first batches: decoding the photos is no training.
                group.agree(0)
                before = time.monotonic()
            losses = run.learn(batch)
            now = time.monotonic()
            # One clock for all: the schedule follows it.
            passed, stopped = group.agree(now - before if group.leads else 0, len(stop))
            run.seconds, before = run.seconds + passed, now
            ends = stopped > 0 or run.progress() >= 1
            # Before the last validation: whoever asked to stop may not wait for that.
            if ends or run.seconds - saved >= save_every:
                saved = run.seconds
                run.check()
                if group.leads:
                    checkpoint.save(last, run.state())
            if curve:
                curve.learnt(losses)
                if check_every and (ends or run.seconds - checked >= check_every):
                    checked = run.seconds
                    curve.write(batch, validate(run, photos))
                    curve.draw()
                elif ends or run.step % 100 == 0:
                    curve.write(batch)
                if ends:
                    curve.draw()
            if ends:
                group.agree(0)  # to leave together: whoever goes first cuts the others off
                break
    finally:
        if curve:
            curve.close()
        stream.close()
        signal.signal(signal.SIGTERM, former)
    return run


def _read_by_source(entries: Sequence[Entry]) -> Pairs:
    photos: Pairs = {}
    for entry in entries:
        photos.setdefault(entry.source, []).append(entry.read())
    return photos


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m models.train", description=__doc__)
    parser.add_argument("network", choices=sorted(REGISTRY))
    parser.add_argument(
        "--option", action="append", default=[], metavar="NAME=VALUE", help="of the network, as width=0.5"
    )
    parser.add_argument(
        "--data",
        type=Path,
        nargs="+",
        required=True,
        help="folders with index.csv; later ones add photos, and replace those of the same source and name",
    )
    parser.add_argument(
        "--run",
        dest="folder",
        type=Path,
        required=True,
        help="folder of the run; if it holds last.pt, go on from it",
    )
    parser.add_argument("--start", type=Path, help="checkpoint whose weights a new run begins with")
    length = parser.add_mutually_exclusive_group(required=True)
    length.add_argument("--minutes", type=float, default=0.0, help="training time of the whole run")
    length.add_argument("--steps", type=int, default=0, help="length in steps instead")
    for name in ("seed", "batch", "working_pixels"):
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=getattr(TrainingConfig, name))
    parser.add_argument(
        "--freeze",
        default=TrainingConfig.freeze,
        help="beginnings of names, with commas, of what is not to learn",
    )
    parser.add_argument(
        "--teacher", default=TrainingConfig.teacher, help="checkpoint of a network to learn from too"
    )
    parser.add_argument("--precision", choices=PRECISIONS, default=TrainingConfig.precision)
    parser.add_argument(
        "--hints",
        default=TrainingConfig.hints,
        metavar="CHECKPOINT",
        help="network whose backbone's features are to be matched",
    )
    parser.add_argument(
        "--band-px", type=int, choices=range(1, 64, 2), default=TrainingConfig.band_px, metavar="ODD"
    )
    for name, known in (("optimiser", OPTIMISERS), ("schedule", SCHEDULES)):
        parser.add_argument(f"--{name}", choices=sorted(known), default=getattr(TrainingConfig, name))
    for name in (
        "learning_rate",
        "small_share",
        "weight_decay",
        "boundary",
        "dice",
        "lovasz",
        "auxiliary",
        "detail",
        "average",
        "taught",
        "hint",
    ):
        parser.add_argument(f"--{name.replace('_', '-')}", type=float, default=getattr(TrainingConfig, name))
    parser.add_argument(
        "--device", choices=("auto", "cpu", "cuda"), default="auto", help="auto: a GPU if any"
    )
    parser.add_argument("--threads", type=int, default=1, help="of torch")
    parser.add_argument(
        "--workers", type=int, default=1, help="processes that make frames; each holds all photos"
    )
    parser.add_argument("--save-every", type=float, default=120.0, help="seconds between checkpoints")
    parser.add_argument(
        "--check-every", type=float, default=300.0, help="seconds between validations; 0: none"
    )
    options = vars(parser.parse_args(arguments))
    torch.set_num_threads(options.pop("threads"))
    cv2.setNumThreads(1)
    device, folder = options.pop("device"), options["folder"]
    loop = {
        name: options.pop(name)
        for name in ("data", "folder", "workers", "save_every", "check_every", "start")
    }
    try:
        recipe = TrainingConfig(options=read_options(options.pop("option")), **options)
        with join(device) as group:
            run = train(recipe, **loop, group=group)
    except (BuildError, DataError, GroupError, checkpoint.CheckpointError, FloatingPointError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    if group.leads:
        print(
            f"{run.step} steps, {run.samples} samples, {run.seconds:.0f} s; checkpoint {folder / 'last.pt'}"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
