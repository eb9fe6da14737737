"""`python -m models.face.pack OUT.npz --data DIR`: one small file of all that `models.face.train` needs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from models.data.dataset import DataError
from models.data.face.pack import write_pack

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m models.face.pack", description=__doc__)
    parser.add_argument("out", type=Path, help=".npz file to write")
    parser.add_argument("--data", type=Path, required=True, help="folder with index.csv")
    options = parser.parse_args(arguments)
    try:
        counts = write_pack(options.data, options.out)
    except (DataError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"{options.out}: " + ", ".join(f"{count} {name}" for name, count in counts.items()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
