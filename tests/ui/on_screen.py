"""Open the window on a screen of a given size: `python -m tests.ui.on_screen WIDTH HEIGHT [LANGUAGE]`.

WIDTH and HEIGHT are device-independent pixels; 1024x600 at 200% is 512x300. Prints a line for each thing that
does not fit, and 'done' at the end.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from PySide6.QtCore import QEvent, QLocale, QPoint, QRect
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QScrollArea, QWidget

from app.engine.core.settings import NetworkSettings, Settings
from app.engine.core.types import Stats
from app.settings import StoredSettings
from app.ui.i18n.install import install_translations
from app.ui.main_window import Window
from app.ui.models.choices import Choice
from app.ui.views.welcome import Welcome
from app.ui.widgets.theme import apply_theme
from tests.fakes import FakeEngine
from tests.ui.desk import library_in

LONG = "A name that is much longer than any list, button or banner is wide, " * 3
WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2


class Check:
    """A finding of doctor."""

    id, ok, text = "virtual-camera", False, "none found: run this and then that, " * 4
    commands = ("sudo something",)


def pass_time(app: QApplication) -> None:
    for _ in range(20):
        app.processEvents()
        app.sendPostedEvents(None, QEvent.Type.LayoutRequest)


def is_scrolled(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QScrollArea):
            return True
        parent = parent.parentWidget()
    return False


def place(widget: QWidget, window: QWidget) -> QRect:
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


def check(window: QWidget, screen: QRect, what: str) -> None:
    """Print what is outside the screen or the window, or wider than the window lets it be."""
    if window.width() > screen.width() or window.height() > screen.height():
        print(f"{what}: {window.width()}x{window.height()} is larger than the screen")
    for kind in (QAbstractButton, QComboBox):
        for control in window.findChildren(kind):
            if not control.isVisibleTo(window) or control.window() is not window:
                continue
            area = place(control, window)
            inside = window.rect()
            if is_scrolled(control):  # Above or below is a matter of scrolling.
                area.setTop(0)
                area.setBottom(0)
            if not inside.contains(area):
                print(f"{what}: {control} at {area} is outside {inside}")
            if control.width() < control.minimumSizeHint().width():
                print(f"{what}: {control} is {control.width()} wide, not {control.minimumSizeHint().width()}")


def main(width: int, height: int, language: str = "") -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = folder / "screen.json"
        screen = {"name": "s", "x": 0, "y": 0, "width": width, "height": height, "logicalDpi": 96, "dpr": 1}
        config.write_text(json.dumps({"screens": [screen]}))
        app = QApplication(["backdrop", "-platform", f"offscreen:configfile={config}"])
        app.setStyle("Fusion")
        if language:
            install_translations(app, QLocale(language))
        apply_theme(app)
        profiles = {LONG: Settings(network=NetworkSettings("b")), WORD: Settings()}
        kept = StoredSettings(network=NetworkSettings("b"), profiles=profiles, profile=LONG)
        window = Window(
            kept,
            folder / "settings.json",
            FakeEngine,
            lambda: [Choice("camera:a", LONG), Choice("camera:b", WORD)],
            lambda: [Choice("b", WORD)],
            library_in(folder),
            lambda: [Check()],
        )
        window.show()
        pass_time(app)
        area = QRect(0, 0, width, height)
        check(window, area, "window")
        window.banner_controller.notify(f"Saved to '/home/{WORD}/{LONG}'.", lambda: None)
        window.recording_bar.show_recording(True)
        window.model.use_source("camera:b")
        window._engine_bridge.stats_ready.emit(
            Stats(fps=30, source=LONG, consumers=1, consumer_names=(WORD,))
        )
        pass_time(app)
        check(window, area, "window with banner")
        window.startup.show_welcome()
        (welcome,) = window.findChildren(Welcome)
        for _ in range(2):
            while not welcome.again.isEnabled():
                pass_time(app)
            pass_time(app)
            check(welcome, area, "welcome")
            height_before = welcome.height()
            welcome.examine()
            pass_time(app)
            if welcome.height() < height_before:
                print("welcome: it shrinks")
        welcome.reject()
        window.closed.connect(app.quit)
        window.close()
        app.exec()
        print("done")
        return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]))
