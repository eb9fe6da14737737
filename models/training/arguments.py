"""The options of `models.train`."""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path
from typing import Any

from models import INSTANCE_NETWORKS, REGISTRY, read_options
from models.training.config import PRECISIONS, TrainingConfig
from models.training.optimiser import OPTIMISERS, SCHEDULES


def make_parser() -> argparse.ArgumentParser:
    """The parser of the command."""
    parser = argparse.ArgumentParser(
        prog="python -m models.train", description="Train a network, or continue a run."
    )
    parser.add_argument("network", choices=sorted(set(REGISTRY) - set(INSTANCE_NETWORKS)))
    parser.add_argument(
        "--option",
        dest="options",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="argument of the network's builder, as width=0.5 (repeatable)",
    )
    parser.add_argument(
        "--data",
        type=Path,
        nargs="+",
        required=True,
        help="folders with index.csv; photos of later folders are added, or replace those of the same name",
    )
    parser.add_argument(
        "--run", type=Path, required=True, help="folder of the run; continues the run if it holds last.pt"
    )
    parser.add_argument("--start", type=Path, help="checkpoint whose weights a new run starts from")
    length = parser.add_mutually_exclusive_group(required=True)
    length.add_argument("--minutes", type=float, default=0.0, help="training time of the whole run")
    length.add_argument("--steps", type=int, default=0, help="number of steps of the whole run")
    _add_config_options(parser.add_argument_group("training configuration"))
    parser.add_argument(
        "--device", choices=("auto", "cpu", "cuda"), default="auto", help="auto: a GPU if there is one"
    )
    parser.add_argument("--threads", type=int, default=1, help="threads of PyTorch (default: %(default)s)")
    parser.add_argument(
        "--workers",
        type=int,
        default=1,
        help="processes that make frames, each with all photos in memory (default: %(default)s)",
    )
    parser.add_argument(
        "--photo-px",
        type=_photo_px,
        default=0,
        metavar="PIXELS",
        help="for GPUs: make whole batches on the device that trains, from photos no larger than this, "
        "a multiple of 4 (default: --workers make the frames)",
    )
    parser.add_argument(
        "--save-every", type=float, default=120.0, help="seconds between checkpoints (default: %(default)s)"
    )
    parser.add_argument(
        "--check-every",
        type=float,
        default=300.0,
        help="seconds between validations, 0 for none (default: %(default)s)",
    )
    return parser


def _photo_px(text: str) -> int:
    value = int(text)
    if value and (value < 32 or value % 4):
        raise argparse.ArgumentTypeError(f"must be a multiple of 4 from 32 on, not {text}")
    return value


def _add_config_options(group: argparse._ArgumentGroup) -> None:
    """Add one option for each field of TrainingConfig that has a help text."""
    limits: dict[str, dict[str, Any]] = {
        "optimiser": {"choices": sorted(OPTIMISERS)},
        "schedule": {"choices": sorted(SCHEDULES)},
        "precision": {"choices": PRECISIONS},
        "band_px": {"choices": range(1, 64, 2), "metavar": "ODD"},
    }
    for field in fields(TrainingConfig):
        if "help" in field.metadata:
            text = field.metadata["help"] + (" (default: %(default)s)" if field.default != "" else "")
            group.add_argument(
                f"--{field.name.replace('_', '-')}",
                type=type(field.default),
                default=field.default,
                help=text,
                **limits.get(field.name, {}),
            )


def chosen_config(options: argparse.Namespace) -> TrainingConfig:
    """The configuration from parsed options. Raises BuildError for a wrong --option."""
    names = {field.name for field in fields(TrainingConfig)}
    values = {name: value for name, value in vars(options).items() if name in names}
    return TrainingConfig(**{**values, "options": read_options(options.options)})
