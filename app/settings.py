"""What the user chose, kept in a file."""

from __future__ import annotations

from pathlib import Path

import msgspec
import platformdirs

from app.engine.errors import BackdropError
from app.engine.types import Settings


def settings_file() -> Path:
    """Where the settings are kept."""
    return Path(platformdirs.user_config_dir("backdrop", appauthor=False)) / "settings.json"


def load_settings(path: Path) -> Settings:
    """The settings in a file; the defaults if there is none.

    Raises BackdropError, naming the key, where the file holds what this version does not know.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Settings)
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise BackdropError(f"The settings in '{path}' cannot be read: {error.strerror}.") from error
    except msgspec.MsgspecError as error:
        raise BackdropError(f"The settings in '{path}' are not valid: {error}.") from error


def save_settings(settings: Settings, path: Path) -> None:
    """Keep the settings, readable by the user alone; an older file stays whole until the new one is."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = path.with_suffix(".part")
        beside.unlink(missing_ok=True)  # its mode would stay as it was
        beside.touch(mode=0o600)
        beside.write_bytes(msgspec.json.format(msgspec.json.encode(settings), indent=2))
        beside.replace(path)
    except OSError as error:
        raise BackdropError(f"The settings cannot be kept in '{path}': {error.strerror}.") from error
