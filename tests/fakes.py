"""A fake engine and a fake network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.engine.core.errors import NO_MESSAGE
from app.engine.core.mailbox import Mailbox
from app.engine.core.types import Alpha, Composite, Frame, Outline, Picture, Stats, Thumbnail
from app.engine.networks.segmenter import NetworkInfo, Segmenter

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.engine.core.settings import Settings


class FakeEngine:
    """Has the attributes of an engine, records its settings, and outputs what the test puts in."""

    def __init__(self, settings: Settings, on_preview: Callable[[], None]) -> None:
        self.preview: Mailbox[Composite] = Mailbox()
        self.on_preview = on_preview
        self.settings = [settings]
        """All settings it was ever given, oldest first."""
        self.stats = Stats()
        self.sound_level: float | None = None
        self.thumbnail: Mailbox[Thumbnail] = Mailbox()
        self.before: Mailbox[Frame] = Mailbox(3)
        self.people: Mailbox[tuple[Outline, ...]] = Mailbox()
        self.are_people_watched = False
        self.is_sparing = False
        self.toggled: list[int] = []
        """The persons that were to be shown or hidden, in order."""
        self.is_previewed = True
        self.is_compared = False
        self.is_started = self.is_stopped = False
        self.lessons = 0
        """How often it was to learn the room."""

    def start(self) -> None:
        self.is_started = True

    def update(self, settings: Settings) -> None:
        self.settings.append(settings)

    def stop(self) -> None:
        self.is_stopped = True
        self.preview.close()

    def learn_room(self) -> None:
        self.lessons += 1

    def spare(self, is_wanted: bool) -> None:
        self.is_sparing = is_wanted

    def watch_people(self, is_wanted: bool) -> None:
        self.are_people_watched = is_wanted

    def toggle_person(self, number: int) -> None:
        self.toggled.append(number)

    def show(self, picture: Picture) -> None:
        """Finish a composite."""
        self.preview.put(Composite(0, 0.0, picture))
        self.on_preview()


class FakeSegmenter(Segmenter):
    """A network without a file that takes the frame's left half for the person."""

    def __init__(self) -> None:
        self.provider = "CPU"
        self.notice = NO_MESSAGE
        self.info = NetworkInfo("half", "Half", "1", "MIT", "", 64 * 32, None, 0)

    def infer(self, frame: Frame) -> Alpha:
        alpha = np.zeros((32, 64), np.float32)
        alpha[:, :32] = 1.0
        return alpha
