"""Click a person in the preview to hide or show them; with the keyboard: arrows and Space."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent, QKeyEvent, QMouseEvent

from app.engine.pipeline.presenter.geometry import FULL
from app.ui.views.people_outlines import PeopleOutlines

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.engine.core.types import Outline
    from app.ui.models.app_model import AppModel
    from app.ui.services.engine_bridge import Bridge
    from app.ui.views.preview import Preview

_MOVES = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}
_ACTS = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class PeopleController(QObject):
    """People are looked for only while the pointer is over the preview, or the preview has the keyboard."""

    def __init__(
        self, model: AppModel, preview: Preview, bridge: Bridge, mouse_is_taken: Callable[[], bool]
    ) -> None:
        """`mouse_is_taken`: whether the mouse on the preview means something else now."""
        super().__init__(preview)
        self._model, self._preview, self._bridge = model, preview, bridge
        self._mouse_is_taken = mouse_is_taken
        self._overlay = PeopleOutlines(preview)
        self._outlines: tuple[Outline, ...] = ()
        self._pointer: QPointF | None = None
        self._pressed: int | None = None
        self._current: int | None = None
        self._is_watching = False
        preview.setMouseTracking(True)
        preview.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        preview.installEventFilter(self)
        bridge.people_ready.connect(self._on_people)
        model.changed.connect(self._watch)

    @property
    def takes_mouse(self) -> bool:
        """Whether a click would hide or show a person, so that it shows no before and after."""
        return self._pointer is not None and self._current is not None and not self._mouse_is_taken()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if isinstance(event, QMouseEvent):
            self._on_mouse(event)
        elif kind == QEvent.Type.Leave:
            self._pointer = None
            self._point()
        elif kind in (QEvent.Type.Enter, QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._current = None
            self._watch()
        elif isinstance(event, QKeyEvent) and kind == QEvent.Type.KeyPress:
            return self._on_key(event)
        elif kind == QEvent.Type.Resize:
            self._show()
        return False

    def _on_mouse(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        self._point()
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if event.type() == QEvent.Type.MouseButtonPress:
            self._pressed = self._current if self.takes_mouse else None
        elif event.type() == QEvent.Type.MouseButtonRelease:
            pressed, self._pressed = self._pressed, None
            if pressed is not None and pressed == self._current and self.takes_mouse:
                self._toggle(pressed)

    def _on_key(self, event: QKeyEvent) -> bool:
        """Move among the people, from left to right, or hide or show the current one."""
        key, numbers = Qt.Key(event.key()), [outline.number for outline in self._outlines]
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier or not numbers:
            return False
        if key in _MOVES:
            at = numbers.index(self._current) + _MOVES[key] if self._current in numbers else 0
            self._current = numbers[at % len(numbers)]
            self._show()
            self._tell()
            return True
        if key in _ACTS and self._current in numbers and not event.isAutoRepeat():
            self._toggle(self._current)
            return True
        return False

    def _toggle(self, number: int | None) -> None:
        if number is not None:
            if self._model.settings.matte.people != "chosen":
                self._model.use_field("matte", "people", "chosen")
            self._bridge.toggle_person(number)

    def _point(self) -> None:
        """The current person is the one under the pointer."""
        self._watch()
        if self._pointer is not None and not self._mouse_is_taken():
            self._current = self._overlay.number_at(self._pointer)
        elif not self._preview.hasFocus():
            self._current = None
        self._show()

    def _watch(self) -> None:
        """Look for people while somebody could be clicked."""
        settings = self._model.settings
        is_full = settings.presenter.place.get("shape", FULL) == FULL
        is_possible = settings.is_on and settings.effect.name != "none" and is_full
        is_near = self._pointer is not None or self._preview.hasFocus() or self._preview.underMouse()
        if self._is_watching != (is_possible and is_near):
            self._is_watching = not self._is_watching
            self._bridge.watch_people(self._is_watching)
            self._on_people(())

    def _on_people(self, outlines: tuple[Outline, ...]) -> None:
        before = self._state()
        self._outlines = outlines if self._is_watching else ()
        self._show()
        if self._pointer is not None:
            self._point()
        elif self._current not in [outline.number for outline in self._outlines]:
            self._current = None
            self._show()
        if self._preview.hasFocus() and self._state() != before:
            self._tell()

    def _show(self) -> None:
        self._overlay.show_outlines(self._outlines, self._current, self._preview.hasFocus())
        if not self._mouse_is_taken():
            if self.takes_mouse:
                self._preview.setCursor(Qt.CursorShape.PointingHandCursor)
            else:
                self._preview.unsetCursor()

    def _state(self) -> str:
        """The current person in words; '' for none."""
        numbers = [outline.number for outline in self._outlines]
        if self._current not in numbers:
            return ""
        at = numbers.index(self._current)
        text = (
            self.tr("Person {number} of {count}, shown: press Space to hide")
            if self._outlines[at].is_shown
            else self.tr("Person {number} of {count}, hidden: press Space to show")
        )
        return text.format(number=at + 1, count=len(numbers))

    def _tell(self) -> None:
        """Tell screen readers who is current."""
        self._preview.setAccessibleDescription(self._state())
        event = QAccessibleEvent(self._preview, QAccessible.Event.DescriptionChanged)
        QAccessible.updateAccessibility(event)
