"""The control socket: a second start and `ctl` send requests to the running Backdrop.

A request is one line, a JSON object with `command`. The reply has `ok` and, if that is false, `message`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from app.engine.core.errors import BackdropError

Reply = Callable[[dict[str, Any]], None]
Answer = Callable[[dict[str, Any], Reply], None]

_CONNECT_TIMEOUT_MS = 1000
_REPLY_TIMEOUT_S = 5.0
_STEP_MS = 20
_LONGEST_REQUEST = 4096


class RemoteServer(QObject):
    """Accepts requests of the same user."""

    def __init__(self, answer: Answer, parent: QObject | None = None) -> None:
        """`answer` gets each request and a function to reply with, at once or later."""
        super().__init__(parent)
        self._answer = answer
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connection)

    def listen(self, name: str) -> bool:
        """Start; return False if that fails. Call it only if no other Backdrop uses the name."""
        QLocalServer.removeServer(name)  # A crash may have left the socket.
        return self._server.listen(name)

    def close(self) -> None:
        """Stop accepting requests."""
        self._server.close()

    def _on_connection(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.readyRead.connect(lambda socket=socket: self._on_ready(socket))
            socket.disconnected.connect(socket.deleteLater)
            self._on_ready(socket)

    def _on_ready(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            if socket.bytesAvailable() > _LONGEST_REQUEST:
                socket.abort()
            return

        def reply(content: dict[str, Any]) -> None:
            try:
                socket.write(json.dumps(content).encode() + b"\n")
                socket.disconnectFromServer()
            except RuntimeError:
                pass  # The client has disconnected.

        try:
            request = json.loads(bytes(socket.readLine().data()))
            if not isinstance(request, dict):
                raise ValueError
        except ValueError:
            reply(refusal("That is not a request Backdrop knows."))
            return
        try:
            self._answer(request, reply)
        except BackdropError as error:
            reply(refusal(str(error)))


def refusal(message: str) -> dict[str, Any]:
    """The reply to a request that failed."""
    return {"ok": False, "message": message}


def ask(request: dict[str, Any], name: str) -> dict[str, Any] | None:
    """Send a request and return the reply, None if no Backdrop runs. Blocks. Raises BackdropError."""
    socket = QLocalSocket()
    socket.connectToServer(name)
    if not socket.waitForConnected(_CONNECT_TIMEOUT_MS):
        return None
    socket.write(json.dumps(request).encode() + b"\n")
    socket.waitForBytesWritten(_CONNECT_TIMEOUT_MS)
    deadline = time.monotonic() + _REPLY_TIMEOUT_S
    # In short steps, because PySide holds the GIL while it waits.
    while not socket.canReadLine():
        if socket.waitForReadyRead(_STEP_MS):
            continue
        has_ended = socket.state() == QLocalSocket.LocalSocketState.UnconnectedState
        if time.monotonic() > deadline or has_ended:
            raise BackdropError("Backdrop runs, but does not answer.")
    reply: dict[str, Any] = json.loads(bytes(socket.readLine().data()))
    return reply
