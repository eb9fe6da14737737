"""The outlines of people over the preview: lines and a label, never a pixel of the camera."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from app.engine.core.types import Outline
    from app.ui.views.preview import Preview

_DARK, _LIGHT = QColor(15, 20, 35, 190), QColor("#ffffff")
_THIN_PX, _THICK_PX, _MARGIN_PX = 1.6, 3.0, 8.0
_DASHES = [5.0, 4.0]


class PeopleOutlines(QWidget):
    """Lies over the preview and lets the mouse through."""

    def __init__(self, preview: Preview) -> None:
        super().__init__(preview)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._preview = preview
        self._outlines: tuple[Outline, ...] = ()
        self._current: int | None = None
        self._has_ring = False
        self.hide()

    def show_outlines(self, outlines: tuple[Outline, ...], current: int | None, has_ring: bool) -> None:
        """Show the outlines of all who are hidden, and that of the current person.

        current: the number of a person. has_ring: whether to show that the preview has the keyboard.
        """
        if (
            (outlines, current, has_ring)
            == (self._outlines, self._current, self._has_ring)
            == ((), None, False)
        ):
            return
        self._outlines, self._current, self._has_ring = outlines, current, has_ring
        self.setGeometry(self._preview.picture_area())
        self.setVisible(bool(outlines) or has_ring)
        self.update()

    def number_at(self, position: QPointF) -> int | None:
        """The number of the person at a position in the preview; the smallest one of several."""
        at = position - QPointF(self._preview.picture_area().topLeft())
        paths = [(self._path(outline), outline.number) for outline in self._outlines]
        inside = [(path, number) for path, number in paths if path.contains(at)]
        sizes = [(path.boundingRect().width() * path.boundingRect().height(), n) for path, n in inside]
        return min(sizes)[1] if sizes else None

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for outline in self._outlines:
            is_current = outline.number == self._current
            if not outline.is_shown or is_current:
                self._paint_outline(painter, outline, is_current)
        for outline in self._outlines:
            if outline.number == self._current:
                self._paint_label(painter, outline)
        if self._has_ring and self._current is None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for width, colour in ((_THICK_PX + 2, _DARK), (_THICK_PX, _LIGHT)):
                painter.setPen(QPen(colour, width))
                painter.drawRoundedRect(QRectF(self.rect()).adjusted(3, 3, -3, -3), 10, 10)

    def _path(self, outline: Outline) -> QPainterPath:
        area = self._preview.picture_area()
        path = QPainterPath()
        for polygon in outline.polygons:
            points = [QPointF(x * area.width(), y * area.height()) for x, y in polygon.tolist()]
            path.moveTo(points[0])
            for point in points[1:]:
                path.lineTo(point)
            path.closeSubpath()
        return path

    def _paint_outline(self, painter: QPainter, outline: Outline, is_current: bool) -> None:
        path, width = self._path(outline), _THICK_PX if is_current else _THIN_PX
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in (QPen(_DARK, width + 2), QPen(_LIGHT, width)):
            if not outline.is_shown:
                pen.setDashPattern([dash * _THIN_PX / pen.widthF() * 2 for dash in _DASHES])
            painter.setPen(pen)
            painter.drawPath(path)

    def _paint_label(self, painter: QPainter, outline: Outline) -> None:
        text = self.tr("Hide this person") if outline.is_shown else self.tr("Show this person")
        metrics, bounds = painter.fontMetrics(), self._path(outline).boundingRect()
        width, height = metrics.horizontalAdvance(text) + 20.0, metrics.height() + 10.0
        left = min(max(bounds.center().x() - width / 2, _MARGIN_PX), self.width() - width - _MARGIN_PX)
        label = QRectF(left, max(bounds.top() + _MARGIN_PX, _MARGIN_PX), width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_DARK)
        painter.drawRoundedRect(label, 8, 8)
        painter.setPen(_LIGHT)
        painter.drawText(label, int(Qt.AlignmentFlag.AlignCenter), text)
