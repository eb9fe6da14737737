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
_SESSION_FOLDERS = Path("/run/user")
_LONGEST_PATH_BYTES = 100  # Linux allows 108 and macOS 104, both with the zero byte at the end.


def sockets_to_try() -> list[str]:
    """The names of the sockets on which a window of this user may listen, the most likely first.

    `ctl` may run in a cron job, over ssh or in another login, where XDG_RUNTIME_DIR is not set or differs.
    """
    if sys.platform == "win32":
        return [_pipe_name()]
    folders = [
        *_session_folders(),
        _default_session_folder() / "backdrop",
        cache_folder(),
        _temporary_folder(),
    ]
    return [str(folder / _FILE_NAME) for folder in dict.fromkeys(folders)]


def sockets_to_listen_on() -> list[str]:
    """Make the folders of the sockets on which the window listens; return their names.

    Empty if no folder can be made. One is in the user's cache folder if possible, because `ctl` finds that
    folder from every login.
    """
    if sys.platform == "win32":
        return [_pipe_name()]
    usual = [folder for folder in (*_session_folders(), cache_folder()) if _make_private(folder)]
    folders = usual or [folder for folder in (_temporary_folder(),) if _make_private(folder)]
    return [str(folder / _FILE_NAME) for folder in folders]


def use_private_runtime_folder() -> None:
    """Give Qt a private runtime folder if XDG_RUNTIME_DIR names none that belongs to this user.

    Otherwise Qt uses a folder in /tmp that another user may have made.
    """
    given = os.environ.get("XDG_RUNTIME_DIR", "")
    display = Path(given, os.environ.get("WAYLAND_DISPLAY") or "wayland-0")
    names = sockets_to_listen_on() if sys.platform == "linux" else []
    if names and not _session_folders() and not (given and os.path.lexists(display)):
        os.environ["XDG_RUNTIME_DIR"] = str(Path(names[0]).parent)


def ask(request: dict[str, Any], name: str | None = None) -> dict[str, Any] | None:
    """Send a request and return the reply; None if Backdrop is not running. Blocks. Raises BackdropError.

    `name`: the socket to ask; None for all of `sockets_to_try`.
    """
    for each in sockets_to_try() if name is None else [name]:
        if sys.platform == "win32":
            from app.ui.services.remote_pipe import ask_pipe

            reply = ask_pipe(request, each)
        else:
            reply = _ask(request, each)
        if reply is not None:
            return reply
    return None


def is_peer_this_user(connection: socket.socket) -> bool:
    """Whether the other end of a local connection is a process of this user. Checked on Linux only."""
    if sys.platform != "linux":
        return True  # The folder is private.
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return bool(struct.unpack("3i", credentials)[1] == os.getuid())


def _ask(request: dict[str, Any], path: str) -> dict[str, Any] | None:
    """Ask one socket; None if no process listens there, or one of another user."""
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            state = os.stat(path)  # noqa: PTH116  # the name of a socket is a str
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
    """Backdrop's folder in XDG_RUNTIME_DIR, or in /run/user; empty if neither belongs to this user."""
    given = Path(os.environ.get("XDG_RUNTIME_DIR") or "relative")
    own = [
        folder
        for folder in (given, _default_session_folder())
        if folder.is_absolute() and _belongs_to_user(folder)
    ]
    return [own[0] / "backdrop"] if own else []


def _default_session_folder() -> Path:
    return _SESSION_FOLDERS / str(os.getuid())


def _belongs_to_user(folder: Path) -> bool:
    try:
        state = folder.stat()
    except OSError:
        return False
    return stat.S_ISDIR(state.st_mode) and state.st_uid == os.getuid()


def _temporary_folder() -> Path:
    """A folder for a user without write permission in their home folder."""
    return Path(tempfile.gettempdir()) / f"backdrop-{os.getuid()}"


def _make_private(folder: Path) -> bool:
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


def _pipe_name() -> str:
    return f"backdrop-{getpass.getuser()}"
