"""`python -m models.face.train PACK --data DIR --run DIR --minutes N`: train it, or continue a run."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from models.data.dataset import DataError
from models.data.face.stream import window_stream
from models.face.evaluate import evaluate, read_faces, torch_parts
from models.training import checkpoint
from models.training.config import TrainingConfig
from models.training.simple.face import NETWORK, FaceTrainer
from models.training.simple.run import run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.networks.layers import Network


def train(
    config: TrainingConfig, pack: Path, data: Path, folder: Path, check_every_s: float, start: Path | None
) -> FaceTrainer:
    """Train until the time is over; write last.pt and curve.csv into `folder`, which a later call continues.

    Raises DataError, CheckpointError, FloatingPointError.
    """
    last = folder / "last.pt"
    trainer = FaceTrainer(config, checkpoint.load(last) if last.is_file() else None)
    if start and not trainer.step:
        print(f"{trainer.start_from(checkpoint.load(start))} tensors from {start}", flush=True)
    faces = read_faces(data)

    def check(network: Network) -> dict[str, float]:
        return {f"f1_{name}": value for name, value in evaluate(torch_parts(network), faces).items()}

    stream = window_stream(pack, trainer.plan, config.seed, trainer.step)
    run(trainer, stream, folder, check_every_s, check)
    return trainer


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m models.face.train", description=__doc__)
    parser.add_argument("pack", type=Path, help="file that `models.face.pack` wrote")
    parser.add_argument(
        "--data", type=Path, required=True, help="folder with index.csv, to measure on its val split"
    )
    parser.add_argument(
        "--run", type=Path, required=True, help="folder of the run; continues it if it holds last.pt"
    )
    parser.add_argument("--minutes", type=float, required=True, help="training time of the whole run")
    parser.add_argument("--start", type=Path, help="checkpoint whose fitting weights a new run starts from")
    parser.add_argument("--batch", type=int, default=24, help="windows per step (default: %(default)s)")
    parser.add_argument("--learning-rate", type=float, default=3e-3, help="highest (default: %(default)s)")
    parser.add_argument("--small-share", type=float, default=0.4, help="share of the run at small windows")
    parser.add_argument("--precision", default="bfloat16", choices=("float32", "bfloat16"))
    parser.add_argument("--check-every", type=float, default=300.0, help="seconds between validations")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    config = TrainingConfig(
        network=NETWORK,
        minutes=options.minutes,
        seed=options.seed,
        batch=options.batch,
        learning_rate=options.learning_rate,
        small_share=options.small_share,
        precision=options.precision,
    )
    try:
        trainer = train(config, options.pack, options.data, options.run, options.check_every, options.start)
    except (DataError, checkpoint.CheckpointError, FloatingPointError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"{trainer.step} steps, {trainer.samples} samples; checkpoint {options.run / 'last.pt'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
