"""Answer the requests that come through the control socket; app/control.py says what they look like."""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from app.control import is_peer_this_user
from app.engine.core.errors import BackdropError

Reply = Callable[[dict[str, Any]], None]
Answer = Callable[[dict[str, Any], Reply], None]

_LONGEST_REQUEST = 4096


class RemoteServer(QObject):
    """Accepts requests of the same user."""

    def __init__(self, answer: Answer, parent: QObject | None = None) -> None:
        """`answer` gets each request and a function to reply with, at once or later."""
        super().__init__(parent)
        self._answer = answer
        self._servers: list[QLocalServer] = []

    def listen(self, name: str) -> bool:
        """Listen under one more name; return False if that fails. No other Backdrop may use the name."""
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(lambda: self._on_connection(server))
        QLocalServer.removeServer(name)  # A crash may have left the socket.
        self._servers.append(server)
        if server.listen(name):
            return True
        # The option needs a writable parent of the folder; the folder itself is private.
        server.setSocketOptions(QLocalServer.SocketOption.NoOptions)
        return server.listen(name)

    def close(self) -> None:
        """Stop accepting requests."""
        for server in self._servers:
            server.close()

    def _on_connection(self, server: QLocalServer) -> None:
        while (client := server.nextPendingConnection()) is not None:
            if not _is_of_this_user(client):
                client.abort()
                continue
            client.readyRead.connect(lambda client=client: self._on_ready(client))
            client.disconnected.connect(client.deleteLater)
            self._on_ready(client)

    def _on_ready(self, client: QLocalSocket) -> None:
        if not client.canReadLine():
            if client.bytesAvailable() > _LONGEST_REQUEST:
                client.abort()
            return

        def reply(content: dict[str, Any]) -> None:
            try:
                client.write(json.dumps(content).encode() + b"\n")
                client.disconnectFromServer()
            except RuntimeError:
                pass  # The client has disconnected.

        try:
            request = json.loads(bytes(client.readLine().data()))
            if not isinstance(request, dict):
                raise ValueError
        except (ValueError, RecursionError):
            reply(refusal("That is not a request Backdrop knows."))
            return
        try:
            self._answer(request, reply)
        except BackdropError as error:
            reply(refusal(str(error)))


def refusal(message: str) -> dict[str, Any]:
    """The reply to a request that failed."""
    return {"ok": False, "message": message}


def _is_of_this_user(client: QLocalSocket) -> bool:
    if sys.platform != "linux":
        return True  # The system lets no other user in.
    with socket.socket(fileno=os.dup(int(client.socketDescriptor()))) as connection:
        return is_peer_this_user(connection)
