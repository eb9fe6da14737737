"""Every place on disk that Backdrop uses: the files that ship with it, and the user's folders."""

from __future__ import annotations

import getpass
import os
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
    return _cache_folder() / "network.json"


def thumbnails_folder() -> Path:
    """Small copies of the backgrounds."""
    return _cache_folder() / "thumbnails"


def control_socket() -> str:
    """The name of the socket that `ctl` connects to: a file in a folder of the user's own, or a pipe."""
    if sys.platform == "win32":
        return f"backdrop-{getpass.getuser()}"
    # Without XDG_RUNTIME_DIR, platformdirs names a folder in /tmp, which another user could have made.
    has_session_folder = sys.platform != "linux" or bool(os.environ.get("XDG_RUNTIME_DIR"))
    folder = _runtime_folder() if has_session_folder else _cache_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return str(folder / "ctl.socket")


def _data_folder() -> Path:
    return Path(platformdirs.user_data_dir("backdrop", appauthor=False))


def _cache_folder() -> Path:
    return Path(platformdirs.user_cache_dir("backdrop", appauthor=False))


def _runtime_folder() -> Path:
    return Path(platformdirs.user_runtime_dir("backdrop", appauthor=False))
