"""Where the picture goes: the virtual camera and who watches it, recording, snapshot, a clean window."""

from __future__ import annotations

import time

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QPushButton, QVBoxLayout, QWidget

from app.engine.types import Settings, Stats
from app.ui.widgets import ElidedLabel, quiet


class Outputs(QWidget):
    """Shows what it is told, and tells what the user wants."""

    virtual_camera_wanted = Signal(bool)
    recording_wanted = Signal(bool)

    def __init__(self, offers_virtual_camera: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recording_since: float | None = None
        self.virtual_camera = QCheckBox(self.tr("Send to the &virtual camera"), self)
        self.virtual_camera.setToolTip(self.tr("Call programs can then choose it as their camera."))
        self.virtual_camera.setVisible(offers_virtual_camera)
        self.virtual_camera.clicked.connect(self.virtual_camera_wanted)
        self.watchers = ElidedLabel(self)
        quiet(self.watchers)
        self.watchers.hide()
        self.record = QPushButton(self)
        self.record.setObjectName("record")
        self.record.setCheckable(True)
        self.record.clicked.connect(self.recording_wanted)
        self.snapshot = QPushButton(self.tr("Take a sna&pshot"), self)
        self.clean = QPushButton(self.tr("Clean w&indow"), self)
        self.clean.setCheckable(True)
        self.clean.setToolTip(
            self.tr("The picture alone, for programs that capture a window. Escape closes it.")
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.virtual_camera)
        column.addWidget(self.watchers)
        grid = QGridLayout()
        grid.setSpacing(8)
        grid.addWidget(self.record, 0, 0, 1, 2)
        grid.addWidget(self.snapshot, 1, 0)
        grid.addWidget(self.clean, 1, 1)
        column.addLayout(grid)
        self._show_time()

    def show_settings(self, settings: Settings) -> None:
        """Show what is chosen now."""
        self.virtual_camera.setChecked(bool(settings.output.virtual_camera))
        is_recording = bool(settings.output.recording)
        if is_recording != (self._recording_since is not None):
            self._recording_since = time.monotonic() if is_recording else None
        self.record.setChecked(is_recording)
        self._show_time()
        if not settings.output.virtual_camera:
            self.watchers.hide()

    def show_stats(self, stats: Stats) -> None:
        """Show who watches, and for how long a recording has gone on."""
        text = self._watched_by(stats) if self.virtual_camera.isChecked() else ""
        self.watchers.show_text(text)
        self.watchers.setVisible(bool(text))
        self._show_time()

    def _watched_by(self, stats: Stats) -> str:
        if stats.watchers is None:
            return ""
        if not stats.watchers:
            return self.tr("Nobody watches")
        if stats.watcher_names:
            return self.tr("Watched by {programs}").format(programs=", ".join(stats.watcher_names))
        return self.tr("Programs that watch: {count}").format(count=stats.watchers)

    def _show_time(self) -> None:
        if self._recording_since is None:
            text = self.tr("&Record")
        else:
            minutes, seconds = divmod(int(time.monotonic() - self._recording_since), 60)
            text = self.tr("Stop &recording ({time})").format(time=f"{minutes}:{seconds:02}")
        if text != self.record.text():
            self.record.setText(text)
