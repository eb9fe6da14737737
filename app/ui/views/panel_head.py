"""The row above the panel that never scrolls: the main switch and the profiles."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from app.ui.widgets.basic import ShortenedText
from app.ui.widgets.switch import Switch
from app.ui.widgets.text import tool_tip


class ProfileButton(ShortenedText, QPushButton):
    """The name of the profile in use, elided; its menu holds all of them."""

    margins_px = 34

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("profile")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_name("")

    def sizeHint(self) -> QSize:
        """The size for its title, because a long name must not widen the panel."""
        width_px = self.fontMetrics().horizontalAdvance(self.tr("Profile")) + self.margins_px
        return QSize(width_px, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def show_name(self, name: str) -> None:
        """Show the name of the profile in use; '' for none."""
        self.show_text(name or self.tr("Profile"))
        self.setAccessibleName(self.tr("Profile"))
        self.setAccessibleDescription(name)
        hint = self.tr("Save all settings under a name and use them again")
        self.setToolTip(tool_tip(name) if name else hint)


class PanelHead(QWidget):
    """The main switch and the button of the profiles."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel_head")
        self.power = Switch(self.tr("Show &my camera"), self)
        self.power.setChecked(True)
        self.profile = ProfileButton(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.power)
        row.addWidget(self.profile, 1)
