"""The option that says who is shown, shared by `process` and `run`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.engine.core.settings import MatteSettings


def add_people_option(parser: argparse.ArgumentParser) -> None:
    """Add --people."""
    parser.add_argument(
        "--people",
        metavar="everyone|main|N",
        type=people,
        help="who is shown: everyone, the main person alone, or the N most important people, which are the "
        "large ones near the middle when they are first seen; all others are part of the background, also "
        "those who come later",
    )


def people(text: str) -> str:
    """What --people takes. Raises argparse.ArgumentTypeError."""
    from app.engine.core.settings import MatteSettings
    from app.engine.people.choice import with_people

    if with_people(MatteSettings(), text) is None:
        raise argparse.ArgumentTypeError(f"must be everyone, main or a number from 1 to 12, not '{text}'")
    return text


def chosen_people(args: argparse.Namespace, saved: MatteSettings) -> MatteSettings:
    """The settings with the people that the option selects."""
    from app.engine.people.choice import with_people

    wanted = getattr(args, "people", None)
    return saved if wanted is None else with_people(saved, wanted) or saved
