"""A bar chart of the time of each stage; the status line opens it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from app.engine.core.types import Stats
from app.ui.i18n.labels import stage_title
from app.ui.widgets.basic import ShortenedText
from app.ui.widgets.theme import colours

_WIDTH_PX, _MARGIN_PX, _BAR_PX = 360, 16, 8


class StageChart(QWidget):
    """A small window that closes on Escape or on a click elsewhere."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("chart")
        self._stats = Stats()

    def show_stats(self, stats: Stats) -> None:
        """Show the times of the stages."""
        self._stats = stats
        self.setAccessibleName(", ".join(f"{title} {value}" for title, value, _ in self.rows()))
        self.resize(self.sizeHint())
        self.update()

    def open_above(self, button: QWidget) -> None:
        """Open above the upper left corner of a widget."""
        self.adjustSize()
        self.move(button.mapToGlobal(QPoint(0, -self.height() - 6)))
        self.show()

    def rows(self) -> list[tuple[str, str, float]]:
        """Title, text and length (a share of the longest bar) of each row; the last is the whole delay."""
        stages = self._stats.stage_ms
        rest_ms = max(0.0, self._stats.latency_ms - sum(stages.values()))
        longest_ms = max([*stages.values(), rest_ms, 1e-6])
        rows = [(stage_title(name), f"{ms:.1f} ms", ms / longest_ms) for name, ms in stages.items()]
        if stages:
            rows.append((self.tr("Waiting"), f"{rest_ms:.1f} ms", rest_ms / longest_ms))
        rows.append((self.tr("Total delay"), f"{self._stats.latency_ms:.1f} ms", 0.0))
        rows.append((self.tr("Dropped frames"), f"{self._stats.drops}", 0.0))
        return rows

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH_PX, 2 * _MARGIN_PX + len(self.rows()) * self._row_height())

    def _row_height(self) -> int:
        return self.fontMetrics().height() + 10

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.resize(self.sizeHint())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = colours()
        painter.fillRect(self.rect(), QColor(chosen.panel))
        painter.setPen(QColor(chosen.line))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        rows, height = self.rows(), self._row_height()
        metrics = self.fontMetrics()
        title_width = max(metrics.horizontalAdvance(title) for title, _, _ in rows)
        value_width = max(metrics.horizontalAdvance(value) for _, value, _ in rows)
        middle = Qt.AlignmentFlag.AlignVCenter
        for place, (title, value, share) in enumerate(rows):
            row = QRectF(_MARGIN_PX, _MARGIN_PX + place * height, self.width() - 2 * _MARGIN_PX, height)
            painter.setPen(QColor(chosen.text))
            painter.drawText(row, int(Qt.AlignmentFlag.AlignLeft | middle), title)
            painter.drawText(row, int(Qt.AlignmentFlag.AlignRight | middle), value)
            longest = row.width() - title_width - value_width - 24
            if share > 0 and longest > 0:
                bar = QRectF(
                    row.left() + title_width + 12,
                    row.center().y() - _BAR_PX / 2,
                    max(2.0, share * longest),
                    _BAR_PX,
                )
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(chosen.accent))
                painter.drawRoundedRect(bar, 3, 3)


class StatusLine(ShortenedText, QPushButton):
    """The status line below the preview; a click or Space opens the chart."""

    margins_px = 16

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setToolTip(self.tr("Show how long each step takes"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.chart = StageChart(self)
        self.clicked.connect(lambda: self.chart.open_above(self))
