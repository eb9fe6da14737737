"""The program around the window: from the first moment to the last."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from app.engine.core.paths import assets_folder, control_socket
from app.settings import StoredSettings
from app.ui.controllers.tray import Tray
from app.ui.i18n.install import install_translations
from app.ui.main_window import Window
from app.ui.models.background_library import BackgroundLibrary
from app.ui.remote_commands import RemoteCommands
from app.ui.services.remote_server import RemoteServer, ask
from app.ui.widgets.theme import apply_theme


def run(
    kept: StoredSettings, settings_path: Path, socket_name: str | None = None, is_minimised: bool = False
) -> int:
    """Show the window until it is closed; returns the exit status. Only where `missing_display()` is None.

    Minimised it begins in the tray or, where there is none, as the system minimises windows. Where Backdrop
    runs already, its window comes forward instead.
    """
    socket_name = socket_name or control_socket()
    if ask({"command": "status" if is_minimised else "show"}, socket_name) is not None:
        print("Backdrop is running already; its window is in front now.")
        return 0
    app = application()
    library = BackgroundLibrary()
    kept = msgspec.structs.replace(kept, effect=library.settled(kept.effect))
    window = Window(kept, settings_path, library=library)
    window.closed.connect(app.quit)
    _add_tray(window, app.windowIcon())
    remote = RemoteServer(RemoteCommands(window).answer, window)
    remote.listen(socket_name)
    # Python hears of the signal when its code next runs: the bridge's timer sees to that.
    previous = {
        number: signal.signal(number, lambda *_: window.end()) for number in (signal.SIGINT, signal.SIGTERM)
    }
    _begin(window, is_minimised)
    try:
        return app.exec()
    finally:
        remote.close()
        for number, handler in previous.items():
            signal.signal(number, handler)


def _begin(window: Window, is_minimised: bool) -> None:
    if not is_minimised:
        window.show()
        if not window.model.kept.window.is_welcomed:
            window.startup.show_welcome()
    elif not window.has_tray:
        window.showMinimized()


def application() -> QApplication:
    """The one QApplication, made where there is none: named, in the user's language, in our style."""
    app = QApplication.instance() or QApplication([sys.argv[0]])
    assert isinstance(app, QApplication)
    app.setApplicationName("backdrop")
    app.setApplicationDisplayName("Backdrop")
    app.setDesktopFileName("backdrop")
    app.setQuitOnLastWindowClosed(False)  # the engine ends first, then the program
    app.setStyle("Fusion")
    app.setEffectEnabled(Qt.UIEffect.UI_General, False)  # nothing moves but the picture
    app.setWindowIcon(QIcon(str(assets_folder() / "icons" / "backdrop.svg")))
    install_translations(app)
    apply_theme(app)
    app.styleHints().colorSchemeChanged.connect(lambda _: apply_theme(app))
    return app


def _add_tray(window: Window, icon: QIcon) -> None:
    """Put the icon into the tray, where there is one."""
    window.has_tray = QSystemTrayIcon.isSystemTrayAvailable()
    window.show_choices()
    if window.has_tray:
        tray = Tray(window.model, icon, window)
        tray.show_wanted.connect(window.come_forward)
        tray.quit_wanted.connect(window.end)
        window.closed.connect(tray.icon.hide)
        tray.icon.show()
