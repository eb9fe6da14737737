"""The drawn scenes on the effect tiles: a person before the effect's background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter, QPainterPath, QRadialGradient

if TYPE_CHECKING:
    from collections.abc import Callable

Values = dict[str, float | str]


def paint_scene(
    painter: QPainter, area: QRectF, effect: str, values: Values, live: QImage | None = None
) -> None:
    """Paint the scene of an effect in the colours of its values, or the thumbnail `live`."""
    painter.save()
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    shape = QPainterPath()
    shape.addRoundedRect(area, 8, 8)
    painter.setClipPath(shape)
    painter.setPen(Qt.PenStyle.NoPen)
    if live is None or live.hasAlphaChannel():
        _BEHIND.get(effect, _gradient)(painter, area, values)
    if live is None:
        _person(painter, area)
    else:
        paint_picture(painter, area, live)
    painter.setClipping(False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QColor(0, 0, 0, 40))
    painter.drawRoundedRect(area, 8, 8)
    painter.restore()


def _person(painter: QPainter, area: QRectF) -> None:
    height = area.height()
    centre = area.center().x()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("#2e3c5d"))
    body = QRectF(centre - 0.40 * height, area.bottom() - 0.36 * height, 0.80 * height, 0.8 * height)
    painter.drawRoundedRect(body, 0.3 * height, 0.3 * height)
    painter.setBrush(QColor("#f2c6a2"))
    painter.drawEllipse(QPointF(centre, area.top() + 0.42 * height), 0.19 * height, 0.22 * height)
    painter.setBrush(QColor("#4a3428"))
    hair = QPainterPath()
    box = QRectF(centre - 0.205 * height, area.top() + 0.18 * height, 0.41 * height, 0.42 * height)
    hair.arcMoveTo(box, 0)
    hair.arcTo(box, 0, 180)
    hair.quadTo(
        QPointF(centre - 0.05 * height, area.top() + 0.36 * height), box.center() + QPointF(0.205 * height, 0)
    )
    painter.drawPath(hair)


def _room(painter: QPainter, area: QRectF, values: Values) -> None:
    """A wall with a window, a shelf and a lamp."""
    width, height = area.width(), area.height()

    def part(colour: str, x: float, y: float, w: float, h: float) -> None:
        painter.fillRect(
            QRectF(area.left() + x * width, area.top() + y * height, w * width, h * height), QColor(colour)
        )

    part("#ead9c3", 0, 0, 1, 1)
    part("#c9b299", 0, 0.8, 1, 0.2)
    part("#ffffff", 0.06, 0.12, 0.24, 0.44)
    part("#a9d3ee", 0.08, 0.16, 0.095, 0.36)
    part("#a9d3ee", 0.19, 0.16, 0.09, 0.36)
    part("#8d6a4c", 0.68, 0.46, 0.28, 0.045)
    for colour, x, book in (("#c8503f", 0.70, 0.24), ("#3f7a6b", 0.76, 0.28), ("#d9a441", 0.82, 0.22)):
        part(colour, x, 0.46 - book, 0.045, book)


def _soft(painter: QPainter, area: QRectF, values: Values) -> None:
    """The same room out of focus."""
    painter.fillRect(area, QColor("#dcc9b2"))
    width, height = area.width(), area.height()
    for colour, x, y, radius in (
        ("#b7d9ef", 0.17, 0.33, 0.42),
        ("#d28a76", 0.74, 0.30, 0.26),
        ("#7fa89b", 0.86, 0.38, 0.28),
        ("#e3bd78", 0.92, 0.16, 0.24),
        ("#b59a7d", 0.5, 1.0, 0.55),
    ):
        glow = QRadialGradient(area.left() + x * width, area.top() + y * height, radius * height)
        glow.setColorAt(0.0, QColor(colour))
        clear = QColor(colour)
        clear.setAlpha(0)
        glow.setColorAt(1.0, clear)
        painter.fillRect(area, glow)


def _lights(painter: QPainter, area: QRectF, values: Values) -> None:
    """A dim room with the lights out of focus, as disks."""
    shade = QLinearGradient(area.topLeft(), area.bottomLeft())
    shade.setColorAt(0.0, QColor("#6b5a58"))
    shade.setColorAt(1.0, QColor("#8f7867"))
    painter.fillRect(area, shade)
    width, height = area.width(), area.height()
    for colour, x, y, radius in (
        ("#ffe3a8", 0.10, 0.24, 0.15),
        ("#ffd0a0", 0.22, 0.48, 0.12),
        ("#cfe6ff", 0.05, 0.62, 0.12),
        ("#ffe9c4", 0.30, 0.16, 0.09),
        ("#ffb9a0", 0.88, 0.26, 0.16),
        ("#fff0cf", 0.75, 0.14, 0.10),
        ("#c9e8d5", 0.95, 0.56, 0.13),
        ("#ffdf9e", 0.80, 0.50, 0.10),
    ):
        disk = QColor(colour)
        disk.setAlpha(175)
        painter.setBrush(disk)
        painter.drawEllipse(
            QPointF(area.left() + x * width, area.top() + y * height), radius * height, radius * height
        )


def _flat(painter: QPainter, area: QRectF, values: Values) -> None:
    painter.fillRect(area, QColor(str(values.get("colour", "#00b140"))))


def _checks(painter: QPainter, area: QRectF, values: Values) -> None:
    side = area.height() / 6
    painter.fillRect(area, QColor("#ffffff"))
    for row in range(6):
        for column in range(row % 2, int(area.width() / side) + 1, 2):
            spot = QRectF(area.left() + column * side, area.top() + row * side, side, side)
            painter.fillRect(spot, QColor("#c9cdd5"))


def _gradient(painter: QPainter, area: QRectF, values: Values) -> None:
    """The scene of an effect that has none of its own."""
    shade = QLinearGradient(area.topLeft(), area.bottomRight())
    shade.setColorAt(0.0, QColor("#8fb2f5"))
    shade.setColorAt(1.0, QColor("#b39ae0"))
    painter.fillRect(area, shade)


def paint_picture(painter: QPainter, area: QRectF, picture: QImage) -> None:
    """Paint a picture, cropped to fill the area."""
    size = picture.size().scaled(area.size().toSize(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
    target = QRectF(0, 0, size.width(), size.height())
    target.moveCenter(area.center())
    painter.drawImage(target, picture)


_BEHIND: dict[str, Callable[[QPainter, QRectF, Values], None]] = {
    "none": _room,
    "blur": _soft,
    "lens": _lights,
    "colour": _flat,
    "transparent": _checks,
}
