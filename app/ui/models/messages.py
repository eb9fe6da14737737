"""The texts of the banner and the status line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QCoreApplication

from app.engine.core.types import Stats
from app.ui.i18n.labels import network_title

Undo = Callable[[], None] | None

_SEPARATOR = "   ·   "


class Notifier(Protocol):
    """Shows a message to the user."""

    def notify(self, text: str, undo: Undo = None) -> None:
        """Show what happened; `undo` takes it back."""

    def warn(self, problem: str | Exception) -> None:
        """Show what did not work."""


@dataclass(frozen=True, slots=True)
class BannerMessage:
    """A text for the banner; '' for none."""

    text: str = ""
    is_warning: bool = False
    offers_cameras: bool = False
    """Whether the banner offers a button to choose a camera."""
    undo: Undo = None
    """Undoes what the text reports; None if it cannot be undone."""


class Messages:
    """Selects the text to show: first about the user's last action, then of the engine, then advice."""

    def __init__(self) -> None:
        self.notice = BannerMessage()
        """The text about the user's last action; empty for none."""
        self.stats = Stats()
        self._dismissed = self._said = ""

    def current(self, source_spec: str) -> BannerMessage:
        """The text to show now, for the source in the settings."""
        message = self._first(source_spec)
        self._said = message.text
        if message.text and message.text != self._dismissed:
            self._dismissed = ""
        return BannerMessage() if message.text == self._dismissed else message

    def dismiss(self) -> None:
        """Hide the current text until another one comes."""
        self._dismissed, self.notice = self._said, BannerMessage()

    def add(self, text: str, is_warning: bool, undo: Undo = None) -> None:
        """Show a text at once, also if it was dismissed before."""
        self.notice, self._dismissed = BannerMessage(text, is_warning, undo=undo), ""

    def _first(self, source_spec: str) -> BannerMessage:
        if self.notice.text:
            return self.notice
        if self.stats.message:
            return BannerMessage(self.stats.message, is_warning=True)
        if self.stats.notice:
            return BannerMessage(self.stats.notice, is_warning=True)
        if self.stats.is_demo and source_spec == "auto":
            sentence = QCoreApplication.translate(
                "Messages", "No camera was found, so the demo plays. Plug one in and choose it here."
            )
            return BannerMessage(sentence, offers_cameras=True)
        return BannerMessage()


def status_text(stats: Stats, is_on: bool = True) -> str:
    """The state of the engine in one line; '' while the banner shows a message instead."""
    translate = QCoreApplication.translate
    if not is_on:
        return translate("Status", "Off. The camera is closed, and others see a plain picture.")
    if stats.is_camera_released:
        return translate("Status", "The camera is off while it is not in use.")
    if not stats.fps:
        return "" if stats.message else translate("Status", "Starting…")
    parts = [
        translate("Status", "{fps} frames per second").format(fps=round(stats.fps)),
        translate("Status", "{latency} ms delay").format(latency=round(stats.latency_ms)),
    ]
    if stats.savings:
        parts.append(translate("Status", "Economy"))
    if stats.network:
        on = translate("Status", "{network} on {provider}")
        network = network_title(stats.network_name, stats.network)
        parts.append(on.format(network=network, provider=stats.provider))
    if stats.source:
        source = translate("Status", "Demo") if stats.is_demo else stats.source
        parts.append(" → ".join([source, *stats.outputs]))
    return _SEPARATOR.join(parts)
