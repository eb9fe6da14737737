"""Screen light: a ring of light around the edge of the screen, which clicks pass through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QCursor,
    QHideEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QRadialGradient,
    QShowEvent,
)
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QScreen

    from app.settings import ScreenLightSettings

_WIDTH = 0.11  # Share of the screen's shorter side.
_SOFT_STEPS, _STEP_OPACITY = 20, 0.22  # Together they are opaque but for 1%.
_SOFT = 0.35  # Share of the ring's width, at its inner side.
_COOL, _WARM = QColor(214, 230, 255), QColor(255, 200, 148)
_DIMMEST = 0.35  # Share of the colour's value at brightness 0.
_HOLE = 0.13  # Radius around the pointer, as a share of the screen's shorter side.
_LOOK_FOR_POINTER_MS = 50


class ScreenLight(QWidget):
    """The ring. It takes no click and no key, and has a hole around the pointer."""

    def __init__(self) -> None:
        super().__init__(
            None,
            Qt.WindowType.Tool
            | Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.WindowStaysOnTopHint
            | Qt.WindowType.WindowTransparentForInput
            | Qt.WindowType.WindowDoesNotAcceptFocus
            | Qt.WindowType.NoDropShadowWindowHint,
        )
        for attribute in (
            Qt.WidgetAttribute.WA_TranslucentBackground,
            Qt.WidgetAttribute.WA_TransparentForMouseEvents,
            Qt.WidgetAttribute.WA_ShowWithoutActivating,
        ):
            self.setAttribute(attribute)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setWindowTitle(self.tr("Screen light"))
        self.colour = QColor(_COOL)
        self._pointer: QPoint | None = None
        """Where the hole is, in this widget; None if the pointer is away from the ring."""
        self._timer = QTimer(self, interval=_LOOK_FOR_POINTER_MS)
        self._timer.timeout.connect(lambda: self.avoid(QCursor.pos()))

    def show_light(self, wanted: ScreenLightSettings) -> None:
        """Use a brightness and a warmth."""
        value = _DIMMEST + (1.0 - _DIMMEST) * wanted.brightness
        parts = (_COOL.red(), _WARM.red()), (_COOL.green(), _WARM.green()), (_COOL.blue(), _WARM.blue())
        red, green, blue = (round(value * (cool + wanted.warmth * (warm - cool))) for cool, warm in parts)
        colour = QColor(red, green, blue)
        if colour != self.colour:
            self.colour = colour
            self.update()

    def fill(self, screen: QScreen) -> None:
        """Take the whole of a screen."""
        if self.geometry() != screen.geometry():
            self.setGeometry(screen.geometry())

    def avoid(self, place: QPoint) -> None:
        """Make a hole around the pointer, whose place is on the desktop, if it is near the ring."""
        here = self.mapFromGlobal(place)
        reach = round(self._short_side * _HOLE)
        inner = self.rect().adjusted(*(s * (self._ring_px + reach) for s in (1, 1, -1, -1)))
        pointer = here if self.rect().contains(here) and not inner.contains(here) else None
        if pointer != self._pointer:
            for centre in (self._pointer, pointer):
                if centre is not None:
                    self.update(QRect(centre.x() - reach, centre.y() - reach, 2 * reach, 2 * reach))
            self._pointer = pointer

    @property
    def _short_side(self) -> int:
        return min(self.width(), self.height())

    @property
    def _ring_px(self) -> int:
        return max(1, round(_WIDTH * self._short_side))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        whole = QRectF(self.rect())
        for step in range(_SOFT_STEPS):
            # Frames that become narrower add up to a soft inner side.
            inset = self._ring_px * (1.0 - _SOFT * step / _SOFT_STEPS)
            ring = QPainterPath()
            ring.addRect(whole)
            ring.addRoundedRect(whole.adjusted(inset, inset, -inset, -inset), inset, inset)
            colour = QColor(self.colour)
            colour.setAlphaF(_STEP_OPACITY)
            painter.fillPath(ring, colour)
        if self._pointer is not None:
            radius = self._short_side * _HOLE
            hole = QRadialGradient(QPointF(self._pointer), radius)
            hole.setColorAt(0.0, QColor(0, 0, 0, 255))
            hole.setColorAt(0.6, QColor(0, 0, 0, 255))
            hole.setColorAt(1.0, QColor(0, 0, 0, 0))
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOut)
            painter.setBrush(hole)
            painter.drawEllipse(QPointF(self._pointer), radius, radius)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()
