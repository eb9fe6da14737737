"""Small widgets that Qt lacks: a list of choices, tiles, elided text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
    QStandardItemModel,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QRadioButton,
    QSizePolicy,
    QSlider,
    QStyledItemDelegate,
    QWidget,
)

from app.ui.models.choices import Choice
from app.ui.widgets.text import tool_tip
from app.ui.widgets.theme import colours

_ARROW_GROUP = "arrow_group"
_OPENING = (
    Qt.Key.Key_Space,
    Qt.Key.Key_Return,
    Qt.Key.Key_Enter,
    Qt.Key.Key_F4,
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
)

if TYPE_CHECKING:

    class _Text(QWidget):
        def text(self) -> str: ...
        def setText(self, text: str, /) -> None: ...

    _Button = QAbstractButton
else:
    # Only one base of a class may be a Qt class, so the mix-ins get their Qt base for mypy alone.
    _Text = _Button = object


class ShortenedText(_Text):
    """Mix-in for a label or a button: one line of text, elided if it does not fit."""

    full = ""
    """The whole text."""
    margins_px = 0

    def show_text(self, text: str) -> None:
        """Show a text."""
        self.full = text
        self.setAccessibleName(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.width() - self.margins_px
        text = self.fontMetrics().elidedText(self.full, Qt.TextElideMode.ElideRight, room)
        # In a button's text, '&' marks the next letter.
        self.setText(text.replace("&", "&&") if isinstance(self, QAbstractButton) else text)


class ElidedLabel(ShortenedText, QLabel):
    """One line of text, elided if it does not fit; the tool tip shows all of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def _fit(self) -> None:
        super()._fit()
        self.setToolTip(tool_tip(self.full) if self.text() != self.full else "")


class PaintedButton(_Button):
    """Mix-in for a button that paints itself: it has its size hint, and all of it is clickable."""

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, point: QPoint) -> bool:
        return self.rect().contains(point)


class ChoiceTile(PaintedButton, QRadioButton):
    """A tile that a click, Space or Enter chooses. Its gallery decides which tile is checked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoExclusive(False)  # Otherwise arrow keys would choose another tile.
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def nextCheckState(self) -> None:
        """Nothing: the click is only a wish."""


def make_arrow_group(widget: QWidget) -> None:
    """Let arrow keys move the focus among the buttons of a widget."""
    widget.setProperty(_ARROW_GROUP, True)


def is_arrow_group(widget: QWidget) -> bool:
    """Whether arrow keys move the focus among the buttons of a widget."""
    return bool(widget.property(_ARROW_GROUP))


class Chooser(QComboBox):
    """A drop-down list of choices."""

    chosen = Signal(str)
    """The key of the choice that the user selected."""
    opened = Signal()
    """The list is about to be shown."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # The wheel scrolls the panel.
        self.setItemDelegate(QStyledItemDelegate(self))  # This delegate follows the style sheet.
        self.activated.connect(self._on_activated)

    def show_choices(self, choices: list[Choice], current: str) -> None:
        """Show choices and select the current one, adding it if it is missing. Emits no signal."""
        if all(choice.key != current for choice in choices):
            choices = [*choices, Choice(current, current)]
        shown = [(self.itemData(row), self.itemText(row)) for row in range(self.count())]
        is_open = self.view().isVisible()
        if shown != [(choice.key, choice.title) for choice in choices]:
            self.hidePopup()
            self.clear()
            for choice in choices:
                self.addItem(choice.title, choice.key)
        model = self.model()
        for row, choice in enumerate(choices):
            self.setItemData(row, choice.problem, Qt.ItemDataRole.ToolTipRole)
            if isinstance(model, QStandardItemModel):
                model.item(row).setEnabled(not choice.problem)
        self.setCurrentIndex(self.findData(current))
        if is_open and not self.view().isVisible():
            super().showPopup()

    def showPopup(self) -> None:
        self.opened.emit()
        super().showPopup()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the list. Qt would choose at once, even with a single letter or arrow key."""
        if event.key() in _OPENING:
            self.showPopup()
        else:
            event.ignore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # The wheel scrolls the panel and must not change the choice.

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colours().quiet), 1.6, c=Qt.PenCapStyle.RoundCap))
        x, y = self.width() - 18.0, self.height() / 2
        painter.drawPolyline(QPolygonF([QPointF(x - 4, y - 2), QPointF(x, y + 2), QPointF(x + 4, y - 2)]))

    def _on_activated(self, row: int) -> None:
        self.chosen.emit(str(self.itemData(row)))


class Slider(QSlider):
    """A horizontal slider that ignores the wheel, which scrolls the panel."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


def plain(title: str) -> str:
    """A title without its mnemonic: '&Camera' is 'Camera', and '摄像头(&C)' is '摄像头'."""
    return re.sub(r"\(&\w\)", "", title).replace("&", "")


def heading(text: str, parent: QWidget | None = None) -> QLabel:
    """A label that heads a group of controls."""
    label = QLabel(text, parent)
    label.setProperty("role", "heading")
    return label


def quiet(label: QLabel) -> QLabel:
    """Give a label the muted colour."""
    label.setProperty("role", "quiet")
    return label
