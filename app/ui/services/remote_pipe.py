"""Ask the window through a named pipe of Windows."""

from __future__ import annotations

import json
import time
from typing import Any

from PySide6.QtNetwork import QLocalSocket

from app.engine.core.errors import BackdropError

_CONNECT_TIMEOUT_MS = 1000
_REPLY_TIMEOUT_S = 5.0
_STEP_MS = 20


def ask_pipe(request: dict[str, Any], name: str) -> dict[str, Any] | None:
    """Send a request and return the reply, None if no Backdrop runs. Blocks. Raises BackdropError."""
    pipe = QLocalSocket()
    pipe.connectToServer(name)
    if not pipe.waitForConnected(_CONNECT_TIMEOUT_MS):
        return None
    pipe.write(json.dumps(request).encode() + b"\n")
    pipe.waitForBytesWritten(_CONNECT_TIMEOUT_MS)
    deadline = time.monotonic() + _REPLY_TIMEOUT_S
    # In short steps, because PySide holds the GIL while it waits.
    while not pipe.canReadLine():
        if pipe.waitForReadyRead(_STEP_MS):
            continue
        has_ended = pipe.state() == QLocalSocket.LocalSocketState.UnconnectedState
        if time.monotonic() > deadline or has_ended:
            raise BackdropError("Backdrop runs, but does not answer.")
    reply: dict[str, Any] = json.loads(bytes(pipe.readLine().data()))
    return reply
