"""Accept pictures that are dropped onto the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QDragEnterEvent, QDropEvent

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.ui.services.background_loader import BackgroundLoader
    from app.ui.views.preview import Preview


class DragAndDrop(QObject):
    """Adds what is dropped anywhere in the window; the preview shows a hint during the drag."""

    def __init__(self, window: QWidget, preview: Preview, loader: BackgroundLoader) -> None:
        super().__init__(window)
        self._preview, self._loader = preview, loader
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDragEnterEvent):  # Before QDropEvent, which is its base class.
            if self._loader.accepts(event.mimeData()):
                event.acceptProposedAction()
                self._preview.show_hint(self.tr("Drop it here to put it behind you"))
            return True
        if event.type() == QEvent.Type.DragLeave:
            self._preview.show_hint("")
        elif event.type() == QEvent.Type.Drop and isinstance(event, QDropEvent):
            self._preview.show_hint("")
            event.acceptProposedAction()
            self._loader.add_from(event.mimeData())
            return True
        return False
