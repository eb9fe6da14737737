"""`python -m models.comparison.train --data DIR --out DIR --seconds N`: train networks by one recipe.

All get the same frames in the same order, as many as each can learn from in the given seconds. The clock
starts after two steps, which compile kernels. `OUT/NAME_K.pt` are the averaged weights after K of four parts
of the time, in half precision; `OUT/NAME.csv` has the losses. Networks whose files are complete are left out.
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from models import BuildError
from models.data.batched.augment import BatchAugmenter
from models.data.batched.textures import load_textures
from models.data.dataset import DataError
from models.data.loader import Batch
from models.training import checkpoint
from models.training.config import TrainingConfig
from models.training.distributed import Group, GroupError, join
from models.training.trainer import Trainer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    MakeBatch: TypeAlias = Callable[[int], Batch]

NETWORKS = (*("bisenet", "stdc", "sinet", "deeplabv3", "pspnet", "refinenet", "deeplab", "densenet"),)
"""Those of `REGISTRY` at the size of a portrait network."""

SIZE = (160, 288)
PARTS = 4
REPORT_EVERY = 25  # steps
_COMPILING_STEPS = 2
_BACKBONE = "backbone."


def recipe(network: str, batch: int, learning_rate: float, precision: str, seconds: float) -> TrainingConfig:
    """The configuration that all networks share."""
    return TrainingConfig(
        network=network,
        minutes=seconds / 60,
        batch=batch,
        learning_rate=learning_rate,
        small_share=0.0,
        warmup_steps=50,
        band_l1=0.5,
        laplacian=0.3,
        average=0.99,
        precision=precision,
    )


def half(state: dict[str, object]) -> dict[str, object]:
    """A checkpoint with the averaged weights alone, in half precision."""
    dropped = ("weights", "optimiser", "adapters", "rng")
    kept = {key: value for key, value in state.items() if key not in dropped}
    average = state["average"]
    assert isinstance(average, dict)
    kept["average"] = {n: v.half().cpu() if v.is_floating_point() else v.cpu() for n, v in average.items()}
    return kept


def start_backbone(trainer: Trainer, state: dict[str, dict[str, torch.Tensor]]) -> int:
    """Take the encoder's weights of the same shape from another network; return their number.

    Both encoders are EfficientNet-Lite0, whose layers have one order but not always the same names.
    """
    own = {n: v for n, v in trainer.network.state_dict().items() if n.startswith(_BACKBONE)}
    given = [v for n, v in state["average"].items() if n.startswith(_BACKBONE)]
    if [v.shape for v in own.values()] != [v.shape for v in given]:
        return 0
    taken = {name: value.to(own[name].dtype) for name, value in zip(own, given, strict=True)}
    trainer.network.load_state_dict({**trainer.network.state_dict(), **taken})
    for name, value in taken.items():
        trainer.average.state[name].copy_(value)
    return len(taken)


def train_one(
    config: TrainingConfig, make: MakeBatch, out: Path, group: Group, start: Path | None = None
) -> Trainer:
    """Train one network for its minutes and write its files into `out`.

    Raises FloatingPointError, BuildError.
    """

    def begin() -> Trainer:
        trainer = Trainer(config, None, group)
        if start:
            taken = start_backbone(trainer, checkpoint.load(start))
            print(f"{config.network}: {taken} tensors of the backbone from {start}", flush=True)
        return trainer

    trainer = begin()
    for step in range(_COMPILING_STEPS):
        trainer.learn(make(step))
    _wait(group)
    trainer = begin()
    part, rows = 0, []
    before = time.monotonic()
    while part < PARTS:
        losses = trainer.learn(make(trainer.step))
        if trainer.step % REPORT_EVERY == 0:
            rows.append({name: round(float(value), 4) for name, value in losses.items()})
            rows[-1] = {"step": trainer.step, "samples": trainer.samples} | rows[-1]
            _wait(group)
        now = time.monotonic()
        trainer.seconds, before = trainer.seconds + now - before, now
        if trainer.progress() >= (part + 1) / PARTS:
            trainer.check_gradients()
            part += 1
            checkpoint.save(out / f"{config.network}_{part}.pt", half(trainer.state()))
            before = time.monotonic()
    with (out / f"{config.network}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[-1]) if rows else ["step", "samples"])
        writer.writeheader()
        writer.writerows(rows)
    return trainer


def _wait(group: Group) -> None:
    """Let a GPU finish its queue, so that the clock tells the time of its work."""
    if group.device.type == "cuda":
        torch.cuda.synchronize()


def batches(augmenter: BatchAugmenter, batch: int, seed: int) -> MakeBatch:
    """What makes the batch of a step; the same for all networks."""

    def make(step: int) -> Batch:
        return Batch(step, *augmenter(batch, *SIZE, np.random.default_rng([seed, step])))

    return make


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m models.comparison.train", description=__doc__)
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="folders with index.csv")
    parser.add_argument("--out", type=Path, required=True, help="folder for the files")
    parser.add_argument("--seconds", type=float, required=True, help="training time of each network")
    parser.add_argument("--networks", nargs="+", default=NETWORKS, help="default: %(default)s")
    parser.add_argument("--start", type=Path, help="checkpoint whose backbone networks with that one get")
    parser.add_argument("--batch", type=int, default=128, help="frames of a step (default: %(default)s)")
    parser.add_argument("--learning-rate", type=float, default=3e-3, help="highest (default: %(default)s)")
    parser.add_argument("--precision", default="bfloat16", choices=("float32", "bfloat16"))
    parser.add_argument("--photo-px", type=int, default=384, help="longest side of a photo")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    failed = 0
    try:
        with join(options.device) as group:
            augmenter = BatchAugmenter(load_textures(options.data, group.device, options.photo_px))
            make = batches(augmenter, options.batch, options.seed)
            for network in options.networks:
                if (options.out / f"{network}.csv").is_file():
                    continue
                config = recipe(
                    network, options.batch, options.learning_rate, options.precision, options.seconds
                )
                try:
                    done = train_one(config, make, options.out, group, options.start)
                except (FloatingPointError, BuildError, RuntimeError) as error:
                    failed += 1
                    print(f"error: {network}: {error}", file=sys.stderr, flush=True)
                    continue
                print(f"{network}: {done.step} steps, {done.samples} samples", flush=True)
    except (DataError, GroupError, checkpoint.CheckpointError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return int(failed > 0)


if __name__ == "__main__":
    raise SystemExit(main())
