"""Options that the commands for training with one kind of targets share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse


def add_machine_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options for the device and for the processes that make frames."""
    parser.add_argument(
        "--device", choices=("auto", "cpu", "cuda"), default="auto", help="auto: a GPU if there is one"
    )
    parser.add_argument(
        "--workers", type=int, default=1, help="processes that make frames (default: %(default)s)"
    )
