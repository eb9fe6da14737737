"""Draw the backgrounds that ship with Backdrop: `python -m assets.pictures.backgrounds [NAME ...]`.

All take about ten minutes on two cores, most of it for the three interiors.
"""

from __future__ import annotations

import sys
from pathlib import Path

from assets.pictures.finish import save
from assets.pictures.interiors import INTERIORS
from assets.pictures.painted import PAINTED

FOLDER = Path(__file__).resolve().parents[1] / "backgrounds"

BACKGROUNDS = {**INTERIORS, **PAINTED}


def main(names: list[str]) -> None:
    """Draw the named backgrounds, or all."""
    for name in names or BACKGROUNDS:
        save(BACKGROUNDS[name](), FOLDER / f"{name}.jpg")
        print(name, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
