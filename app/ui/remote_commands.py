"""Carry out the requests of `ctl`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from PySide6.QtCore import QObject

from app.engine.core.errors import BackdropError
from app.engine.looks.choice import NONE, usable, with_choice
from app.engine.looks.registry import PARAMETERS, PRESETS
from app.engine.people.choice import with_people
from app.engine.pipeline.effects import EFFECTS, effect_called, plain_name
from app.engine.pipeline.presenter.screen import Screen
from app.engine.screens.screens import is_spec
from app.ui.i18n.labels import effect_title, preset_title
from app.ui.models.background_effects import can_be_used, file_keys
from app.ui.services.remote_server import Reply, refusal

if TYPE_CHECKING:
    from app.ui.main_window import Window


class RemoteCommands(QObject):
    """Answers requests. Each reply holds the new state."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window, self._model = window, window.model

    def answer(self, request: dict[str, Any], reply: Reply) -> None:
        """Carry out a request, then reply. Raises BackdropError if it fails."""
        command, name = str(request.get("command")), str(request.get("name", ""))
        if command == "snapshot":
            self._window.recording.snapshot(
                lambda path: reply({**self._status(), "file": str(path)}),
                lambda error: reply(refusal(str(error))),
            )
            return
        if command == "effect":
            self._window.backgrounds.find(lambda: self._use_effect(name, reply))
            return
        if command == "list":
            self._window.backgrounds.find(lambda: reply({"ok": True, **self._all_names()}))
            return
        if command == "show":
            self._window.come_forward()
        elif command in ("on", "off", "toggle"):
            self._model.switch({"on": True, "off": False, "toggle": not self._model.is_on}[command])
        elif command == "look":
            self._use_look(name)
        elif command == "profile":
            self._use_profile(name)
        elif command == "tag":
            self._show_tag(name)
        elif command == "people":
            self._show_people(name)
        elif command == "learn-room":
            self._window.room_lesson.begin()
        elif command in ("next", "previous", "page"):
            self._turn(command, name)
        elif command != "status":
            raise BackdropError("There is no command '{command}'.", command=command)
        reply(self._status())

    def _use_effect(self, name: str, reply: Reply) -> None:
        """Use an effect, or a background once it has been checked; then reply."""
        if is_spec(name):
            self._window.screens.choose(
                name, lambda error: reply(refusal(str(error)) if error else self._status())
            )
            return
        effect = _effect_shown_as(name)
        picture = self._window.backgrounds.named(name)
        if effect is not None and can_be_used(effect, self._model.settings.effect.values):
            self._window.backgrounds.forget()
            self._model.use_effect_named(effect)
            reply(self._status())
        elif picture is not None:
            self._window.backgrounds.choose(
                picture, lambda error: reply(refusal(str(error)) if error else self._status())
            )
        elif effect is not None:
            what = "slides" if effect == "slides" else "a picture"
            reply(refusal(f"Choose {what} in the window first, or say which by its name."))
        else:
            there = {kind: ", ".join(names) or "none yet" for kind, names in self._all_names().items()}
            reply(
                refusal(
                    f"There is no effect or background '{name}': the effects are {there['effects']}; "
                    f"the backgrounds are {there['backgrounds']}."
                )
            )

    def _show_tag(self, text: str) -> None:
        if text not in ("show", "hide"):
            raise BackdropError("The name tag can be told to show or hide, not '{text}'.", text=text)
        if text == "show" and not self._model.settings.presenter.tag.get("name"):
            raise BackdropError("There is no name for the name tag: write one in the window first.")
        self._model.use_presenter("tag", "shown", float(text == "show"))

    def _show_people(self, text: str) -> None:
        matte = with_people(self._model.settings.matte, text)
        if matte is None:
            raise BackdropError("'{text}' is not who is shown: write everyone, main or a number.", text=text)
        self._model.use(msgspec.structs.replace(self._model.settings, matte=matte))

    def _turn(self, command: str, page: str) -> None:
        """Turn the page of the slides. Raises BackdropError without slides, or for a page that is none."""
        slides = self._window.slides
        if not slides.are_shown:
            raise BackdropError("No slides are shown: choose a PDF or a folder of pictures as slides first.")
        if command == "page":
            slides.go_to(page)
        else:
            slides.turn(1 if command == "next" else -1)

    def _use_look(self, text: str) -> None:
        """Use NAME=VALUE, a preset by its name in English or the user's language, or none."""
        shown = {plain_name(preset_title(title)): title for title in PRESETS}
        present = usable(self._model.settings.looks)
        self._model.use_looks(with_choice(present, shown.get(plain_name(text), text)))

    def _use_profile(self, name: str) -> None:
        """Use a profile by its name; the case counts only between names that differ in nothing else."""
        names = list(self._model.stored.profiles)
        alike = [known for known in names if plain_name(known) == plain_name(name)]
        self._model.use_profile(name if name in names or not alike else alike[0])

    def _all_names(self) -> dict[str, list[str]]:
        return {
            "effects": list(EFFECTS),
            "backgrounds": list(self._window.backgrounds.titles.values()),
            "profiles": list(self._model.stored.profiles),
            "looks": [*PRESETS, NONE, *PARAMETERS],
        }

    def _status(self) -> dict[str, Any]:
        stats, settings = self._window.stats, self._model.settings
        is_live = self._model.is_on and not stats.is_camera_released
        return {
            "ok": True,
            "on": self._model.is_on,
            "effect": settings.effect.name,
            "background": self._background(),
            **self._pages(),
            "looks": settings.looks,
            "people": settings.matte.people,
            "profile": self._model.profile,
            "source": stats.source,
            "outputs": list(stats.outputs),
            "fps": round(stats.fps, 1) if is_live else 0.0,
            "latency_ms": round(stats.latency_ms, 1) if is_live else 0.0,
            "message": stats.message,
        }

    def _pages(self) -> dict[str, int]:
        slides = self._window.slides
        return {"page": slides.page, "pages": slides.pages} if slides.are_shown else {}

    def _background(self) -> str:
        """The title of the picture or video in use, or which screen; '' if the effect has none."""
        effect = self._model.settings.effect
        if effect.name == Screen.name:
            return str(effect.values.get("screen", "screen:1"))
        if not file_keys(effect.name):
            return ""
        path = Path(str(effect.values.get(file_keys(effect.name)[0], "")))
        return self._window.backgrounds.titles.get(path, path.stem)


def _effect_shown_as(text: str) -> str | None:
    """The name of the effect with this name, alias, or title in English or the user's language."""
    shown = {plain_name(effect_title(effect.title)): name for name, effect in EFFECTS.items()}
    return effect_called(text) or shown.get(plain_name(text))
