"""A window without a frame that shows the composite alone, for programs that capture a window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.views.preview import Preview

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent, QKeyEvent, QMouseEvent

    from app.engine.core.types import Picture


class CleanWindow(QWidget):
    """Shows the composite and nothing else, at first at its own size.

    Dragging moves it. Escape closes it.
    """

    shown = Signal(bool)

    def __init__(self) -> None:
        # Without a parent, because many systems minimise child windows with their parent.
        super().__init__(None, Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint)
        self.setWindowTitle(self.tr("Backdrop – clean window"))
        self.preview = Preview(self, radius_px=0, ground="#000000")
        self.preview.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.preview)
        self._is_sized = False

    def show_picture(self, picture: Picture) -> None:
        """Show a picture, H x W x 3 BGR or H x W x 4 BGRA. It is not written."""
        if not self.isVisible():
            return
        if not self._is_sized:
            self._is_sized = True
            height, width = picture.shape[:2]
            room = self.screen().availableGeometry().size() * self.devicePixelRatioF()
            scale = min(1.0, room.width() / width, room.height() / height) / self.devicePixelRatioF()
            self.resize(round(width * scale), round(height * scale))
        self.preview.show_picture(picture)

    def event(self, event: QEvent) -> bool:
        taken = super().event(event)
        if event.type() in (QEvent.Type.Show, QEvent.Type.Hide):
            self.shown.emit(self.isVisible())
        return taken

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        handle = self.windowHandle()
        if event.button() == Qt.MouseButton.LeftButton and handle is not None:
            handle.startSystemMove()

    def closeEvent(self, event: QCloseEvent) -> None:
        event.accept()
        self._is_sized = False
