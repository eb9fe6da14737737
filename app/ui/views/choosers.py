"""The lists of cameras and of networks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from app.engine.core.addresses import without_secrets
from app.engine.networks.catalogue import AUTO
from app.ui.i18n.engine_messages import translated
from app.ui.i18n.labels import network_title
from app.ui.models.choices import Choice
from app.ui.widgets.basic import Chooser

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

FILE_KEY = "file"


class CameraChooser(Chooser):
    """The cameras, the demo, and files."""

    source_chosen = Signal(str)
    """A source's `spec`."""
    source_file_wanted = Signal()

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(name, parent)
        self._cameras: list[Choice] = []
        self._spec = ""
        self.chosen.connect(self._on_chosen)

    def show_cameras(self, cameras: list[Choice]) -> None:
        """Offer these cameras."""
        self._cameras = cameras
        self._show()

    def show_source(self, spec: str) -> None:
        """Show a source as the current one."""
        self._spec = spec
        self._show()

    def _show(self) -> None:
        choices = [
            Choice("auto", self.tr("Automatic")),
            *self._cameras,
            Choice("demo", self.tr("Demo")),
            Choice(FILE_KEY, self.tr("Picture or video file…")),
        ]
        if all(choice.key != self._spec for choice in choices):
            choices.insert(-1, Choice(self._spec, self._title_of(self._spec)))
        self.show_choices(choices, self._spec)

    def _title_of(self, spec: str) -> str:
        """The title of a source that is not in the list of cameras."""
        if spec.startswith("camera:"):
            camera = spec.removeprefix("camera:")
            return self.tr("{camera} (not there)").format(camera=camera)
        return without_secrets(spec) if "://" in spec else Path(spec).name

    def _on_chosen(self, key: str) -> None:
        if key == FILE_KEY:
            self._show()
            self.source_file_wanted.emit()
        else:
            self.source_chosen.emit(key)


class NetworkChooser(Chooser):
    """The networks; "Automatic" names the one in use."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(name, parent)
        self._networks: list[Choice] = []
        self._network, self._in_use = "", ""

    def show_networks(self, networks: list[Choice]) -> None:
        """Offer these networks."""
        self._networks = networks
        self._show()

    def show_network(self, name: str) -> None:
        """Show a network as the chosen one."""
        self._network = name
        self._show()

    def show_in_use(self, name: str) -> None:
        """Show which network "Automatic" has chosen."""
        if name != self._in_use:
            self._in_use = name
            self._show()

    def _show(self) -> None:
        choices = [
            replace(c, title=network_title(c.key, c.title), problem=translated(c.problem))
            for c in self._networks
        ]
        if self._network == AUTO and self._in_use:
            in_use = network_title(self._in_use, self._in_use)
            auto = f"{network_title(AUTO, AUTO)} ({in_use})"
            choices = [replace(c, title=auto) if c.key == AUTO else c for c in choices]
        self.show_choices(choices, self._network)
