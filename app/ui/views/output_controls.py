"""The output controls: virtual camera and its consumers, recording, snapshot, clean window."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QPushButton, QVBoxLayout, QWidget

from app.ui.widgets.basic import ElidedLabel, make_arrow_group, quiet
from app.ui.widgets.level_meter import LevelMeter

if TYPE_CHECKING:
    from app.engine.core.types import Stats


class VirtualCameraSwitch(QWidget):
    """The switch of the virtual camera, and below it its consumers."""

    wanted = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.switch = QCheckBox(self.tr("Send to the &virtual camera"), self)
        self.switch.setToolTip(self.tr("Call programs can then choose it as their camera."))
        self.switch.clicked.connect(self.wanted)
        self.consumers = ElidedLabel(self)
        quiet(self.consumers)
        policy = self.consumers.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # Nothing below may move when a program begins to use it.
        self.consumers.setSizePolicy(policy)
        self.consumers.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.switch)
        column.addWidget(self.consumers)

    def show_wanted(self, is_wanted: bool) -> None:
        """Show whether the virtual camera is on."""
        self.switch.setChecked(is_wanted)
        if not is_wanted:
            self.consumers.hide()

    def show_stats(self, stats: Stats) -> None:
        """Show the consumers of the virtual camera."""
        text = self._watched_by(stats) if self.switch.isChecked() else ""
        self.consumers.show_text(text)
        self.consumers.setVisible(bool(text))

    def _watched_by(self, stats: Stats) -> str:
        if stats.consumers is None:
            return ""
        if not stats.consumers:
            return self.tr("Not in use")
        if stats.consumer_names:
            return self.tr("Used by {programs}").format(programs=", ".join(stats.consumer_names))
        return self.tr("Programs using it: {count}").format(count=stats.consumers)


class RecordingBar(QWidget):
    """The buttons below the preview: record, snapshot, clean window."""

    recording_wanted = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recording_since: float | None = None
        self.record = QPushButton(self)
        self.record.setObjectName("record")
        self.record.setCheckable(True)
        self.record.clicked.connect(self.recording_wanted)
        self.snapshot = QPushButton(self.tr("Sna&pshot"), self)
        self.snapshot.setToolTip(self.tr("Save what others see now as a picture"))
        self.clean = QPushButton(self.tr("Clean w&indow"), self)
        self.clean.setCheckable(True)
        self.clean.setToolTip(
            self.tr("The picture alone, for programs that capture a window. Escape closes it.")
        )
        self.meter = LevelMeter(self.tr("Level of the microphone"), self)
        self.setObjectName("recording_bar")
        make_arrow_group(self)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self.show_small(False)
        self.show_time()

    def show_small(self, is_small: bool) -> None:
        """Use two rows in a small window."""
        self.setProperty("small", is_small)
        self._grid.setSpacing(4 if is_small else 8)
        places = ((0, 1, 1, 2), (1, 1, 1, 1), (1, 2, 1, 1)) if is_small else ((0, 1), (0, 2), (0, 3))
        self._grid.addWidget(self.meter, 0, 0)
        for button, place in zip((self.record, self.snapshot, self.clean), places, strict=True):
            self._grid.addWidget(button, *place)
            button.style().unpolish(button)
            button.style().polish(button)

    def show_recording(self, is_recording: bool) -> None:
        """Show whether a recording is going on."""
        if is_recording != (self._recording_since is not None):
            self._recording_since = time.monotonic() if is_recording else None
        self.record.setChecked(is_recording)
        self.show_time()

    def show_level(self, level: float | None) -> None:
        """Show how loud the microphone of the recording is, 0 to 1; None if it is off."""
        self.meter.show_level(level)

    def show_time(self) -> None:
        """Show the length of the recording."""
        if self._recording_since is None:
            text = self.tr("&Record")
        else:
            minutes, seconds = divmod(int(time.monotonic() - self._recording_since), 60)
            text = self.tr("Stop &recording ({time})").format(time=f"{minutes}:{seconds:02}")
        if text != self.record.text():
            self.record.setText(text)
