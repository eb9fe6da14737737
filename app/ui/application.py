"""The application: start, single instance, tray, signals, end."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from app.control import ask, sockets_to_listen_on, use_private_runtime_folder
from app.ending_signals import ending_signals
from app.engine.core.paths import assets_folder
from app.ui.controllers.tray.tray import Tray
from app.ui.controllers.tray.tray_watch import TrayWatch
from app.ui.i18n.install import install_translations
from app.ui.main_window import Window
from app.ui.models.background_library import BackgroundLibrary
from app.ui.remote_commands import RemoteCommands
from app.ui.services.remote_server import RemoteServer
from app.ui.widgets.theme import apply_theme

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from app.engine.core.errors import Message
    from app.settings import StoredSettings


def run(
    initial: StoredSettings,
    settings_path: Path,
    socket_name: str | None = None,
    is_minimised: bool = False,
    stored: StoredSettings | None = None,
    told: Sequence[Message] = (),
) -> int:
    """Run the window until it is closed; return the exit status. `missing_display()` must be None.

    `stored`: the settings of the file, if options changed them. `told`: what the window says first. With
    `is_minimised` it starts in the tray or, without a tray, minimised. If Backdrop runs already, its window
    is raised instead.
    """
    if ask({"command": "status" if is_minimised else "show"}, socket_name) is not None:
        print("Backdrop is running already; its window is in front now.")
        return 0
    names = [socket_name] if socket_name else sockets_to_listen_on()  # Before Qt gets a folder of its own.
    with ending_signals() as signals:
        app = application()
        library = BackgroundLibrary()
        initial = msgspec.structs.replace(initial, effect=library.settled(initial.effect))
        window = Window(initial, settings_path, library=library, stored=stored)
        window.closed.connect(app.quit)
        _add_tray(window, app.windowIcon())
        remote = RemoteServer(RemoteCommands(window).answer, window)
        is_listening = [remote.listen(name) for name in names]
        if not any(is_listening):
            print(
                "No folder for the control socket can be written: ctl will not find Backdrop.",
                file=sys.stderr,
            )
        _begin(window, is_minimised, told)
        signals.call(window.end)
        try:
            return app.exec()
        finally:
            remote.close()


def _begin(window: Window, is_minimised: bool, told: Sequence[Message]) -> None:
    for message in told:
        window.banner_controller.warn(message)
    if not is_minimised:
        window.show()
        if not window.model.stored.window.is_welcomed:
            window.startup.show_welcome()
    elif not window.has_tray:
        window.showMinimized()
        window.waits_for_tray = True


def application() -> QApplication:
    """The QApplication, made if needed, with name, translations and theme."""
    use_private_runtime_folder()
    app = QApplication.instance() or QApplication([sys.argv[0]])
    assert isinstance(app, QApplication)
    app.setApplicationName("backdrop")
    app.setApplicationDisplayName("Backdrop")
    app.setDesktopFileName("backdrop")
    app.setQuitOnLastWindowClosed(False)  # The engine stops first, then the program ends.
    app.setStyle("Fusion")
    app.setEffectEnabled(Qt.UIEffect.UI_General, False)  # Only the preview moves.
    app.setWindowIcon(QIcon(str(assets_folder() / "icons" / "backdrop.svg")))
    install_translations(app)
    apply_theme(app)
    app.styleHints().colorSchemeChanged.connect(lambda _: apply_theme(app))
    return app


def _add_tray(window: Window, icon: QIcon) -> None:
    """Add the tray icon as soon as the desktop has a tray."""
    tray = Tray(window.model, icon, window)
    tray.show_wanted.connect(window.come_forward)
    tray.quit_wanted.connect(window.end)
    watch = TrayWatch(tray, window)
    watch.changed.connect(window.use_tray)
    window.closed.connect(watch.stop)
    watch.start()
