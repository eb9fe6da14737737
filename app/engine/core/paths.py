"""Where the files that ship with Backdrop are: beside the code, installed, or in the frozen program."""

from __future__ import annotations

import sys
from functools import lru_cache
from pathlib import Path

from app.engine.core.errors import BackdropError


@lru_cache(maxsize=1)
def assets_folder() -> Path:
    """The folder that holds models/ and demo/. Raises BackdropError where it is missing."""
    places = (
        Path(getattr(sys, "_MEIPASS", "/nonexistent")) / "assets",
        Path(__file__).resolve().parents[3] / "assets",
        Path(sys.prefix) / "share" / "backdrop" / "assets",
    )
    for place in places:
        if (place / "models").is_dir():
            return place
    raise BackdropError("Backdrop's own files (the assets folder) are missing: please install it again.")
