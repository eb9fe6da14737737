"""`python -m models.people.train --data DIR --run DIR --minutes N`: train it, or continue a run.

The data are those of `models.train`; a folder that `models.shrink` made is read fastest.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from models.data.dataset import DataError
from models.data.people.stream import people_stream
from models.data.people.targets import make_targets
from models.networks.people import People
from models.people.evaluate import composed, evaluate, torch_people
from models.training import checkpoint
from models.training.config import TrainingConfig
from models.training.distributed import GroupError, join
from models.training.simple.arguments import add_machine_arguments
from models.training.simple.people import NETWORK, SIZES, PeopleTrainer
from models.training.simple.run import run
from models.training.simple.trainer import CPU

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.networks.layers import Network


def train(
    config: TrainingConfig,
    data: Path,
    measured: Path,
    folder: Path,
    check_every_s: float,
    start: Path | None,
    device: torch.device = CPU,
    workers: int = 1,
) -> PeopleTrainer:
    """Train until the time is over; write last.pt and curve.csv into `folder`, which a later call continues.

    data, measured: folders with index.csv, for the train and the val split. check_every_s: 0 never measures.
    workers: processes that make frames. Raises DataError, CheckpointError, FloatingPointError.
    """
    last = folder / "last.pt"
    trainer = PeopleTrainer(config, checkpoint.load(last) if last.is_file() else None, device)
    if start and not trainer.step:
        print(f"{trainer.start_from(checkpoint.load(start))} tensors from {start}", flush=True)
    scenes = composed(measured) if check_every_s else []

    def check(network: Network) -> dict[str, float]:
        assert isinstance(network, People)
        return evaluate(torch_people(network), scenes)

    stream = people_stream([data], SIZES, config.batch, config.seed, trainer.step, workers, make_targets)
    run(trainer, stream, folder, check_every_s, check if scenes else None)
    return trainer


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m models.people.train", description=__doc__)
    parser.add_argument(
        "--data", type=Path, required=True, help="folder with index.csv and rooms to train on"
    )
    parser.add_argument("--measure", type=Path, help="folder to measure on (default: that of --data)")
    parser.add_argument(
        "--run", type=Path, required=True, help="folder of the run; continues it if it holds last.pt"
    )
    parser.add_argument("--minutes", type=float, required=True, help="training time of the whole run")
    parser.add_argument("--start", type=Path, help="checkpoint whose fitting weights a new run starts from")
    parser.add_argument("--batch", type=int, default=24, help="frames per step (default: %(default)s)")
    parser.add_argument("--learning-rate", type=float, default=1e-3, help="highest (default: %(default)s)")
    parser.add_argument("--precision", default="bfloat16", choices=("float32", "bfloat16"))
    parser.add_argument(
        "--check-every", type=float, default=300.0, help="seconds between validations; 0 never validates"
    )
    add_machine_arguments(parser)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    config = TrainingConfig(
        network=NETWORK,
        minutes=options.minutes,
        seed=options.seed,
        batch=options.batch,
        learning_rate=options.learning_rate,
        precision=options.precision,
    )
    measured = options.measure or options.data
    try:
        with join(options.device) as group:
            trainer = train(
                config,
                options.data,
                measured,
                options.run,
                options.check_every,
                options.start,
                group.device,
                options.workers,
            )
    except (DataError, checkpoint.CheckpointError, FloatingPointError, GroupError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"{trainer.step} steps, {trainer.samples} samples; checkpoint {options.run / 'last.pt'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
