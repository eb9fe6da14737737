"""The control socket: requests of `ctl` and of a second start, and the replies."""

from __future__ import annotations

import json
import stat
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PySide6.QtNetwork import QLocalSocket

from app.control import ask
from app.engine.core.errors import BackdropError
from app.engine.core.types import Stats
from app.engine.looks.registry import PARAMETERS, PRESETS
from app.settings import StoredSettings
from app.ui import application as window_module
from app.ui.remote_commands import RemoteCommands
from app.ui.services.remote_server import RemoteServer
from tests.frames import read_bgr
from tests.pdfs import RED, write_pdf
from tests.ui.views.backgrounds.test_background_gallery import paint

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.ui.desk import Desk


@pytest.fixture
def name(tmp_path: Path) -> str:
    return f"backdrop-test-{tmp_path.name}" if sys.platform == "win32" else str(tmp_path / "ctl.socket")


def asked(qtbot: QtBot, request: dict[str, Any], name: str) -> dict[str, Any]:
    """The reply to a request from another thread, as `ctl` sends it."""
    got: list[dict[str, Any] | None] = []
    thread = threading.Thread(target=lambda: got.append(ask(request, name)))
    thread.start()
    qtbot.waitUntil(lambda: not thread.is_alive())
    assert got[0] is not None
    return got[0]


@pytest.fixture
def running(desk: Desk, name: str) -> Desk:
    window = desk.open()
    remote = RemoteServer(RemoteCommands(window).answer, window)
    assert remote.listen(name)
    return desk


def test_request_without_running_backdrop_returns_none(qtbot: QtBot, name: str) -> None:
    assert ask({"command": "status"}, name) is None


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe has no mode")
def test_control_socket_is_private_to_user(running: Desk, name: str) -> None:
    assert stat.S_IMODE(Path(name).stat().st_mode) & 0o077 == 0


def test_ctl_on_off_toggle(running: Desk, name: str) -> None:
    model = running.window.model
    for command, is_on in (("off", False), ("off", False), ("toggle", True), ("toggle", False), ("on", True)):
        reply = asked(running.qtbot, {"command": command}, name)
        assert reply["ok"] and reply["on"] == is_on == model.is_on


def test_status(running: Desk, name: str) -> None:
    running.deliver_stats(Stats(fps=29.96, latency_ms=12.34, source="Studio camera", outputs=("Backdrop",)))
    assert asked(running.qtbot, {"command": "status"}, name) == {
        "ok": True,
        "on": True,
        "effect": "blur",
        "background": "",
        "looks": {},
        "people": "everyone",
        "profile": "",
        "source": "Studio camera",
        "outputs": ["Backdrop"],
        "fps": 30.0,
        "latency_ms": 12.3,
        "message": "",
    }


def test_status_of_switched_off_or_resting_camera_has_no_speed(running: Desk, name: str) -> None:
    running.deliver_stats(Stats(fps=25.0, latency_ms=12.0, is_camera_released=True))
    status = asked(running.qtbot, {"command": "status"}, name)
    assert (status["fps"], status["latency_ms"]) == (0, 0)
    running.deliver_stats(Stats(fps=25.0, latency_ms=12.0))
    assert asked(running.qtbot, {"command": "status"}, name)["fps"] == 25
    assert asked(running.qtbot, {"command": "off"}, name)["fps"] == 0


def test_effect_by_name_title_or_alias_in_any_case(running: Desk, name: str) -> None:
    for text, effect in (
        ("none", "none"),
        ("BLUR", "blur"),
        ("Portrait blur", "lens"),
        ("portrait-blur", "lens"),
        ("Lens", "lens"),
        ("color", "colour"),
        ("COLOUR", "colour"),
        ("Transparent", "transparent"),
    ):
        assert asked(running.qtbot, {"command": "effect", "name": text}, name)["effect"] == effect
        assert running.settings.effect.name == effect


def test_background_is_in_use_when_the_reply_comes(running: Desk, name: str) -> None:
    garden = paint(running.folder / "ours" / "backgrounds" / "my-garden.jpg")
    refused = asked(running.qtbot, {"command": "effect", "name": "image"}, name)
    assert refused == {
        "ok": False,
        "message": "Choose a picture in the window first, or say which by its name.",
    }
    for alias in ("my-garden", "My Garden", "MY_GARDEN", "my-garden.jpg"):
        reply = asked(running.qtbot, {"command": "effect", "name": alias}, name)
        assert (reply["effect"], reply["background"]) == ("image", "My garden")
        assert running.settings.effect.values.get("file") == str(garden)
        assert asked(running.qtbot, {"command": "effect", "name": "blur"}, name)["background"] == ""
    assert asked(running.qtbot, {"command": "effect", "name": "Image"}, name)["background"] == "My garden"


def test_broken_background_is_refused_and_effect_stays(running: Desk, name: str) -> None:
    broken = running.folder / "own" / "broken.jpg"
    broken.parent.mkdir(parents=True)
    broken.write_bytes(b"nothing")
    reply = asked(running.qtbot, {"command": "effect", "name": "broken"}, name)
    assert not reply["ok"] and "broken.jpg" in reply["message"]
    assert running.settings.effect.name == "blur"


def test_looks_are_chosen_by_preset_and_by_value(running: Desk, name: str) -> None:
    def look(text: str) -> dict[str, Any]:
        return asked(running.qtbot, {"command": "look", "name": text}, name)

    assert look("dark-room")["looks"] == PRESETS["Dark room"]
    assert running.settings.looks == PRESETS["Dark room"]
    assert look("exposure=0.5")["looks"] == {**PRESETS["Dark room"], "exposure": 0.5}
    for wrong, told in (
        ("sunny", "'sunny' is not a look"),
        ("exposure=9", "Exposure must be a number"),
        ("exposure=x", "needs a number"),
        ("shine=1", "There is no look 'shine'"),
    ):
        reply = look(wrong)
        assert not reply["ok"] and told in reply["message"]
    assert running.settings.looks["exposure"] == 0.5, "a refused look changes nothing"
    assert look("exposure=0")["looks"] == {k: v for k, v in PRESETS["Dark room"].items() if k != "exposure"}
    assert look("None")["looks"] == {} == running.settings.looks


def test_refusal_and_list_name_what_there_is(running: Desk, name: str) -> None:
    paint(running.folder / "ours" / "backgrounds" / "my-garden.jpg")
    running.window.model.save_profile("Work")
    refused = asked(running.qtbot, {"command": "effect", "name": "sparkle"}, name)
    assert not refused["ok"] and refused["message"] == (
        "There is no effect or background 'sparkle': the effects are none, blur, lens, colour, image, video, "
        "slides, screen, transparent; the backgrounds are My garden."
    )
    assert asked(running.qtbot, {"command": "list"}, name) == {
        "ok": True,
        "effects": ["none", "blur", "lens", "colour", "image", "video", "slides", "screen", "transparent"],
        "backgrounds": ["My garden"],
        "profiles": ["Work"],
        "looks": [*PRESETS, "none", *PARAMETERS],
    }
    assert asked(running.qtbot, {"command": "profile", "name": "WORK"}, name)["profile"] == "Work"
    assert (
        "Saved profiles: Work" in asked(running.qtbot, {"command": "profile", "name": "x"}, name)["message"]
    )


@pytest.mark.skipif(sys.platform != "linux", reason="tells the user of the other end")
def test_request_of_another_user_is_refused(
    running: Desk, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.ui.services.remote_server.is_peer_this_user", lambda connection: False)
    failed: list[str] = []

    def attempt() -> None:
        try:
            ask({"command": "off"}, name)
        except BackdropError as error:
            failed.append(str(error))

    thread = threading.Thread(target=attempt)
    thread.start()
    running.qtbot.waitUntil(lambda: not thread.is_alive())
    assert failed == ["Backdrop runs, but does not answer."] and running.window.model.is_on


def test_window_answers_under_every_name_it_listens_on(running: Desk, tmp_path: Path, name: str) -> None:
    window = running.window
    remote = RemoteServer(RemoteCommands(window).answer, window)
    names = [f"{name}{number}" for number in (2, 3, 4)]
    assert all(remote.listen(each) for each in names)
    assert all(asked(running.qtbot, {"command": "status"}, each)["ok"] for each in names)
    remote.close()
    assert [ask({"command": "status"}, each) for each in names] == [None] * 3


def test_snapshot_is_written(
    running: Desk, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.ui.controllers.recording.pictures_folder", lambda: tmp_path / "Pictures")
    refused = {"ok": False, "message": "There is no picture to keep while the camera is not shown."}
    assert asked(running.qtbot, {"command": "snapshot"}, name) == refused
    with running.qtbot.waitSignal(running.window._engine_bridge.composite_ready):
        running.engine.show(np.full((36, 64, 3), (1, 2, 3), np.uint8))
    files = [asked(running.qtbot, {"command": "snapshot"}, name)["file"] for _ in range(2)]
    assert len(set(files)) == 2
    assert (read_bgr(Path(files[0])) == (1, 2, 3)).all()
    running.window.model.switch(False)
    assert asked(running.qtbot, {"command": "snapshot"}, name) == refused
    running.window.model.switch(True)
    (tmp_path / "file").touch()
    monkeypatch.setattr(
        "app.ui.controllers.recording.pictures_folder", lambda: tmp_path / "file" / "Pictures"
    )
    reply = asked(running.qtbot, {"command": "snapshot"}, name)
    assert reply["message"].startswith("Nothing can be kept in ")


@pytest.mark.parametrize("line", [b"hello\n", b"[1]\n", b"\xff\n", b'{"command": "dance"}\n', b"{}\n"])
def test_malformed_request_is_refused(running: Desk, name: str, line: bytes) -> None:
    socket = QLocalSocket()
    socket.connectToServer(name)
    socket.write(line)
    running.qtbot.waitUntil(socket.canReadLine)
    assert json.loads(bytes(socket.readLine().data()))["ok"] is False


def test_unterminated_request_is_disconnected(running: Desk, name: str) -> None:
    socket = QLocalSocket()
    socket.connectToServer(name)
    socket.write(b"x" * 10_000)
    running.qtbot.waitUntil(lambda: socket.state() == QLocalSocket.LocalSocketState.UnconnectedState)


def test_second_start_raises_first_window(
    running: Desk, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    window = running.window
    window.hide()
    status: list[int] = []
    thread = threading.Thread(
        target=lambda: status.append(window_module.run(StoredSettings(), tmp_path / "other.json", name))
    )
    thread.start()
    running.qtbot.waitUntil(lambda: status == [0])
    assert window.isVisible()
    assert capsys.readouterr().out == "Backdrop is running already; its window is in front now.\n"
    assert len(running.engines) == 1


def test_stale_socket_is_replaced(desk: Desk, name: str) -> None:
    if sys.platform != "win32":
        import socket

        left = socket.socket(socket.AF_UNIX)
        left.bind(name)
        left.close()
        assert Path(name).exists()
    window = desk.open()
    assert RemoteServer(RemoteCommands(window).answer, window).listen(name)
    assert asked(desk.qtbot, {"command": "status"}, name)["ok"]


def test_unresponsive_backdrop_is_reported(desk: Desk, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.control.REPLY_TIMEOUT_S", 0.05)
    window = desk.open()
    RemoteServer(lambda request, reply: None, window).listen(name)
    failed: list[str] = []

    def attempt() -> None:
        try:
            ask({"command": "status"}, name)
        except BackdropError as error:
            failed.append(str(error))

    thread = threading.Thread(target=attempt)
    thread.start()
    desk.qtbot.waitUntil(lambda: failed == ["Backdrop runs, but does not answer."])


def test_next_previous_and_page_turn_the_slides(running: Desk, name: str, tmp_path: Path) -> None:
    refused = asked(running.qtbot, {"command": "next"}, name)
    assert not refused["ok"] and refused["message"].startswith("No slides are shown")
    assert "page" not in asked(running.qtbot, {"command": "status"}, name)
    slides = write_pdf(tmp_path / "talk.pdf", (RED,) * 12)
    running.window.slides.choose(slides)
    running.qtbot.waitUntil(lambda: running.settings.effect.name == "slides")
    running.deliver_stats(Stats(pages=12))
    for request, page in (
        ({"command": "next"}, 2),
        ({"command": "next"}, 3),
        ({"command": "previous"}, 2),
        ({"command": "page", "name": "12"}, 12),
        ({"command": "next"}, 12),
        ({"command": "page", "name": "1"}, 1),
        ({"command": "previous"}, 1),
    ):
        reply = asked(running.qtbot, request, name)
        assert (reply["ok"], reply["page"], reply["pages"], reply["background"]) == (True, page, 12, "talk")
        assert running.settings.effect.values["page"] == page
    for missing in ("0", "13", "two", "", "1.5", "9" * 30):
        refused = asked(running.qtbot, {"command": "page", "name": missing}, name)
        assert refused == {"ok": False, "message": f"There is no page {missing}: the last one is 12."}
    assert asked(running.qtbot, {"command": "effect", "name": "blur"}, name)["effect"] == "blur"
    assert asked(running.qtbot, {"command": "effect", "name": "Slides"}, name)["effect"] == "slides"


def test_ctl_effect_slides_without_slides_is_refused(running: Desk, name: str) -> None:
    assert asked(running.qtbot, {"command": "effect", "name": "slides"}, name) == {
        "ok": False,
        "message": "Choose slides in the window first, or say which by its name.",
    }


def test_name_tag_is_shown_and_hidden(running: Desk, name: str) -> None:
    refused = asked(running.qtbot, {"command": "tag", "name": "show"}, name)
    assert not refused["ok"] and refused["message"].startswith("There is no name for the name tag")
    running.window.model.use_presenter("tag", "name", "Ada")
    running.window.model.save_profile("Talk")
    for word, shown in (("hide", 0.0), ("show", 1.0), ("hide", 0.0)):
        reply = asked(running.qtbot, {"command": "tag", "name": word}, name)
        assert reply["ok"] and reply["profile"] == "Talk"
        assert running.settings.presenter.tag == {"name": "Ada", "shown": shown}
    refused = asked(running.qtbot, {"command": "tag", "name": "up"}, name)
    assert refused == {"ok": False, "message": "The name tag can be told to show or hide, not 'up'."}


def test_people_are_shown_by_name_or_number(running: Desk, name: str) -> None:
    for text, people, count in (("main", "main", 1), ("3", "main", 3), ("everyone", "everyone", 3)):
        assert asked(running.qtbot, {"command": "people", "name": text}, name)["people"] == people
        matte = running.window.model.settings.matte
        assert (matte.people, matte.people_count) == (people, count)
    refused = asked(running.qtbot, {"command": "people", "name": "nobody"}, name)
    assert not refused["ok"] and "everyone, main or a number" in refused["message"]
