"""The settings file: current settings, profiles and window preferences."""

from __future__ import annotations

import errno
import json
from typing import TYPE_CHECKING, Any

import msgspec

from app.engine.core.atomic_files import PRIVATE, atomic_write
from app.engine.core.errors import BackdropError, any_reason, disk_reason
from app.engine.core.settings import EffectSettings, NetworkSettings, Settings, Share
from app.engine.networks.catalogue import AUTO
from app.engine.screens.screens import SCREEN

if TYPE_CHECKING:
    from pathlib import Path


class ScreenLightSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ring of light around the screen."""

    is_on: bool = False
    in_the_dark: bool = False
    """Whether it is shown only while the camera's picture is dark."""
    brightness: Share = 0.8
    warmth: Share = 0.4


class WindowSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The preferences of the window."""

    closes_to_tray: bool = False
    spares_battery: bool = True
    """Whether the preview comes less often on battery power."""
    is_welcomed: bool = False
    """Whether the welcome dialog was shown."""
    is_asked_about_microphone: bool = False
    """Whether the user has decided whether recordings have the sound of the microphone."""
    screen_light: ScreenLightSettings = ScreenLightSettings()


class StoredSettings(Settings, frozen=True, forbid_unknown_fields=True):
    """The content of the settings file. The current settings are at the top level."""

    network: NetworkSettings = NetworkSettings(AUTO)
    profiles: dict[str, Settings] = msgspec.field(default_factory=dict)
    """Settings by the name of their profile."""
    profile: str = ""
    """The profile used last; '' for none."""
    window: WindowSettings = WindowSettings()

    @property
    def current(self) -> Settings:
        """The current settings alone."""
        return Settings(**{name: getattr(self, name) for name in Settings.__struct_fields__})

    def with_current(self, current: Settings) -> StoredSettings:
        """A copy with other current settings."""
        return msgspec.structs.replace(
            self, **{name: getattr(current, name) for name in Settings.__struct_fields__}
        )


def load_settings(path: Path) -> Settings:
    """The current settings in a file; the defaults if there is no file. Raises like `load_stored`."""
    return load_stored(path).current


def load_stored(path: Path) -> StoredSettings:
    """The content of a file, in any Unicode encoding; the defaults if there is no file.

    Raises BackdropError with the name of the key if this version does not know it.
    """
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            raise OSError(errno.ENXIO, "it is a pipe or a device")  # Reading it might never end.
        data = path.read_bytes()
        text = data.decode(json.detect_encoding(data))
        stored = msgspec.convert(upgraded(msgspec.json.decode(text)), StoredSettings)
        return msgspec.structs.replace(stored, effect=without_screen(stored.effect))
    except FileNotFoundError:
        return StoredSettings()
    except OSError as error:
        raise BackdropError(
            "The settings in '{path}' cannot be read: {reason}.", path=path, reason=disk_reason(error)
        ) from error
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise BackdropError(
            "The settings in '{path}' are not valid: {error}.", path=path, error=error
        ) from error


def upgraded(stored: Any) -> Any:
    """The content of a file of an earlier version, as this one has it; anything else as it is."""
    if not isinstance(stored, dict):
        return stored
    matte = stored.get("matte")
    if isinstance(matte, dict) and isinstance(matte.get("main_person_only"), bool):
        matte = dict(matte)
        matte.setdefault("people", "main" if matte.pop("main_person_only") else "everyone")
        stored = {**stored, "matte": matte}
    if isinstance(stored.get("profiles"), dict):
        profiles = {name: upgraded(profile) for name, profile in stored["profiles"].items()}
        stored = {**stored, "profiles": profiles}
    return stored


def without_screen(effect: EffectSettings) -> EffectSettings:
    """The effect, blur in place of the screen: others see the screen only if the user has just chosen it."""
    return EffectSettings(values=effect.values) if effect.name == SCREEN else effect


def save_settings(settings: Settings, path: Path) -> None:
    """Write the settings atomically, readable by the user alone. Raises BackdropError."""
    try:
        atomic_write(path, msgspec.json.format(msgspec.json.encode(settings), indent=2), PRIVATE)
    except (OSError, UnicodeEncodeError) as error:  # UnicodeEncodeError: a file's name that is not UTF-8.
        raise BackdropError(
            "The settings cannot be kept in '{path}': {reason}.", path=path, reason=any_reason(error)
        ) from error
