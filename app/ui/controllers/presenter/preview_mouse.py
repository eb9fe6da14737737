"""The mouse on the preview: drag and size the person, turn the pages of the slides by clicks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QNativeGestureEvent, QWheelEvent

from app.engine.core.parameters import checked_values
from app.engine.pipeline.presenter.geometry import FULL, PLACEMENT, Box, box_of, snapped

if TYPE_CHECKING:
    from app.engine.core.parameters import Values
    from app.ui.controllers.presenter.slides import SlideController
    from app.ui.models.app_model import AppModel
    from app.ui.views.preview import Preview

_CLICK_PX = 5
"""Distance in device-independent pixels below which a press and a release are a click."""
_MOVE_MS = 33
_WHEEL_STEP = 0.04  # Of the picture's height, for one notch.
_NOTCH = 120
_SIZE = next(parameter for parameter in PLACEMENT if parameter.key == "size")


class PreviewMouse(QObject):
    """Watches the mouse on the preview of the main window."""

    def __init__(self, model: AppModel, slides: SlideController, preview: Preview) -> None:
        super().__init__(preview)
        self._model, self._slides, self._preview = model, slides, preview
        self._pressed_at: QPointF | None = None
        self._grip: QPointF | None = None
        """Where the person was gripped, from the middle of the box; None if nothing is dragged."""
        self._is_moved = False
        self._wanted: Values | None = None
        self._timer = QTimer(self, singleShot=True, interval=_MOVE_MS)
        self._timer.timeout.connect(self._apply)
        preview.installEventFilter(self)
        model.changed.connect(self.show_cursor)
        self.show_cursor()

    @property
    def takes_mouse(self) -> bool:
        """Whether the mouse button has a meaning here, so that it shows no before and after."""
        return self._is_placed or self._slides.are_shown

    @property
    def _is_placed(self) -> bool:
        place, effect = self._model.settings.presenter.place, self._model.settings.effect.name
        return place.get("shape", FULL) != FULL and effect != "none"

    def show_cursor(self) -> None:
        """Show by the pointer that the person can be dragged."""
        if self._is_placed:
            self._preview.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self._preview.unsetCursor()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if isinstance(event, QMouseEvent):
            if kind == QEvent.Type.MouseButtonPress:
                self._on_press(event)
            elif kind == QEvent.Type.MouseMove:
                self._on_move(event.position())
            elif kind == QEvent.Type.MouseButtonRelease:
                self._on_release(event)
        elif isinstance(event, QWheelEvent) and self._is_placed:
            self._grow(_WHEEL_STEP * event.angleDelta().y() / _NOTCH)
            return True
        elif isinstance(event, QNativeGestureEvent) and self._is_placed:
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self._grow(float(self._values["size"]) * event.value())
            return True
        return False

    @property
    def _values(self) -> Values:
        return checked_values(PLACEMENT, self._model.settings.presenter.place)

    def _picture_px(self) -> tuple[int, int]:
        area = self._preview.picture_area()
        return area.height(), area.width()

    def _on_press(self, event: QMouseEvent) -> None:
        self._pressed_at, self._is_moved, self._grip = event.position(), False, None
        if event.button() != Qt.MouseButton.LeftButton or not self._is_placed:
            return
        box, at = box_of(self._values, *self._picture_px()), self._in_picture(event.position())
        if _is_inside(box, at):
            middle = QPointF(box.left + box.width / 2, box.top + box.height / 2)
            self._grip = at - middle

    def _on_move(self, position: QPointF) -> None:
        if self._pressed_at is None:
            return
        moved = position - self._pressed_at
        self._is_moved |= abs(moved.x()) + abs(moved.y()) > _CLICK_PX
        if self._grip is None or not self._is_moved:
            return
        height, width = self._picture_px()
        middle = self._in_picture(position) - self._grip
        place: Values = {
            "x": min(1.0, max(0.0, middle.x() / width)),
            "y": min(1.0, max(0.0, middle.y() / height)),
        }
        self._want({**self._values, **place})

    def _on_release(self, event: QMouseEvent) -> None:
        was_click, self._pressed_at, self._grip = not self._is_moved, None, None
        if self._wanted is not None:
            self._apply()
        elif was_click and self._slides.are_shown:
            if event.button() == Qt.MouseButton.LeftButton:
                self._slides.turn(1)
            elif event.button() == Qt.MouseButton.RightButton:
                self._slides.turn(-1)

    def _grow(self, by: float) -> None:
        values = self._wanted or self._values
        size = min(_SIZE.high, max(_SIZE.low, float(values["size"]) + by))
        self._want({**values, "size": round(size, 3)})

    def _want(self, values: Values) -> None:
        """Apply values soon: the mouse moves more often than pictures come."""
        self._wanted = snapped(values, *self._picture_px())
        if not self._timer.isActive():
            self._timer.start()

    def _apply(self) -> None:
        self._timer.stop()
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            self._model.use_presenter_values("place", {key: wanted[key] for key in ("x", "y", "size")})

    def _in_picture(self, position: QPointF) -> QPointF:
        return position - QPointF(self._preview.picture_area().topLeft())


def _is_inside(box: Box, at: QPointF) -> bool:
    return box.left <= at.x() < box.left + box.width and box.top <= at.y() < box.top + box.height
