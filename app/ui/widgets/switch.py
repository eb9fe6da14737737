"""An on-off switch that does not rely on colour alone."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox

from app.ui.widgets.basic import PaintedButton
from app.ui.widgets.theme import colours

_TRACK_PX = 40, 22


class Switch(PaintedButton, QCheckBox):
    """The text at the left, the switch at the right."""

    def sizeHint(self) -> QSize:
        text = self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, self.text())
        return QSize(text.width() + _TRACK_PX[0] + 24, max(text.height(), _TRACK_PX[1]) + 10)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = colours()
        font = painter.font()
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(chosen.text))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextShowMnemonic
        painter.drawText(self.rect(), int(flags), self.text())
        width, height = _TRACK_PX
        track = QRectF(self.width() - width - 3, (self.height() - height) / 2, width, height)
        painter.setPen(QPen(QColor(chosen.accent if self.isChecked() else chosen.quiet), 1.5))
        painter.setBrush(QColor(chosen.accent if self.isChecked() else chosen.field))
        painter.drawRoundedRect(track, height / 2, height / 2)
        x = track.right() - height / 2 if self.isChecked() else track.left() + height / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(chosen.on_accent if self.isChecked() else chosen.quiet))
        painter.drawEllipse(QPointF(x, track.center().y()), height / 2 - 5, height / 2 - 5)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(chosen.accent), 1.5))
            painter.drawRoundedRect(track.adjusted(-3, -3, 3, 3), height / 2 + 3, height / 2 + 3)
