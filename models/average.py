"""`python -m models.average FIRST.pt SECOND.pt OUT.pt --share 0.5`: mean of the weights of two checkpoints.

For two runs where one started from the other: Wortsman et al., "Model soups", ICML 2022 (arXiv 2203.05482),
section 2. The mean of such weights is often better on other photos than each of them.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.training import checkpoint
from models.training.checkpoint import CheckpointError

if TYPE_CHECKING:
    from collections.abc import Sequence

_LIKE_FIRST = ("network", "options", "mean", "std")


def average(first: dict[str, Any], second: dict[str, Any], share: float) -> dict[str, Any]:
    """The first checkpoint with `share` (0 to 1) of its weights and 1 - share of the second's.

    Counters and configuration are the first's; whole numbers among the weights too. Raises CheckpointError if
    the networks differ.
    """
    for key in _LIKE_FIRST[1:]:
        if first[key] != second[key]:
            raise CheckpointError(f"the checkpoints differ in {key}: {first[key]} and {second[key]}")
    if first["average"].keys() != second["average"].keys():
        raise CheckpointError("the checkpoints are of different networks")
    mean = {
        name: second["average"][name].float().lerp(weights.float(), share).to(weights.dtype)
        if weights.is_floating_point()
        else weights
        for name, weights in first["average"].items()
    }
    kept = {key: first[key] for key in (*_LIKE_FIRST, "recipe", "step", "samples", "seconds")}
    return {**kept, "average": mean}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m models.average", description=__doc__)
    parser.add_argument("first", type=Path, help="checkpoint whose configuration is kept")
    parser.add_argument("second", type=Path, help="checkpoint of the same network with the same options")
    parser.add_argument("out", type=Path, help="checkpoint to write")
    parser.add_argument(
        "--share", type=_share, default=0.5, help="share of the first, 0 to 1 (default: %(default)s)"
    )
    options = parser.parse_args(arguments)
    try:
        first, second = checkpoint.load(options.first), checkpoint.load(options.second)
        checkpoint.save(options.out, average(first, second, options.share))
    except (CheckpointError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"must be from 0 to 1, not {text}")
    return value


if __name__ == "__main__":
    raise SystemExit(main())
