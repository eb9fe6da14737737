"""The two sides of the control socket, each with damaged lines from the other one."""

from __future__ import annotations

import socket
import sys
import threading
import time
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.control import ask

if TYPE_CHECKING:
    from app.ui.main_window import Window

_LONGEST_REPLY_S = 60.0


def request(path: Path) -> None:
    """Send a request to a window, and wait until it has answered or hung up."""
    from PySide6.QtWidgets import QApplication

    socket_path = listening_window()
    got: list[bytes] = []
    raised: list[BaseException] = []
    sys.excepthook = lambda kind, error, trace: raised.append(error)  # PySide calls it for its slots.
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(socket_path)
        thread = threading.Thread(target=_exchange, args=(connection, path.read_bytes(), got))
        thread.start()
        until = time.monotonic() + _LONGEST_REPLY_S
        while thread.is_alive() and time.monotonic() < until:
            QApplication.processEvents()
        connection.close()
        thread.join()
    if raised:
        raise RuntimeError("The window raised.") from raised[0]
    assert got, "the window neither answers nor hangs up"


def _exchange(connection: socket.socket, data: bytes, got: list[bytes]) -> None:
    try:
        connection.sendall(data + b"\n")
        got.append(connection.recv(1 << 16))
    except OSError:
        got.append(b"")


@lru_cache(maxsize=1)
def listening_window() -> str:
    return _open_window()[1]


@lru_cache(maxsize=1)
def _open_window() -> tuple[Window, str, Any]:
    from PySide6.QtWidgets import QApplication

    from app.ui.remote_commands import RemoteCommands
    from app.ui.services.remote_server import RemoteServer
    from tests.ui.desk import Desk

    application = QApplication(["backdrop", "-platform", "offscreen"])
    folder = Path.cwd() / "desk"
    folder.mkdir(exist_ok=True)  # A worker before this one may have crashed.
    window = Desk(None, folder / "config" / "settings.json").open()  # type: ignore[arg-type]  # needs no clicks
    name = str(folder / "ctl.socket")
    assert RemoteServer(RemoteCommands(window).answer, window).listen(name)
    return window, name, application


def read_reply(path: Path) -> None:
    """Read the file as the reply of a window."""
    name = str(path.with_name("socket"))
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(name)
        server.listen()
        thread = threading.Thread(target=_reply, args=(server, path.read_bytes()))
        thread.start()
        try:
            reply = ask({"command": "status"}, name)
        finally:
            thread.join()
    assert isinstance(reply, dict)


def _reply(server: socket.socket, data: bytes) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(1 << 16)
        connection.sendall(data)
