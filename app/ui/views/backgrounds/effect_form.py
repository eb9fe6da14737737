"""The controls of an effect, made from its parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QColorDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.ui.i18n.labels import parameter_label
from app.ui.widgets.basic import Slider, make_arrow_group, quiet
from app.ui.widgets.theme import colours

if TYPE_CHECKING:
    from app.engine.core.parameters import Parameter
    from app.engine.pipeline.effect import Effect

_SWATCHES = ("#00b140", "#0047bb", "#f4f5f7", "#9aa0a8", "#23262d", "#d9c6b0")


class Control(QWidget):
    """One parameter's control."""

    value_changed = Signal(str, object)
    """The parameter's key and its new value."""

    def __init__(self, parameter: Parameter, parent: QWidget | None = None, title: str | None = None) -> None:
        """`title`: in the user's language, for parameters of other things than effects."""
        super().__init__(parent)
        self.parameter = parameter
        self.title = parameter_label(parameter.label) if title is None else title
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(6)

    def show_value(self, value: float | str) -> None:
        """Show a value. Emits no signal."""
        raise NotImplementedError


class ResettableSlider(Slider):
    """A slider that a double click, Delete or Backspace resets."""

    reset_wanted = Signal()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self.reset_wanted.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.reset_wanted.emit()
        else:
            super().keyPressEvent(event)


class SliderControl(Control):
    """A number within a range."""

    def __init__(self, parameter: Parameter, parent: QWidget | None = None, title: str | None = None) -> None:
        super().__init__(parameter, parent, title)
        # Keyboards have no keys for other letters. With a title of its own there are too many for letters.
        mark = "&" if self.title.isascii() and title is None else ""
        label, self._reading = QLabel(f"{mark}{self.title}", self), quiet(QLabel(self))
        self.slider = ResettableSlider(self)
        self.slider.reset_wanted.connect(self._on_reset_wanted)
        self.slider.setAccessibleName(self.title)
        self.slider.setRange(0, round((parameter.high - parameter.low) / parameter.step))
        self.slider.setPageStep(max(1, self.slider.maximum() // 5))
        label.setBuddy(self.slider)
        row = QHBoxLayout()
        row.addWidget(label)
        row.addStretch()
        row.addWidget(self._reading)
        self.column.addLayout(row)
        self.column.addWidget(self.slider)
        self.slider.valueChanged.connect(self._on_value_changed)

    def show_value(self, value: float | str) -> None:
        steps = 0.0 if isinstance(value, str) else (value - self.parameter.low) / self.parameter.step
        self.slider.blockSignals(True)
        self.slider.setValue(round(steps))
        self.slider.blockSignals(False)
        self._show_reading()

    def _show_reading(self) -> None:
        share = self.slider.value() / max(1, self.slider.maximum())
        if self.parameter.low < 0:
            share = self._value() / self.parameter.high
        self._reading.setText(self.tr("{percent} %").format(percent=round(100 * share)))

    def _value(self) -> float:
        value = self.parameter.low + self.slider.value() * self.parameter.step
        return round(min(self.parameter.high, value), 6)

    def _on_value_changed(self) -> None:
        self._show_reading()
        self.value_changed.emit(self.parameter.key, self._value())

    def _on_reset_wanted(self) -> None:
        self.show_value(self.parameter.default)
        self.value_changed.emit(self.parameter.key, self.parameter.default)


class Swatch(QAbstractButton):
    """A button that shows one colour."""

    def __init__(self, colour: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.colour = colour
        self.setAccessibleName(colour)
        self.setToolTip(colour)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        return QSize(32, 32)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = colours()
        side = min(self.width(), self.height())
        dot = self.rect().adjusted(0, 0, side - self.width(), side - self.height())
        if self.isChecked() or self.hasFocus():
            style = Qt.PenStyle.SolidLine if self.isChecked() else Qt.PenStyle.DotLine
            painter.setPen(QPen(QColor(chosen.accent), 2.5 if self.hasFocus() else 2, style))
            painter.drawEllipse(dot.adjusted(2, 2, -2, -2))
        edge = QColor(chosen.quiet)
        edge.setAlpha(120)
        painter.setPen(QPen(edge, 1))
        painter.setBrush(QColor(self.colour))
        painter.drawEllipse(dot.adjusted(6, 6, -6, -6))


class ColourControl(Control):
    """A colour: one of a few common ones, or any other."""

    def __init__(self, parameter: Parameter, parent: QWidget | None = None, title: str | None = None) -> None:
        super().__init__(parameter, parent, title)
        self._colour = str(parameter.default)
        self._before = self._colour
        make_arrow_group(self)
        row = QHBoxLayout()
        row.setSpacing(2)
        self.swatches = [Swatch(colour, self) for colour in _SWATCHES]
        for swatch in self.swatches:
            row.addWidget(swatch)
            swatch.clicked.connect(lambda _=False, colour=swatch.colour: self._choose(colour))
        row.addStretch()
        # With a title of its own there are several such buttons.
        other = self.tr("&Other…")
        self.other = QPushButton(other if title is None else other.replace("&", ""), self)
        self.other.setAccessibleName(self.tr("Other colour"))
        self.other.clicked.connect(self._on_other_clicked)
        row.addWidget(self.other)
        self.column.addLayout(row)

    def show_value(self, value: float | str) -> None:
        self._colour = str(value)
        for swatch in self.swatches:
            swatch.setChecked(swatch.colour == self._colour)

    def _choose(self, colour: str) -> None:
        self.show_value(colour)
        self.value_changed.emit(self.parameter.key, colour)

    def _on_other_clicked(self) -> None:
        self._before = self._colour
        dialog = QColorDialog(QColor(self._colour), self)
        is_background = self.parameter.label == "Colour"
        dialog.setWindowTitle(self.tr("Background colour") if is_background else self.title)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # The preview follows while the user chooses a colour.
        dialog.currentColorChanged.connect(lambda colour: self._choose(colour.name()))
        dialog.rejected.connect(lambda: self._choose(self._before))
        dialog.open()


CONTROLS: dict[str, type[Control]] = {"slider": SliderControl, "colour": ColourControl}


class EffectForm(QWidget):
    """All controls of one effect."""

    value_changed = Signal(str, object)

    def __init__(self, effect: type[Effect], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.controls = {
            parameter.key: CONTROLS[parameter.kind](parameter, self)
            for parameter in effect.parameters
            if parameter.kind in CONTROLS  # The gallery chooses files.
        }
        for control in self.controls.values():
            column.addWidget(control)
            control.value_changed.connect(self.value_changed)

    def show_values(self, values: dict[str, float | str]) -> None:
        """Show the values, and the defaults of those that are missing."""
        for key, control in self.controls.items():
            control.show_value(values.get(key, control.parameter.default))
