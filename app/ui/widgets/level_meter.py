"""A meter of how loud a sound is."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.widgets.theme import colours

_WIDTH_PX = 8
_QUIETEST_DB, _LOUD_DB = -60.0, -3.0
"""The lower end of the meter, and where sound is about to be distorted; 0 is the upper end."""


class LevelMeter(QWidget):
    """A vertical bar that keeps its room while it is hidden."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self.share = 0.0
        """The part of the bar that is filled, 0 to 1."""
        self._is_loud = False
        self.setToolTip(title)
        policy = QSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Ignored)
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)
        self.hide()

    def show_level(self, level: float | None) -> None:
        """Show a level, the root mean square from 0 to 1; None hides the meter."""
        self.setVisible(level is not None)
        if level is None:
            return
        decibels = 20 * math.log10(max(level, 1e-6))
        share = min(1.0, max(0.0, 1 - decibels / _QUIETEST_DB))
        if share != self.share:
            self.share, self._is_loud = share, decibels > _LOUD_DB
            self.setAccessibleName(f"{self._title}: {round(100 * share)} %")
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH_PX, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        chosen, radius = colours(), _WIDTH_PX / 2
        painter.setBrush(QColor(chosen.line))
        painter.drawRoundedRect(self.rect(), radius, radius)
        filled = QRectF(self.rect())
        filled.setTop(self.height() * (1 - self.share))
        painter.setBrush(QColor(chosen.on_warning if self._is_loud else chosen.accent))
        painter.drawRoundedRect(filled, radius, radius)
