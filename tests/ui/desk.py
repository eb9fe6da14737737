"""A window with a fake engine, for the tests that drive it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtWidgets import QApplication

from app.engine.core.settings import Settings
from app.settings import StoredSettings
from app.ui.main_window import Window
from app.ui.models.background_library import BackgroundLibrary
from app.ui.models.choices import Choice
from tests.fakes import FakeEngine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.engine.core.types import Stats
    from app.engine.devices.battery import Power


Child = TypeVar("Child", bound=QObject)


def library_in(folder: Path) -> BackgroundLibrary:
    """A library that touches no files but those in a folder."""
    return BackgroundLibrary(folder / "ours" / "backgrounds", folder / "own", folder / "cache")


def child(parent: QObject, kind: type[Child]) -> Child:
    """The first child of a class."""
    found = parent.findChild(kind)
    assert found is not None, f"{parent} has no {kind.__name__}"
    return found


@dataclass
class Desk:
    """A window with a fake engine, and the folders, cameras and networks that it uses."""

    qtbot: QtBot
    path: Path
    cameras: list[Choice] = field(default_factory=lambda: [Choice("camera:a", "Studio camera")])
    networks: list[Choice] = field(default_factory=lambda: [Choice("bisenet", "BiSeNet"), Choice("b", "B")])
    microphones: list[str] = field(default_factory=list)
    engines: list[FakeEngine] = field(default_factory=list)
    power: Power = "none"
    """What the computer runs on."""

    @property
    def folder(self) -> Path:
        """The folder that replaces the user's folders."""
        return self.path.parent.parent

    @property
    def library(self) -> BackgroundLibrary:
        """A library of backgrounds, empty at first."""
        return library_in(self.folder)

    def open(self, settings: Settings | None = None) -> Window:
        def make(settings: Settings, tell: Callable[[], None]) -> FakeEngine:
            self.engines.append(FakeEngine(settings, tell))
            return self.engines[-1]

        self.window = Window(
            settings
            if isinstance(settings, StoredSettings)
            else StoredSettings().with_current(settings or Settings()),
            self.path,
            make,
            lambda: self.cameras,
            lambda: self.networks,
            self.library,
            microphones=lambda: self.microphones,
            read_power=lambda: self.power,
        )
        self.window.show()
        QApplication.processEvents()  # Its size and layout are settled then.
        return self.window

    @property
    def engine(self) -> FakeEngine:
        return self.engines[-1]

    @property
    def settings(self) -> Settings:
        """The settings that the engine got last."""
        return self.engine.settings[-1]

    def deliver_stats(self, stats: Stats) -> None:
        """Emit statistics as the engine does."""
        self.engine.stats = stats
        self.window._engine_bridge.stats_ready.emit(stats)

    def click_tile(self, name: str) -> None:
        """Choose an effect as a user does."""
        tile = self.window.panel.gallery.tiles[name]
        self.qtbot.mouseClick(tile, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))

    def close(self) -> None:
        with self.qtbot.waitSignal(self.window.closed):
            self.window.close()
        self.window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
