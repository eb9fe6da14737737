"""Show before and after side by side while a key or the mouse button is held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = Qt.Key.Key_B
_TYPED_IN = (QLineEdit, QTextEdit, QPlainTextEdit, QAbstractSpinBox)


class BeforeAfter(QObject):
    """Watches for the key in the whole window and for the mouse on the preview."""

    changed = Signal(bool)
    """Whether the key or the button is held."""

    def __init__(
        self, window: QWidget, preview: QWidget, mouse_is_taken: Callable[[], bool] = lambda: False
    ) -> None:
        """`mouse_is_taken`: whether the button on the preview means something else now."""
        super().__init__(window)
        self._window, self._preview, self._mouse_is_taken = window, preview, mouse_is_taken
        self.is_held = False
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.WindowDeactivate and watched is self._window:
            self._hold(False)
        elif watched is self._preview and kind in (
            QEvent.Type.MouseButtonPress,
            QEvent.Type.MouseButtonRelease,
        ):
            self._hold(kind == QEvent.Type.MouseButtonPress and not self._mouse_is_taken())
        elif kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease) and isinstance(event, QKeyEvent):
            return self._is_ours(watched, event) and self._on_key(event)
        return False

    def _is_ours(self, watched: QObject, event: QKeyEvent) -> bool:
        if not isinstance(watched, QWidget) or isinstance(watched, _TYPED_IN):
            return False
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        return event.key() == KEY and not modifiers and watched.window() is self._window

    def _on_key(self, event: QKeyEvent) -> bool:
        if not event.isAutoRepeat():
            self._hold(event.type() == QEvent.Type.KeyPress)
        return True

    def _hold(self, is_held: bool) -> None:
        if is_held != self.is_held:
            self.is_held = is_held
            self.changed.emit(is_held)
