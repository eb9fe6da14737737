"""The banner: a message with an action."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from app.ui.widgets.basic import make_arrow_group
from app.ui.widgets.text import tool_tip, wrappable

_TEXT_WIDTH_PX = 80


class Banner(QFrame):
    """A text with an action button and a button to dismiss it."""

    acted = Signal()
    dismissed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._text = ""
        self._label = QLabel(self)
        self._label.setWordWrap(True)
        self._label.setMinimumWidth(_TEXT_WIDTH_PX)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._action = QPushButton(self)
        self._action.setObjectName("action")
        self._action.clicked.connect(self.acted)
        dismiss = QPushButton("✕", self)
        dismiss.setObjectName("dismiss")
        dismiss.setAccessibleName(self.tr("Dismiss"))
        dismiss.setToolTip(self.tr("Dismiss"))
        dismiss.clicked.connect(self.dismissed)
        make_arrow_group(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(self._label, 1)
        row.addWidget(self._action)
        row.addWidget(dismiss)
        self.hide()

    @property
    def text(self) -> str:
        """The text; '' if the banner is hidden."""
        return "" if self.isHidden() else self._text

    def show_message(self, text: str, is_warning: bool = False, action: str = "") -> None:
        """Show a text, with a button if `action` is not empty; '' hides the banner."""
        if text and text != self._text:
            self._text = text
            self._label.setText(wrappable(text))
            self._label.setToolTip(tool_tip(text) if "…" in self._label.text() else "")
            self.setAccessibleName(text)
        severity = "warning" if is_warning else "notice"
        if self.property("severity") != severity:
            self.setProperty("severity", severity)
            for widget in (self, *self.findChildren(QWidget)):
                widget.style().unpolish(widget)
                widget.style().polish(widget)
        self._action.setText(action)
        self._action.setVisible(bool(action))
        self.setVisible(bool(text))
