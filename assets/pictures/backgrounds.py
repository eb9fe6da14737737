"""Draw the backgrounds that ship with Backdrop: `python -m assets.pictures.backgrounds [NAME ...]`.

All take about ten minutes on two cores, most of it for the three rooms.
"""

from __future__ import annotations

import sys
from pathlib import Path

from assets.pictures.finish import save
from assets.pictures.rooms import ROOMS
from assets.pictures.scenes import SCENES

FOLDER = Path(__file__).resolve().parents[1] / "backgrounds"

BACKGROUNDS = {**ROOMS, **SCENES}


def main(names: list[str]) -> None:
    """Draw the named backgrounds, or all."""
    for name in names or BACKGROUNDS:
        save(BACKGROUNDS[name](), FOLDER / f"{name}.jpg")
        print(name, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
