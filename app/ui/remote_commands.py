"""Carry out the requests of `ctl`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from app.engine.core.errors import BackdropError
from app.engine.pipeline.effects import EFFECTS
from app.ui.models.background_effects import can_be_used
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
        if command == "show":
            self._window.come_forward()
        elif command in ("on", "off", "toggle"):
            self._model.switch({"on": True, "off": False, "toggle": not self._model.is_on}[command])
        elif command == "effect":
            self._use_effect(name)
        elif command == "profile":
            self._model.use_profile(name)
        elif command != "status":
            raise BackdropError("There is no command '{command}'.", command=command)
        reply(self._status())

    def _use_effect(self, name: str) -> None:
        picture = None if name in EFFECTS else self._window.backgrounds.named(name)
        if picture is not None:
            self._window.backgrounds.choose(picture)
            return
        if name in EFFECTS and not can_be_used(name, self._model.settings.effect.values):
            raise BackdropError("Choose a picture in the window first, or say which by its name.")
        self._window.backgrounds.forget()
        self._model.use_effect_named(name)

    def _status(self) -> dict[str, Any]:
        stats, settings = self._window.stats, self._model.settings
        return {
            "ok": True,
            "on": self._model.is_on,
            "effect": settings.effect.name,
            "profile": self._model.profile,
            "source": stats.source,
            "outputs": list(stats.outputs),
            "fps": round(stats.fps, 1),
            "latency_ms": round(stats.latency_ms, 1),
            "message": stats.message,
        }
