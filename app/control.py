"""The control socket: where the window listens, and how `ctl` and a second start ask it.

A request is one line, a JSON object with `command`. The reply has `ok` and, if that is false, `message`.
"""

from __future__ import annotations

import getpass
import json
import os
import socket
import stat
import struct
import sys
import tempfile
from pathlib import Path
from typing import Any

from app.engine.core.errors import BackdropError
from app.engine.core.paths import cache_folder

_CONNECT_TIMEOUT_S = 1.0
REPLY_TIMEOUT_S = 5.0
_PRIVATE_FOLDER = 0o700
_FILE_NAME = "ctl.socket"
_SESSIONS = Path("/run/user")
_LONGEST_PATH_BYTES = 100  # The kernel allows 108, or 104 on macOS, with a zero at the end.


def sockets_to_ask() -> list[str]:
    """The names under which a window of this user may listen, the most usual first.

    A cron job, ssh or another login may lack the session's XDG_RUNTIME_DIR or have another one.
    """
    if sys.platform == "win32":
        return [_pipe()]
    folders = [*_session_folders(), _usual_session() / "backdrop", cache_folder(), _last_resort()]
    return [str(folder / _FILE_NAME) for folder in dict.fromkeys(folders)]


def sockets_to_listen_on() -> list[str]:
    """The names under which the window listens; makes their folders. Empty if no folder can be made.

    The folder in the user's home is always one of them if it can be, because every login knows it.
    """
    if sys.platform == "win32":
        return [_pipe()]
    usual = [folder for folder in (*_session_folders(), cache_folder()) if _is_made_private(folder)]
    folders = usual or [folder for folder in (_last_resort(),) if _is_made_private(folder)]
    return [str(folder / _FILE_NAME) for folder in folders]


def use_private_runtime_folder() -> None:
    """Give Qt a runtime folder of our own if XDG_RUNTIME_DIR names none that is ours.

    Qt would make one in /tmp, where another user could have made it before.
    """
    given = os.environ.get("XDG_RUNTIME_DIR", "")
    display = Path(given, os.environ.get("WAYLAND_DISPLAY") or "wayland-0")
    names = sockets_to_listen_on() if sys.platform == "linux" else []
    if names and not _session_folders() and not (given and os.path.lexists(display)):
        os.environ["XDG_RUNTIME_DIR"] = str(Path(names[0]).parent)


def ask(request: dict[str, Any], name: str | None = None) -> dict[str, Any] | None:
    """Send a request and return the reply, None if no Backdrop runs. Blocks. Raises BackdropError.

    `name`: of the socket; else all are asked that a window of this user may listen on.
    """
    for each in sockets_to_ask() if name is None else [name]:
        if sys.platform == "win32":
            from app.ui.services.remote_pipe import ask_pipe

            reply = ask_pipe(request, each)
        else:
            reply = _ask(request, each)
        if reply is not None:
            return reply
    return None


def is_peer_this_user(connection: socket.socket) -> bool:
    """Whether the other end of a local connection is a process of this user, as far as the system tells."""
    if sys.platform != "linux":
        return True  # The folder is private.
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return bool(struct.unpack("3i", credentials)[1] == os.getuid())


def _ask(request: dict[str, Any], path: str) -> dict[str, Any] | None:
    """Ask one socket; None if nobody listens there, or another user does."""
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            state = os.stat(path)  # noqa: PTH116  # a name of a socket is a text
            if not stat.S_ISSOCK(state.st_mode) or state.st_uid != os.getuid():
                return None
            connection.settimeout(_CONNECT_TIMEOUT_S)
            connection.connect(path)
            if not is_peer_this_user(connection):
                return None
        except TimeoutError:
            raise BackdropError("Backdrop runs, but does not answer.") from None
        except OSError:
            return None
        connection.settimeout(REPLY_TIMEOUT_S)
        try:
            connection.sendall(json.dumps(request).encode() + b"\n")
            with connection.makefile("rb") as stream:
                line = stream.readline()
            reply = json.loads(line)
        except (OSError, ValueError, RecursionError):
            reply = None
    if not isinstance(reply, dict):
        raise BackdropError("Backdrop runs, but does not answer.")
    return reply


def _session_folders() -> list[Path]:
    """The folder in XDG_RUNTIME_DIR, or else in the usual place, if that is a folder of this user's own."""
    given = Path(os.environ.get("XDG_RUNTIME_DIR") or "relative")
    own = [folder for folder in (given, _usual_session()) if folder.is_absolute() and _is_own(folder)]
    return [own[0] / "backdrop"] if own else []


def _usual_session() -> Path:
    return _SESSIONS / str(os.getuid())


def _is_own(folder: Path) -> bool:
    try:
        state = folder.stat()
    except OSError:
        return False
    return stat.S_ISDIR(state.st_mode) and state.st_uid == os.getuid()


def _last_resort() -> Path:
    """A folder for a user whose home cannot be written."""
    return Path(tempfile.gettempdir()) / f"backdrop-{os.getuid()}"


def _is_made_private(folder: Path) -> bool:
    """Make a folder for this user alone, parents included; return whether a socket can be made in it."""
    if len(os.fsencode(folder / _FILE_NAME)) > _LONGEST_PATH_BYTES:
        return False
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=_PRIVATE_FOLDER, exist_ok=True)
        state = folder.lstat()
        if not stat.S_ISDIR(state.st_mode) or state.st_uid != os.getuid():
            return False
        if stat.S_IMODE(state.st_mode) != _PRIVATE_FOLDER:
            folder.chmod(_PRIVATE_FOLDER)
        return os.access(folder, os.W_OK | os.X_OK)
    except OSError:
        return False


def _pipe() -> str:
    return f"backdrop-{getpass.getuser()}"
