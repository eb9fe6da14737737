"""What is chosen now, and the only way to change it; the window, the tray and `ctl` all come here."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QObject, Signal

from app.engine.assets import assets_folder
from app.engine.effects import EFFECTS
from app.engine.errors import BackdropError
from app.engine.types import EffectSettings, Settings, SourceSettings
from app.settings import Kept
from app.ui.pictures import with_picture


def off(settings: Settings) -> Settings:
    """The settings while Backdrop is off: no camera is open, and a card stands where the picture was.

    The card is both source and background, so that in whichever order the engine takes the two up, the room
    is never seen.
    """
    card = assets_folder() / "off.png"
    return msgspec.structs.replace(
        settings,
        source=SourceSettings(str(card), settings.source.width_px, settings.source.height_px),
        effect=with_picture(settings.effect, card),
    )


class Model(QObject):
    """Holds the choices. `changed` follows each change, whoever made it."""

    changed = Signal()

    def __init__(self, kept: Kept, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.kept = kept
        self.is_on = True

    @property
    def settings(self) -> Settings:
        """What the user chose."""
        return self.kept.choices

    @property
    def effective(self) -> Settings:
        """What the engine is to do."""
        return self.settings if self.is_on else off(self.settings)

    def use(self, settings: Settings) -> None:
        """Use other choices."""
        self._keep(self.kept.with_choices(settings))

    def use_effect(self, effect: EffectSettings) -> None:
        """Use another effect, or other values of it."""
        self.use(msgspec.structs.replace(self.settings, effect=effect))

    def use_effect_named(self, name: str) -> None:
        """Use an effect with the values it had. Raises BackdropError for a name that is none."""
        if name not in EFFECTS:
            raise BackdropError(f"There is no effect '{name}': choose one of {', '.join(EFFECTS)}.")
        self.use_effect(EffectSettings(name, self.settings.effect.values))

    def use_value(self, key: str, value: float | str) -> None:
        """Use another value of the effect's."""
        effect = self.settings.effect
        self.use_effect(EffectSettings(effect.name, {**effect.values, key: value}))

    def use_source(self, spec: str) -> None:
        """Use another camera, or what stands for one."""
        self.use_field("source", "spec", spec)

    def use_network(self, name: str) -> None:
        """Use another network."""
        self.use_field("network", "name", name)

    def use_virtual_camera(self, wanted: bool) -> None:
        """Send to the virtual camera, or stop."""
        self.use_field("output", "virtual_camera", "auto" if wanted else "")

    def use_field(self, part: str, field: str, value: object) -> None:
        """Use another value of one part's field."""
        changed = msgspec.structs.replace(getattr(self.settings, part), **{field: value})
        self.use(msgspec.structs.replace(self.settings, **{part: changed}))

    def switch(self, is_on: bool) -> None:
        """Show the user, or the card."""
        if is_on != self.is_on:
            self.is_on = is_on
            self.changed.emit()

    def close_to_tray(self, wanted: bool) -> None:
        """Whether closing the window leaves Backdrop in the tray."""
        self._use_window(closes_to_tray=wanted)

    def note_welcome(self) -> None:
        """The guide to the first call has been seen."""
        self._use_window(is_welcomed=True)

    def _use_window(self, **changes: bool) -> None:
        window = msgspec.structs.replace(self.kept.window, **changes)
        self._keep(msgspec.structs.replace(self.kept, window=window))

    def use_profile(self, name: str) -> None:
        """Use the choices of a profile. Raises BackdropError where there is none of the name."""
        if name not in self.kept.profiles:
            there = ", ".join(self.kept.profiles) or "none yet"
            raise BackdropError(f"There is no profile '{name}': there is {there}.")
        kept = self.kept.with_choices(self.kept.profiles[name])
        self._keep(msgspec.structs.replace(kept, profile=name))

    def save_profile(self, name: str) -> None:
        """Keep the choices in use under a name, in place of what was there. Raises BackdropError for none."""
        name = " ".join(name.split())
        if not name:
            raise BackdropError("Give the profile a name.")
        profiles = {**self.kept.profiles, name: self.settings}
        self._keep(msgspec.structs.replace(self.kept, profiles=profiles, profile=name))

    def remove_profile(self, name: str) -> None:
        """Forget a profile; the choices in use stay."""
        profiles = {other: settings for other, settings in self.kept.profiles.items() if other != name}
        profile = "" if self.kept.profile == name else self.kept.profile
        self._keep(msgspec.structs.replace(self.kept, profiles=profiles, profile=profile))

    def restore_profile(self, name: str, settings: Settings) -> None:
        """Bring back a profile that was removed."""
        profiles = {**self.kept.profiles, name: settings}
        self._keep(msgspec.structs.replace(self.kept, profiles=profiles))

    @property
    def profile(self) -> str:
        """The profile whose choices are the ones in use; '' for none."""
        name = self.kept.profile
        return name if self.kept.profiles.get(name) == self.settings else ""

    def _keep(self, kept: Kept) -> None:
        if kept != self.kept:
            self.kept = kept
            self.changed.emit()
