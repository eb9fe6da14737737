"""The current settings and the only way to change them, for the window, the tray and `ctl`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal

from app.engine.core.errors import BackdropError
from app.engine.core.settings import EffectSettings, Settings
from app.engine.looks.choice import usable, without_defaults
from app.engine.looks.registry import checked
from app.engine.pipeline.effects import EFFECTS

if TYPE_CHECKING:
    from app.engine.core.parameters import Values
    from app.engine.core.settings import LookValues
    from app.settings import StoredSettings


_LONGEST_NAME_CHARACTERS = 60


class AppModel(QObject):
    """Holds the settings. Emits `changed` after each change."""

    changed = Signal()

    def __init__(self, stored: StoredSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.stored = stored
        self.recording = ""
        """The file that is being recorded; '' for none. It is not stored: no recording starts by itself."""

    @property
    def settings(self) -> Settings:
        """The current settings."""
        return self.stored.current

    @property
    def effective(self) -> Settings:
        """The settings that the engine gets: the current ones and the file to record to."""
        output = msgspec.structs.replace(self.settings.output, recording=self.recording)
        return msgspec.structs.replace(self.settings, output=output)

    @property
    def is_on(self) -> bool:
        """Whether the user is shown."""
        return self.settings.is_on

    def use(self, settings: Settings) -> None:
        """Use other settings."""
        self._replace(self.stored.with_current(settings))

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

    def use_looks(self, values: LookValues) -> None:
        """Use other looks, checked. Raises BackdropError for an unknown name or an invalid value."""
        checked(values)
        self.use(msgspec.structs.replace(self.settings, looks=without_defaults(values)))

    def use_look(self, key: str, value: float | str) -> None:
        """Use another value of one look."""
        self.use_looks({**usable(self.settings.looks), key: value})

    def use_presenter(self, part: str, key: str, value: float | str) -> None:
        """Use another value of a parameter of the presenter; `part` is a field of `PresenterSettings`."""
        self.use_presenter_values(part, {key: value})

    def use_presenter_values(self, part: str, changes: Values) -> None:
        """Use other values of several parameters of one part of the presenter."""
        values = {**getattr(self.settings.presenter, part), **changes}
        self.use_field("presenter", part, values)

    def use_source(self, spec: str) -> None:
        """Use another source."""
        self.use_field("source", "spec", spec)

    def use_network(self, name: str) -> None:
        """Use another network."""
        self.use_field("network", "name", name)

    def use_virtual_camera(self, wanted: bool) -> None:
        """Send to the virtual camera, or stop."""
        self.use_field("output", "virtual_camera", "auto" if wanted else "")

    def set_records_microphone(self, wanted: bool) -> None:
        """Set whether recordings have the sound of the microphone; the user is not asked any more."""
        window = msgspec.structs.replace(self.stored.window, is_asked_about_microphone=True)
        output = msgspec.structs.replace(self.settings.output, record_microphone=wanted)
        self._replace(msgspec.structs.replace(self.stored, window=window, output=output))

    def use_field(self, part: str, field: str, value: object) -> None:
        """Use another value of a field of one part of the settings."""
        if (part, field) == ("output", "record_microphone"):
            self.set_records_microphone(bool(value))
            return
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

    def set_closes_to_tray(self, wanted: bool) -> None:
        """Set whether closing the window hides it in the tray instead of ending Backdrop."""
        self._change_window(closes_to_tray=wanted)

    def set_spares_battery(self, wanted: bool) -> None:
        """Set whether the preview comes less often on battery power."""
        self._change_window(spares_battery=wanted)

    def use_screen_light(self, **changes: object) -> None:
        """Change fields of the screen light."""
        self._change_window(screen_light=msgspec.structs.replace(self.stored.window.screen_light, **changes))

    def set_welcomed(self) -> None:
        """Store that the welcome dialog was shown."""
        self._change_window(is_welcomed=True)

    def _change_window(self, **changes: object) -> None:
        window = msgspec.structs.replace(self.stored.window, **changes)
        self._replace(msgspec.structs.replace(self.stored, window=window))

    def use_profile(self, name: str) -> None:
        """Use the settings of a profile. Raises BackdropError for an unknown name."""
        if name not in self.stored.profiles:
            names = ", ".join(self.stored.profiles) or "none"
            raise BackdropError(
                "There is no profile '{name}'. Saved profiles: {names}.", name=name, names=names
            )
        # A profile does not change whether the user is shown.
        settings = msgspec.structs.replace(self.stored.profiles[name], is_on=self.is_on)
        stored = self.stored.with_current(settings)
        self._replace(msgspec.structs.replace(stored, profile=name))

    def save_profile(self, name: str) -> None:
        """Save the current settings as a profile. Raises BackdropError for an empty name."""
        name = " ".join(name.split())[:_LONGEST_NAME_CHARACTERS].strip()
        if not name:
            raise BackdropError("Give the profile a name.")
        profiles = {**self.stored.profiles, name: as_profile(self.settings)}
        self._replace(msgspec.structs.replace(self.stored, profiles=profiles, profile=name))

    def remove_profile(self, name: str) -> None:
        """Remove a profile; the current settings stay."""
        profiles = {other: settings for other, settings in self.stored.profiles.items() if other != name}
        profile = "" if self.stored.profile == name else self.stored.profile
        self._replace(msgspec.structs.replace(self.stored, profiles=profiles, profile=profile))

    def restore_profile(self, name: str, settings: Settings) -> None:
        """Restore a profile that was removed."""
        profiles = {**self.stored.profiles, name: settings}
        self._replace(msgspec.structs.replace(self.stored, profiles=profiles))

    @property
    def profile(self) -> str:
        """The name of the profile in use; '' if the settings have changed since, or for none."""
        name = self.stored.profile
        return name if self.stored.profiles.get(name) == as_profile(self.settings) else ""

    def _replace(self, stored: StoredSettings) -> None:
        if stored != self.stored:
            self.stored = stored
            self.changed.emit()


def as_profile(settings: Settings) -> Settings:
    """The settings as a profile stores them, without what changes during a call and is no choice.

    That is whether the user is shown, the page of the slides, and whether the name tag is shown.
    """
    values = {key: value for key, value in settings.effect.values.items() if key != "page"}
    effect = EffectSettings(settings.effect.name, values)
    tag = {key: value for key, value in settings.presenter.tag.items() if key != "shown"}
    presenter = msgspec.structs.replace(settings.presenter, tag=tag)
    return msgspec.structs.replace(settings, is_on=True, effect=effect, presenter=presenter)
