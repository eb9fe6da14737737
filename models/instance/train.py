"""`python -m models.instance.train NETWORK --data DIR --run DIR --minutes N`: train it, or continue a run.

With --heads-only the detector of --start stays as it is, so that mask heads are compared on equal ground.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from models import INSTANCE_NETWORKS, BuildError
from models.data.dataset import DataError
from models.data.people.stream import people_stream
from models.training import checkpoint
from models.training.config import TrainingConfig
from models.training.distributed import GroupError, join
from models.training.instance.trainer import DETECTOR, SIZE, InstanceTrainer
from models.training.simple.arguments import add_machine_arguments
from models.training.simple.run import run
from models.training.simple.trainer import CPU

if TYPE_CHECKING:
    from collections.abc import Sequence


def train(
    config: TrainingConfig,
    data: Sequence[Path],
    folder: Path,
    start: Path | None,
    device: torch.device = CPU,
    workers: int = 1,
) -> InstanceTrainer:
    """Train until the end; write last.pt and curve.csv into `folder`, which a later call continues.

    workers: processes that make frames. Raises DataError, CheckpointError, BuildError, FloatingPointError.
    """
    last = folder / "last.pt"
    trainer = InstanceTrainer(config, checkpoint.load(last) if last.is_file() else None, device)
    if start and not trainer.step:
        print(f"{trainer.start_from(checkpoint.load(start))} tensors from {start}", flush=True)
    sizes = ((*SIZE, 1),)
    run(trainer, people_stream(data, sizes, config.batch, config.seed, trainer.step, workers), folder)
    return trainer


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
    add_machine_arguments(parser)
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
        with join(options.device) as group:
            place = group.device
            trainer = train(config, options.data, options.run, options.start, place, options.workers)
    except (
        DataError,
        checkpoint.CheckpointError,
        BuildError,
        FloatingPointError,
        GroupError,
        OSError,
    ) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"{trainer.step} steps, {trainer.samples} samples; checkpoint {options.run / 'last.pt'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
