"""The colours of both themes have enough contrast (WCAG 2.1 AA)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import qInstallMessageHandler
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QCheckBox, QFileDialog, QToolButton

from app.engine.core.paths import assets_folder
from app.ui.widgets import theme
from app.ui.widgets.theme import DARK, LIGHT, Palette, apply_theme

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

READ = [
    *((text, ground) for text in ("text", "quiet") for ground in ("ground", "panel", "field")),
    ("accent", "panel"),
    ("on_accent", "accent"),
    ("on_notice", "notice"),
    ("on_warning", "warning"),
]
SEEN = [
    *(("accent", ground) for ground in ("ground", "panel", "field", "notice")),  # the ring of the focus
    ("quiet", "panel"),  # the outline of a box to tick
]


def luminance(name: str) -> float:
    colour = QColor(name)
    rgb = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb)
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)


def contrast(colours: Palette, one: str, other: str) -> float:
    low, high = sorted(luminance(getattr(colours, name)) for name in (one, other))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_theme_contrast_meets_wcag(colours: Palette) -> None:
    assert {pair: round(contrast(colours, *pair), 2) for pair in READ if contrast(colours, *pair) < 4.5} == {}
    assert {pair: round(contrast(colours, *pair), 2) for pair in SEEN if contrast(colours, *pair) < 3.0} == {}


@pytest.mark.slow
def test_style_sheet_is_valid_in_any_folder(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "Zoë (2) 王" / "My programs"
    elsewhere.mkdir(parents=True)
    (elsewhere / "assets").symlink_to(assets_folder(), target_is_directory=True)
    style, palette, messages = qapp.styleSheet(), qapp.palette(), []
    monkeypatch.setattr(theme, "assets_folder", lambda: elsewhere / "assets")
    before = qInstallMessageHandler(lambda kind, context, text: messages.append(text))
    try:
        apply_theme(qapp)
        QCheckBox().ensurePolished()
    finally:
        qInstallMessageHandler(before)
        qapp.setStyleSheet(style)
        qapp.setPalette(palette)
    assert messages == []


def test_buttons_of_qt_file_dialog_show_their_icons(qtbot: QtBot, qapp: QApplication) -> None:
    apply_theme(qapp)
    dialog = QFileDialog(options=QFileDialog.Option.DontUseNativeDialog)
    qtbot.addWidget(dialog)
    dialog.show()
    buttons = [b for b in dialog.findChildren(QToolButton) if b.isVisible() and not b.icon().isNull()]
    assert len(buttons) >= 5
    for button in buttons:
        image = button.grab().toImage()
        ground = image.pixel(1, 1)
        middle = image.height() // 2
        rows = range(middle - 6, middle + 6)
        columns = [x for x in range(2, image.width() - 2) if any(image.pixel(x, y) != ground for y in rows)]
        assert columns and columns[-1] - columns[0] >= 7, f"{button.objectName()}: an icon of a few pixels"
