"""The program around the window: from the first moment to the last."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import msgspec
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from app.engine.assets import assets_folder
from app.engine.types import Settings
from app.ui.library import Library
from app.ui.main_window import Window
from app.ui.theme import apply_theme


def run(settings: Settings, settings_path: Path) -> int:
    """Show the window until it is closed; returns the exit status. Only where `missing_display()` is None."""
    app = QApplication.instance() or QApplication([sys.argv[0]])
    assert isinstance(app, QApplication)
    app.setApplicationName("backdrop")
    app.setApplicationDisplayName("Backdrop")
    app.setDesktopFileName("backdrop")
    app.setQuitOnLastWindowClosed(False)  # the engine ends first, then the program
    app.setStyle("Fusion")
    app.setWindowIcon(QIcon(str(assets_folder() / "icons" / "backdrop.svg")))
    apply_theme(app)
    app.styleHints().colorSchemeChanged.connect(lambda _: apply_theme(app))
    library = Library()
    settings = msgspec.structs.replace(settings, effect=library.settled(settings.effect))
    window = Window(settings, settings_path, library=library)
    window.closed.connect(app.quit)
    # Python hears of the signal when its code next runs: the bridge's timer sees to that.
    previous = {
        number: signal.signal(number, lambda *_: window.close()) for number in (signal.SIGINT, signal.SIGTERM)
    }
    window.show()
    try:
        return app.exec()
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
