"""The frame of the panel: a head that never scrolls, above a column that does."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QVBoxLayout, QWidget

from app.ui.views.panel_head import PanelHead

if TYPE_CHECKING:
    from app.ui.widgets.collapsible import Collapsible

_WIDTH_PX, _SMALL_WIDTH_PX = 340, 308
_MARGIN_PX, _SMALL_MARGIN_PX = 20, 8
_BAR_PX = 10
"""The width of the scroll bar."""


class PanelFrame(QFrame):
    """Add the content to `column`, with `body` as its parent, then call `show_small`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.head = PanelHead(self)
        self.body = QWidget()
        self.body.setObjectName("panel_body")
        self.column = QVBoxLayout(self.body)
        self.column.setSpacing(10)
        self._scroll = QScrollArea(self)
        self._scroll.setObjectName("panel_scroll")
        self._scroll.setWidget(self.body)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.head)
        whole.addWidget(self._scroll, 1)
        self._margin_px = _MARGIN_PX
        self._scroll.verticalScrollBar().rangeChanged.connect(lambda low, high: self._set_margins())

    def show_small(self, is_small: bool) -> None:
        """Use narrow margins in a small window."""
        self._margin_px = _SMALL_MARGIN_PX if is_small else _MARGIN_PX
        self._set_margins()
        inner_px = max(self.column.minimumSize().width(), self.head.minimumSizeHint().width())
        self.setFixedWidth(max(_SMALL_WIDTH_PX if is_small else _WIDTH_PX, inner_px + 1 + _BAR_PX))

    def scroll_to_opened(self, section: Collapsible) -> None:
        """Scroll a section into view whenever it was opened, but not under a double click."""

        def show() -> None:
            if section.heading.isChecked():
                height = min(section.height(), self._scroll.viewport().height())
                self._scroll.ensureVisible(0, section.y() + height // 2, 0, height // 2)

        wait = partial(QTimer.singleShot, QApplication.doubleClickInterval(), section, show)
        section.heading.toggled.connect(lambda is_open: wait() if is_open else None)

    def scroll_to(self, widget: QWidget) -> None:
        """Scroll a widget of the body into view."""
        self._scroll.ensureWidgetVisible(widget, 0, _MARGIN_PX)

    def _set_margins(self) -> None:
        margin = self._margin_px
        self.column.setContentsMargins(margin, margin // 2, margin, margin)
        bar = _BAR_PX if self._scroll.verticalScrollBar().maximum() else 0
        self.head.setContentsMargins(margin, margin // 2, margin + bar, margin // 2)
