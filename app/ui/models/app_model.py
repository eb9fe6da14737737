"""The current settings and the only way to change them, for the window, the tray and `ctl`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal

from app.engine.core.errors import BackdropError
from app.engine.core.settings import EffectSettings, Settings
from app.engine.pipeline.effects import EFFECTS

if TYPE_CHECKING:
    from app.settings import StoredSettings


_NAME_LETTERS = 60


class AppModel(QObject):
    """Holds the settings. Emits `changed` after each change."""

    changed = Signal()

    def __init__(self, kept: StoredSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.kept = kept
        self.recording = ""
        """The file that is being recorded; '' for none. It is not stored: no recording starts by itself."""

    @property
    def settings(self) -> Settings:
        """The current settings."""
        return self.kept.choices

    @property
    def effective(self) -> Settings:
        """The settings for the engine, with the recording."""
        output = msgspec.structs.replace(self.settings.output, recording=self.recording)
        return msgspec.structs.replace(self.settings, output=output)

    @property
    def is_on(self) -> bool:
        """Whether the user is shown."""
        return self.settings.is_on

    def use(self, settings: Settings) -> None:
        """Use other settings."""
        self._keep(self.kept.with_choices(settings))

    def use_effect(self, effect: EffectSettings) -> None:
        """Use another effect or other values."""
        self.use(msgspec.structs.replace(self.settings, effect=effect))

    def use_effect_named(self, name: str) -> None:
        """Use an effect with its present values. Raises BackdropError for an unknown name."""
        if name not in EFFECTS:
            raise BackdropError(
                "There is no effect '{name}': choose one of {choices}.", name=name, choices=", ".join(EFFECTS)
            )
        self.use_effect(EffectSettings(name, self.settings.effect.values))

    def use_value(self, key: str, value: float | str) -> None:
        """Use another value of a parameter of the effect."""
        effect = self.settings.effect
        self.use_effect(EffectSettings(effect.name, {**effect.values, key: value}))

    def use_source(self, spec: str) -> None:
        """Use another source."""
        self.use_field("source", "spec", spec)

    def use_network(self, name: str) -> None:
        """Use another network."""
        self.use_field("network", "name", name)

    def use_virtual_camera(self, wanted: bool) -> None:
        """Send to the virtual camera, or stop."""
        self.use_field("output", "virtual_camera", "auto" if wanted else "")

    def use_field(self, part: str, field: str, value: object) -> None:
        """Use another value of a field of one part of the settings."""
        changed = msgspec.structs.replace(getattr(self.settings, part), **{field: value})
        self.use(msgspec.structs.replace(self.settings, **{part: changed}))

    def switch(self, is_on: bool) -> None:
        """Show the user, or the off placeholder."""
        self.use(msgspec.structs.replace(self.settings, is_on=is_on))

    def record(self, file: str) -> None:
        """Record to a new file; '' stops the recording."""
        if file != self.recording:
            self.recording = file
            self.changed.emit()

    def close_to_tray(self, wanted: bool) -> None:
        """Whether closing the window leaves Backdrop in the tray."""
        self._use_window(closes_to_tray=wanted)

    def note_welcome(self) -> None:
        """Store that the welcome dialog was shown."""
        self._use_window(is_welcomed=True)

    def _use_window(self, **changes: bool) -> None:
        window = msgspec.structs.replace(self.kept.window, **changes)
        self._keep(msgspec.structs.replace(self.kept, window=window))

    def use_profile(self, name: str) -> None:
        """Use the settings of a profile. Raises BackdropError for an unknown name."""
        if name not in self.kept.profiles:
            there = ", ".join(self.kept.profiles) or "none yet"
            raise BackdropError("There is no profile '{name}': there is {there}.", name=name, there=there)
        # A profile does not switch the camera on.
        choices = msgspec.structs.replace(self.kept.profiles[name], is_on=self.is_on)
        kept = self.kept.with_choices(choices)
        self._keep(msgspec.structs.replace(kept, profile=name))

    def save_profile(self, name: str) -> None:
        """Save the current settings as a profile. Raises BackdropError for an empty name."""
        name = " ".join(name.split())[:_NAME_LETTERS].strip()
        if not name:
            raise BackdropError("Give the profile a name.")
        profiles = {**self.kept.profiles, name: _shown(self.settings)}
        self._keep(msgspec.structs.replace(self.kept, profiles=profiles, profile=name))

    def remove_profile(self, name: str) -> None:
        """Remove a profile; the current settings stay."""
        profiles = {other: settings for other, settings in self.kept.profiles.items() if other != name}
        profile = "" if self.kept.profile == name else self.kept.profile
        self._keep(msgspec.structs.replace(self.kept, profiles=profiles, profile=profile))

    def restore_profile(self, name: str, settings: Settings) -> None:
        """Restore a profile that was removed."""
        profiles = {**self.kept.profiles, name: settings}
        self._keep(msgspec.structs.replace(self.kept, profiles=profiles))

    @property
    def profile(self) -> str:
        """The profile that equals the current settings; '' for none."""
        name = self.kept.profile
        return name if self.kept.profiles.get(name) == _shown(self.settings) else ""

    def _keep(self, kept: StoredSettings) -> None:
        if kept != self.kept:
            self.kept = kept
            self.changed.emit()


def _shown(settings: Settings) -> Settings:
    """The settings with `is_on` set, because profiles do not store it."""
    return msgspec.structs.replace(settings, is_on=True)
