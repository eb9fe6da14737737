"""The arrangement of the main window, wide or small."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

if TYPE_CHECKING:
    from app.ui.views.output_controls import RecordingBar
    from app.ui.views.panel import Panel
    from app.ui.widgets.banner import Banner

_SMALL_BELOW_PX = 780
"""Width in device-independent pixels. 1366x768 at 200% is 683 wide, 1024x600 at 200% 512."""
_LEAST_PX = 480, 240


class WindowLayout:
    """Banner, preview and status line at the left, the panel at the right.

    In a small window the margins are narrow, the buttons are below the status line, and the banner is
    below everything, as wide as the window.
    """

    def __init__(
        self,
        window: QWidget,
        banner: Banner,
        preview: QWidget,
        status: QWidget,
        recording_bar: RecordingBar,
        panel: Panel,
    ) -> None:
        self._banner, self._bar, self._panel = banner, recording_bar, panel
        self._is_small: bool | None = None
        self._status = status
        self._left = QVBoxLayout()
        self._below = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._below.setSpacing(8)
        self._below.addWidget(status, 1)
        self._below.addWidget(recording_bar)
        self._left.addWidget(preview, 1)
        self._left.addLayout(self._below)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addLayout(self._left, 1)
        row.addWidget(panel)
        self._whole = QVBoxLayout(window)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.setSpacing(0)
        self._whole.addLayout(row, 1)
        # Not the layout's: a banner that comes must not make the window larger than the screen.
        window.setMinimumSize(*_LEAST_PX)
        self.arrange(window.width())

    def arrange(self, width_px: int) -> None:
        """Arrange everything for a width of the window."""
        is_small = width_px < _SMALL_BELOW_PX
        if is_small == self._is_small:
            return
        self._is_small = is_small
        if is_small:
            self._left.setContentsMargins(8, 8, 8, 8)
            self._below.setDirection(QBoxLayout.Direction.TopToBottom)
            self._whole.addWidget(self._banner)
        else:
            self._left.setContentsMargins(20, 20, 20, 12)
            self._below.setDirection(QBoxLayout.Direction.LeftToRight)
            self._left.insertWidget(0, self._banner)
        self._left.setSpacing(6 if is_small else 12)
        self._bar.show_small(is_small)
        self._panel.show_small(is_small)

    def show_preview_alone(self, is_alone: bool) -> None:
        """Hide everything but the preview and the banner, which tells faults; or show all again."""
        for widget in (self._status, self._bar, self._panel):
            widget.setVisible(not is_alone)
        if is_alone:
            self._left.setContentsMargins(0, 0, 0, 0)
        else:
            width_px = self._panel.window().width()
            self._is_small = None
            self.arrange(width_px)
