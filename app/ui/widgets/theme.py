"""The theme: a light and a dark palette, and the style sheet made from them."""

from __future__ import annotations

from dataclasses import dataclass
from string import Template

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from app.engine.core.paths import assets_folder


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one scheme. Text on each ground has a contrast of 4.5 to 1 or more (WCAG AA)."""

    ground: str
    panel: str
    field: str
    line: str
    text: str
    quiet: str
    accent: str
    on_accent: str
    notice: str
    on_notice: str
    warning: str
    on_warning: str


LIGHT = Palette(
    ground="#f3f4f7",
    panel="#ffffff",
    field="#f6f7f9",
    line="#d5d8df",
    text="#1c1e24",
    quiet="#5b606b",
    accent="#3563d9",
    on_accent="#ffffff",
    notice="#e6edfc",
    on_notice="#1d3c8f",
    warning="#fdf0d9",
    on_warning="#6b4300",
)
DARK = Palette(
    ground="#15171b",
    panel="#1e2126",
    field="#282c33",
    line="#3a3f48",
    text="#eceef2",
    quiet="#a2a8b4",
    accent="#82a6ff",
    on_accent="#0f1a36",
    notice="#1f2b47",
    on_notice="#c3d4ff",
    warning="#3d2f14",
    on_warning="#ffdc9c",
)

_STYLE = Template("""
QWidget#window { background: $ground; }
QFrame#panel, QScrollArea#panel_scroll, QWidget#panel_body { background: $panel; border: none; }
QWidget#panel_head { background: $panel; }
QFrame#panel { border-left: 1px solid $line; }
QLabel[role="heading"] { color: $text; font-weight: 600; }
QDialog { background: $panel; }
QLabel[role="good"] { color: $accent; font-weight: 700; }
QLabel[role="bad"] { color: $on_warning; background: $warning; border-radius: 6px; font-weight: 700;
    qproperty-alignment: AlignCenter; }
QLabel[role="quiet"] { color: $quiet; }
QFrame#banner { background: $notice; border-radius: 10px; }
QFrame#banner QLabel { color: $on_notice; }
QFrame#banner[severity="warning"] { background: $warning; }
QFrame#banner[severity="warning"] QLabel { color: $on_warning; }
QFrame#banner QPushButton { background: transparent; color: $on_notice; border: 1px solid transparent; }
QFrame#banner[severity="warning"] QPushButton { color: $on_warning; }
QFrame#banner QPushButton#action { border-color: $on_notice; }
QFrame#banner QPushButton:hover { background: $panel; }
QFrame#banner QPushButton:focus { border: 2px solid $accent; padding: 4px 13px; }
QFrame#banner QPushButton#dismiss { padding: 5px 9px; }
QFrame#banner QPushButton#dismiss:focus { padding: 4px 8px; }
QPushButton { background: $field; color: $text; border: 1px solid $line; border-radius: 8px;
    padding: 6px 14px; }
QPushButton:hover { border-color: $quiet; }
QPushButton:focus { border: 2px solid $accent; padding: 5px 13px; }
QPushButton:disabled { color: $quiet; }
QPushButton::menu-indicator { subcontrol-position: right center; right: 8px; }
QWidget#recording_bar[small="true"] QPushButton { padding: 6px; }
QWidget#recording_bar[small="true"] QPushButton:focus { padding: 5px; }
QPushButton#profile { padding-left: 10px; padding-right: 22px; }
QPushButton#profile:focus { padding-left: 9px; padding-right: 21px; }
QMenu { background: $panel; color: $text; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: 6px; }
QMenu::item:selected { background: $accent; color: $on_accent; }
QMenu::item:disabled { color: $quiet; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QFrame#panel QToolButton { background: transparent; color: $text; border: 1px solid transparent;
    border-radius: 8px; padding: 4px 8px; font-weight: 600; }
QFrame#panel QToolButton:hover { border-color: $line; }
QFrame#panel QToolButton:focus { border: 2px solid $accent; padding: 3px 7px; }
QPushButton#status { background: transparent; border: 1px solid transparent; color: $quiet; text-align: left;
    padding: 3px 7px; }
QPushButton#status:hover { border-color: $line; }
QPushButton#status:focus { border: 2px solid $accent; padding: 2px 6px; }
QComboBox { combobox-popup: 0; background: $field; color: $text; border: 1px solid $line; border-radius: 8px;
    padding: 8px 10px; }
QComboBox:hover { border-color: $quiet; }
QComboBox:focus { border: 2px solid $accent; padding: 7px 9px; }
QComboBox::drop-down { border: none; width: 26px; }
QComboBox::down-arrow { image: none; }
QComboBoxPrivateContainer { border: none; background: $panel; }
QComboBox QAbstractItemView { background: $panel; color: $text; border: 1px solid $line; padding: 4px;
    outline: none; }
QComboBox QAbstractItemView::item { min-height: 30px; padding: 0 8px; border-radius: 6px; }
QComboBox QAbstractItemView::item:selected { background: $accent; color: $on_accent; }
QComboBox QAbstractItemView::item:disabled { color: $quiet; }
QLineEdit { background: $field; color: $text; border: 1px solid $line; border-radius: 8px; padding: 7px 10px;
    selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit:focus { border: 2px solid $accent; padding: 6px 9px; }
QCheckBox { spacing: 8px; }
QCheckBox::indicator { width: 14px; height: 14px; border: 1.5px solid $quiet; border-radius: 4px;
    background: $field; }
QCheckBox::indicator:checked { border-color: $accent; background: $accent; image: url("$check"); }
QCheckBox::indicator:focus { border: 2px solid $accent; }
QCheckBox:disabled { color: $quiet; }
QSlider { min-height: 26px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $line; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; }
QSlider::handle:horizontal { width: 16px; height: 16px; margin: -6px 0; border-radius: 8px;
    background: $accent; border: none; }
QSlider::handle:horizontal:focus { width: 14px; height: 14px; margin: -8px 0; border-radius: 10px;
    border: 3px solid $on_accent; background: $accent; }
QSlider::handle:horizontal:disabled, QSlider::sub-page:horizontal:disabled { background: $line; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 2px; }
QScrollBar::handle:vertical { background: $line; border-radius: 3px; min-height: 32px; }
QScrollBar::add-line, QScrollBar::sub-line { height: 0; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QToolTip { background: $panel; color: $text; border: 1px solid $line; padding: 4px; }
""")

_asked_for: Qt.ColorScheme | None = None


def colours() -> Palette:
    """The palette of the chosen scheme, or of the system's current one."""
    scheme = _asked_for or QApplication.styleHints().colorScheme()
    return DARK if scheme == Qt.ColorScheme.Dark else LIGHT


def apply_theme(app: QApplication, scheme: Qt.ColorScheme | None = None) -> None:
    """Apply the dark or the light scheme (default: the system's)."""
    global _asked_for
    _asked_for = scheme
    chosen = colours()
    palette = QPalette()
    for role, name in {
        QPalette.ColorRole.Window: chosen.ground,
        QPalette.ColorRole.Base: chosen.panel,
        QPalette.ColorRole.AlternateBase: chosen.field,
        QPalette.ColorRole.Button: chosen.field,
        QPalette.ColorRole.Text: chosen.text,
        QPalette.ColorRole.WindowText: chosen.text,
        QPalette.ColorRole.ButtonText: chosen.text,
        QPalette.ColorRole.PlaceholderText: chosen.quiet,
        QPalette.ColorRole.Highlight: chosen.accent,
        QPalette.ColorRole.HighlightedText: chosen.on_accent,
        QPalette.ColorRole.Accent: chosen.accent,
        QPalette.ColorRole.ToolTipBase: chosen.panel,
        QPalette.ColorRole.ToolTipText: chosen.text,
    }.items():
        palette.setColor(role, QColor(name))
    disabled = QPalette.ColorGroup.Disabled
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        palette.setColor(disabled, role, QColor(chosen.quiet))
    app.setPalette(palette)
    check = assets_folder() / "icons" / f"check-{'dark' if chosen is DARK else 'light'}.svg"
    app.setStyleSheet(_STYLE.substitute(vars_of(chosen), check=check.as_posix()))


def vars_of(chosen: Palette) -> dict[str, str]:
    """Colour names and values for the style sheet."""
    return {name: getattr(chosen, name) for name in Palette.__slots__}
