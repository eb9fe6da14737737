"""Where the window listens, and how any login of the same user finds it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import stat
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app import control
from app.control import ask, sockets_to_listen_on, sockets_to_try, use_private_runtime_folder
from app.engine.core.errors import BackdropError

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has one pipe for each user")


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A session, a home and a folder for temporary files of the test's own.

    Their names are short, because the path of a socket is limited to 100 bytes.
    """
    folder = Path(tempfile.mkdtemp(prefix="ctl-"))
    for name in ("session", "other", "temporary"):
        (folder / name).mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder / "session"))
    monkeypatch.setattr(control, "_SESSION_FOLDERS", folder / "sessions")
    monkeypatch.setattr(control, "cache_folder", lambda: folder / "home" / "cache")
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(folder / "temporary"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


class Listener:
    """Answers every request under some names, as the window does."""

    def __init__(self, names: list[str], reply: bytes = b'{"ok": true}\n') -> None:
        self.requests: list[object] = []
        self._reply = reply
        self._servers = [socket.socket(socket.AF_UNIX) for _ in names]
        for server, name in zip(self._servers, names, strict=True):
            server.bind(name)
            server.listen()
            threading.Thread(target=self._serve, args=(server,), daemon=True).start()

    def _serve(self, server: socket.socket) -> None:
        while True:
            try:
                connection = server.accept()[0]
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                line = stream.readline()
                if line:  # Empty if the other end has refused.
                    self.requests.append(json.loads(line))
                    connection.sendall(self._reply)

    def close(self) -> None:
        for server in self._servers:
            server.shutdown(socket.SHUT_RDWR)
            server.close()


@pytest.fixture
def listening(places: Path) -> Iterator[Listener]:
    made = Listener(sockets_to_listen_on())
    yield made
    made.close()


@pytest.mark.parametrize("other", [None, "", "other", "missing", "file", "relative/path"])
def test_login_with_another_runtime_folder_finds_window(
    listening: Listener, places: Path, monkeypatch: pytest.MonkeyPatch, other: str | None
) -> None:
    (places / "file").touch()
    if other is None:
        monkeypatch.delenv("XDG_RUNTIME_DIR")
    else:
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(places / other) if other and "/" not in other else other)
    assert ask({"command": "status"}) == {"ok": True}
    assert listening.requests == [{"command": "status"}]


@pytest.mark.parametrize("given", [None, "", "missing", "file"])
def test_window_without_runtime_folder_is_found_from_session(
    places: Path, monkeypatch: pytest.MonkeyPatch, given: str | None
) -> None:
    (places / "file").touch()
    if given is None:
        monkeypatch.delenv("XDG_RUNTIME_DIR")
    else:
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(places / given) if given else given)
    listener = Listener(sockets_to_listen_on())
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(places / "session"))
    assert ask({"command": "on"}) == {"ok": True}
    listener.close()
    assert not (places / "missing").exists(), "a session's folder is not ours to make"


def test_window_from_another_login_is_found_without_common_home(
    places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = places / "sessions" / str(os.getuid())
    usual.mkdir(parents=True, mode=0o700)
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    listener = Listener(sockets_to_listen_on())
    monkeypatch.setattr(control, "cache_folder", lambda: places / "other" / "cache")
    for session in (str(usual), ""):
        monkeypatch.setenv("XDG_RUNTIME_DIR", session)
        assert ask({"command": "on"}) == {"ok": True}
    listener.close()


def test_stale_sockets_are_ignored(places: Path) -> None:
    names = sockets_to_listen_on()
    assert len(names) == 2
    stale = socket.socket(socket.AF_UNIX)
    stale.bind(names[0])
    stale.close()
    assert ask({"command": "status"}) is None
    listener = Listener(names[1:])
    assert ask({"command": "status"}) == {"ok": True}
    listener.close()


def test_file_in_place_of_socket_is_ignored(places: Path) -> None:
    for name in sockets_to_listen_on():
        Path(name).write_text("nothing")
    assert ask({"command": "status"}) is None


def test_folder_of_socket_is_private(places: Path) -> None:
    (places / "session" / "backdrop").mkdir()
    (places / "session" / "backdrop").chmod(0o777)
    for name in sockets_to_listen_on():
        assert stat.S_IMODE(Path(name).parent.stat().st_mode) == 0o700


def test_home_that_cannot_be_written_leaves_other_places(
    places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (places / "home").touch()  # A file in the place of the folder.
    assert sockets_to_listen_on() == [str(places / "session" / "backdrop" / "ctl.socket")]
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(places / "missing"))
    (name,) = sockets_to_listen_on()
    assert Path(name).parent.parent == places / "temporary" and name in sockets_to_try()


def test_link_in_folder_for_temporary_files_is_not_followed(
    places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (places / "home").touch()
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    (places / "temporary" / f"backdrop-{os.getuid()}").symlink_to(places / "other")
    assert sockets_to_listen_on() == []


def test_path_that_is_too_long_for_a_socket_is_skipped(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = places / ("x" * 90)
    long.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(long))
    assert sockets_to_listen_on() == [str(places / "home" / "cache" / "ctl.socket")]
    assert ask({"command": "status"}) is None


def test_socket_of_another_user_is_refused(listening: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    own = os.getuid()
    monkeypatch.setattr("os.getuid", lambda: own + 1)
    assert ask({"command": "off"}, sockets_to_try()[-2]) is None
    monkeypatch.undo()
    assert listening.requests == []


@pytest.mark.skipif(sys.platform != "linux", reason="tells the user of the other end")
def test_socket_that_another_user_listens_on_is_refused(
    listening: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "is_peer_this_user", lambda connection: False)
    assert ask({"command": "off"}) is None
    assert listening.requests == []


@pytest.mark.parametrize("reply", [b"", b"nonsense\n", b'{"ok": tr'])
def test_broken_reply_is_reported(places: Path, reply: bytes) -> None:
    listener = Listener(sockets_to_listen_on(), reply)
    with pytest.raises(BackdropError, match="Backdrop runs, but does not answer"):
        ask({"command": "status"})
    listener.close()


@pytest.mark.skipif(sys.platform != "linux", reason="XDG_RUNTIME_DIR is Linux's")
@pytest.mark.parametrize(("given", "is_replaced"), [("missing", True), ("", True), ("session", False)])
def test_qt_gets_private_runtime_folder(
    places: Path, monkeypatch: pytest.MonkeyPatch, given: str, is_replaced: bool
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(places / given) if given else "")
    use_private_runtime_folder()
    wanted = places / "home" / "cache" if is_replaced else places / "session"
    assert os.environ["XDG_RUNTIME_DIR"] == str(wanted)


@pytest.mark.skipif(sys.platform != "linux", reason="Wayland is Linux's")
def test_runtime_folder_with_display_is_kept(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (places / "session" / "wayland-3").touch()
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-3")
    monkeypatch.setattr(control, "_session_folders", list)
    use_private_runtime_folder()
    assert os.environ["XDG_RUNTIME_DIR"] == str(places / "session")
