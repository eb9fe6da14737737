"""Connects the section "Presenter", the keys and the mouse with the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeySequence, QMouseEvent, QShortcut

from app.ui.controllers.presenter.preview_mouse import PreviewMouse

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.ui.controllers.presenter.slides import SlideController
    from app.ui.models.app_model import AppModel
    from app.ui.views.clean_window import CleanWindow
    from app.ui.views.presenter.presenter_section import PresenterSection
    from app.ui.views.preview import Preview

_TURNS = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1}


class PresenterController(QObject):
    """While slides are shown, Page Up and Page Down turn pages in both windows; remote controls send them."""

    def __init__(
        self,
        model: AppModel,
        section: PresenterSection,
        slides: SlideController,
        preview: Preview,
        clean: CleanWindow,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._model, self._section, self._slides, self._clean = model, section, slides, clean
        self._shortcuts = [
            self._shortcut(key, by, place) for place in (window, clean) for key, by in _TURNS.items()
        ]
        self.mouse = PreviewMouse(model, slides, preview)
        clean.installEventFilter(self)
        section.value_changed.connect(model.use_presenter)
        section.slides.slides_chosen.connect(slides.choose)
        section.slides.showing_wanted.connect(slides.show_again)
        section.slides.turn_wanted.connect(slides.turn)
        slides.pages_changed.connect(self._show)
        model.changed.connect(self._show)
        self._show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Turn pages by clicks in the clean window, which has nothing else to click."""
        is_release = event.type() == QEvent.Type.MouseButtonRelease
        if is_release and isinstance(event, QMouseEvent) and self._slides.are_shown:
            self._slides.turn(-1 if event.button() == Qt.MouseButton.RightButton else 1)
        return False

    def _shortcut(self, key: Qt.Key, by: int, place: QWidget) -> QShortcut:
        shortcut = QShortcut(QKeySequence(key), place)
        shortcut.activated.connect(lambda: self._slides.turn(by))
        return shortcut

    def _show(self) -> None:
        settings, slides = self._model.settings, self._slides
        self._section.show_values(settings.presenter)
        path = str(settings.effect.values.get("slides", ""))
        self._section.slides.show_slides(path, slides.page, slides.pages, slides.are_shown)
        for shortcut in self._shortcuts:
            shortcut.setEnabled(slides.are_shown)
