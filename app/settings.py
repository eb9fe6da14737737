"""What the user chose, kept in a file: the choices in use, and beside them profiles and the window's ways."""

from __future__ import annotations

from pathlib import Path

import msgspec

from app.engine.core.atomic_files import PRIVATE, atomic_write
from app.engine.core.errors import BackdropError, disk_reason
from app.engine.core.settings import NetworkSettings, Settings
from app.engine.networks.catalogue import AUTO


class WindowSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the window behaves."""

    closes_to_tray: bool = False
    is_welcomed: bool = False
    """Whether the guide to the first call has been seen."""


class StoredSettings(Settings, frozen=True, forbid_unknown_fields=True):
    """All that is in the file. The choices in use stand at its top level, as they always have."""

    network: NetworkSettings = NetworkSettings(AUTO)
    profiles: dict[str, Settings] = msgspec.field(default_factory=dict)
    """Whole sets of choices by the name the user gave them."""
    profile: str = ""
    """The profile used last; '' for none."""
    window: WindowSettings = WindowSettings()

    @property
    def choices(self) -> Settings:
        """The choices in use alone."""
        return Settings(**{name: getattr(self, name) for name in Settings.__struct_fields__})

    def with_choices(self, choices: Settings) -> StoredSettings:
        """The same with other choices in use."""
        return msgspec.structs.replace(
            self, **{name: getattr(choices, name) for name in Settings.__struct_fields__}
        )


def load_settings(path: Path) -> Settings:
    """The choices in a file; the defaults if there is none. Raises as `load_kept`."""
    return load_kept(path).choices


def load_kept(path: Path) -> StoredSettings:
    """All that a file holds; the defaults if there is none.

    Raises BackdropError, naming the key, where the file holds what this version does not know.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=StoredSettings)
    except FileNotFoundError:
        return StoredSettings()
    except OSError as error:
        raise BackdropError(
            "The settings in '{path}' cannot be read: {reason}.", path=path, reason=disk_reason(error)
        ) from error
    except msgspec.MsgspecError as error:
        raise BackdropError(
            "The settings in '{path}' are not valid: {error}.", path=path, error=error
        ) from error


def save_settings(settings: Settings, path: Path) -> None:
    """Keep the settings, readable by the user alone; an older file stays whole until the new one is."""
    try:
        atomic_write(path, msgspec.json.format(msgspec.json.encode(settings), indent=2), PRIVATE)
    except OSError as error:
        raise BackdropError(
            "The settings cannot be kept in '{path}': {reason}.", path=path, reason=disk_reason(error)
        ) from error
