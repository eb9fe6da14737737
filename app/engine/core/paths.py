"""Every place on disk that Backdrop uses: the files that ship with it, and the user's folders."""

from __future__ import annotations

import sys
from functools import lru_cache
from pathlib import Path

import platformdirs

from app.engine.core.errors import BackdropError


@lru_cache(maxsize=1)
def assets_folder() -> Path:
    """The folder with models/, backgrounds/ and demo/. Raises BackdropError if it is missing."""
    # Not importlib.resources: assets/ lies beside the package `app`, not in it, as the top level is fixed.
    places = (
        Path(getattr(sys, "_MEIPASS", "/nonexistent")) / "assets",  # the packaged program
        Path(__file__).resolve().parents[3] / "assets",  # beside the code
        Path(sys.prefix) / "share" / "backdrop" / "assets",  # an installed wheel
    )
    for place in places:
        if (place / "models").is_dir():
            return place
    raise BackdropError("Backdrop's own files (the assets folder) are missing: please install it again.")


def settings_file() -> Path:
    """The user's settings."""
    return Path(platformdirs.user_config_dir("backdrop", appauthor=False)) / "settings.json"


def user_networks_folder() -> Path:
    """The user's own networks."""
    return _data_folder() / "models"


def user_backgrounds_folder() -> Path:
    """The pictures and videos that the user added."""
    return _data_folder() / "backgrounds"


def measurement_file() -> Path:
    """How fast the networks are on this computer."""
    return cache_folder() / "network.json"


def thumbnails_folder() -> Path:
    """Small copies of the backgrounds."""
    return cache_folder() / "thumbnails"


def user_folders() -> list[Path]:
    """Every folder with files that Backdrop has stored for the user, except recordings and snapshots."""
    return list(dict.fromkeys((settings_file().parent, _data_folder(), cache_folder())))


def _data_folder() -> Path:
    return Path(platformdirs.user_data_dir("backdrop", appauthor=False))


def cache_folder() -> Path:
    """What can be made again at any time."""
    return Path(platformdirs.user_cache_dir("backdrop", appauthor=False))
