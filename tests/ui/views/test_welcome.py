"""The welcome dialog: findings, commands that fix them, and what to do in the call program."""

from __future__ import annotations

import signal
import threading
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel

from app.engine.core.errors import Message
from app.engine.devices.distributions import LOAD
from app.settings import StoredSettings, WindowSettings, load_stored
from app.ui import application as window_module
from app.ui.main_window import Window
from app.ui.services.task_runner import TaskRunner
from app.ui.views.welcome import Welcome, examine_all
from tests.fakes import FakeEngine
from tests.ui.desk import Desk, child, library_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.engine.core.settings import Settings
    from app.ui.models.background_library import BackgroundLibrary


@dataclass
class Found:
    id: str
    ok: bool
    text: str
    commands: tuple[str, ...] = ()


COMMANDS = ("sudo apt install v4l2loopback-dkms", LOAD)
ADVICE = Message("run {first}, then {second}", first=COMMANDS[0], second=COMMANDS[1])
GOOD = [Found("camera", True, "Studio camera"), Found("virtual-camera", True, "Backdrop")]
BAD = [
    Found("camera", False, "none found: plug one in. Until then the demo plays."),
    Found("virtual-camera", False, Message("none found: {advice}", advice=ADVICE), COMMANDS),
    Found("network", True, "SINet; 2 installed"),
]


@pytest.fixture
def guide(qtbot: QtBot) -> Callable[..., Welcome]:
    def make(findings: list[Found]) -> Welcome:
        welcome = Welcome(TaskRunner(), lambda: findings)
        qtbot.addWidget(welcome)
        welcome.show()
        welcome.examine()
        assert not welcome.again.isEnabled()
        qtbot.waitUntil(welcome.again.isEnabled)
        assert welcome.steps["network"].isVisible() == any(f.id == "network" and not f.ok for f in findings)
        return welcome

    return make


def test_welcome_shows_all_findings_good(guide: Callable[..., Welcome]) -> None:
    welcome = guide(GOOD)
    assert welcome.steps["camera"].text.text() == "Camera: Studio camera."
    assert welcome.steps["camera"].sign.text() == "✓"
    assert not welcome.fix.isVisible()
    assert welcome.ending.text() == "Choose Backdrop as the camera in your call."


def test_welcome_shows_missing_part_with_command(guide: Callable[..., Welcome], qtbot: QtBot) -> None:
    welcome = guide(BAD)
    camera, virtual = welcome.steps["camera"], welcome.steps["virtual-camera"]
    assert camera.sign.text() == virtual.sign.text() == "!"
    assert camera.text.text() == "Camera: None found: plug one in. Until then the demo plays."
    assert ADVICE in virtual.text.text()
    assert welcome.ending.text().startswith("Once there is a virtual camera, ")
    qtbot.mouseClick(welcome.fix, Qt.MouseButton.LeftButton)
    assert welcome.fix.text() == "&Copied: paste it into a terminal"
    assert QGuiApplication.clipboard().text() == (
        "sudo apt install v4l2loopback-dkms && "
        "sudo modprobe v4l2loopback exclusive_caps=1 card_label=Backdrop"
    )


@pytest.mark.parametrize("factor", [1, 2])
def test_welcome_text_is_whole_at_any_font_size(
    guide: Callable[..., Welcome], qapp: QApplication, factor: int
) -> None:
    before = qapp.font()
    larger = qapp.font()
    larger.setPointSizeF(factor * before.pointSizeF())
    qapp.setFont(larger)
    try:
        welcome = guide(BAD)
        QApplication.processEvents()
        content, viewport = welcome._scroll.widget(), welcome._scroll.viewport()
        assert content is not None and content.width() <= viewport.width()
        for label in content.findChildren(QLabel):
            if label.isVisible():
                assert label.height() >= label.heightForWidth(label.width())
    finally:
        qapp.setFont(before)


def test_welcome_check_again_updates_findings(guide: Callable[..., Welcome], qtbot: QtBot) -> None:
    welcome = guide(BAD)
    welcome._examine = lambda: GOOD
    qtbot.mouseClick(welcome.again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: welcome.steps["virtual-camera"].sign.text() == "✓")
    assert not welcome.fix.isVisible()


def test_welcome_shows_findings_of_doctor() -> None:
    assert {"camera", "virtual-camera", "network"} <= {finding.id for finding in examine_all()}


def test_welcome_opens_from_panel(desk: Desk) -> None:
    window = desk.open()
    window.startup.examine = lambda: GOOD
    window.panel.check.click()
    welcome = child(window, Welcome)
    assert welcome.isVisible() and welcome.isModal()
    desk.qtbot.waitUntil(welcome.again.isEnabled)
    desk.qtbot.mouseClick(welcome.done_button, Qt.MouseButton.LeftButton)
    assert window.model.stored.window.is_welcomed


@pytest.mark.parametrize(("findings", "sends"), [(GOOD, "auto"), (BAD, "")])
def test_first_welcome_switches_virtual_camera_on(desk: Desk, findings: list[Found], sends: str) -> None:
    window = desk.open()
    window.startup.examine = lambda: findings
    for _ in range(2):
        window.startup.show_welcome()
        welcome = window.findChildren(Welcome)[-1]
        desk.qtbot.waitUntil(welcome.again.isEnabled)
        welcome.accept()
        assert desk.settings.output.virtual_camera == sends
        window.model.use_virtual_camera(False)
        sends = ""  # from then on the user decides


def test_welcome_shows_each_finding_at_once(qtbot: QtBot) -> None:
    go_on = threading.Event()

    def slowly() -> Iterator[Found]:
        yield GOOD[0]
        go_on.wait(20)
        yield GOOD[1]

    welcome = Welcome(TaskRunner(), slowly)
    qtbot.addWidget(welcome)
    welcome.examine()
    qtbot.waitUntil(lambda: welcome.steps["camera"].sign.text() == "✓")
    assert welcome.steps["virtual-camera"].sign.text() == "…" and not welcome.again.isEnabled()
    go_on.set()
    qtbot.waitUntil(welcome.again.isEnabled)
    assert welcome.has_virtual_camera


def test_welcome_is_shown_once(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[bool] = []
    windows: list[Window] = []

    def open_window(
        kept: StoredSettings, path: Path, library: BackgroundLibrary, stored: StoredSettings | None
    ) -> Window:
        def make(settings: Settings, tell: Callable[[], None]) -> FakeEngine:
            return FakeEngine(settings, tell)

        windows.append(Window(kept, path, make, list, list, library_in(tmp_path), lambda: GOOD))
        return windows[-1]

    def look() -> None:
        welcome = windows[-1].findChild(Welcome)
        if welcome is not None and welcome.has_virtual_camera is None:
            QTimer.singleShot(20, look)  # Closed now, it would come again.
            return
        shown.append(welcome is not None)
        if welcome is not None:
            welcome.accept()
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(window_module, "Window", open_window)
    path = tmp_path / "settings.json"
    for _ in range(2):
        QTimer.singleShot(100, look)
        assert window_module.run(load_stored(path), path, str(tmp_path / "socket")) == 0
    assert shown == [True, False]


def test_welcome_closed_during_the_check_takes_no_more_findings(qtbot: QtBot) -> None:
    """The dialog is deleted while its findings are still being made."""
    go_on, ended = threading.Event(), threading.Event()

    def examine() -> Iterator[Found]:
        yield GOOD[0]
        go_on.wait(20)
        yield GOOD[1]
        ended.set()

    welcome = Welcome(TaskRunner(), examine)
    welcome.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    welcome.open()
    welcome.examine()
    deleted: list[bool] = []
    welcome.destroyed.connect(lambda: deleted.append(True))
    welcome.accept()
    qtbot.waitUntil(lambda: bool(deleted))
    go_on.set()
    qtbot.waitUntil(lambda: all(not t.name.startswith("backdrop-task") for t in threading.enumerate()))
    QApplication.processEvents()
    assert not ended.is_set(), "the generator stops once the dialog is closed"


@pytest.mark.parametrize(("findings", "sends"), [(GOOD, "auto"), (BAD, "")])
def test_welcome_closed_at_once_switches_virtual_camera_on_and_comes_again(
    desk: Desk, findings: list[Found], sends: str
) -> None:
    window = desk.open()
    go_on, begun = threading.Event(), []

    def examine() -> Iterator[Found]:
        begun.append(True)
        go_on.wait(20)
        yield from findings

    window.startup.examine = examine
    window.startup.show_welcome()
    child(window, Welcome).reject()
    assert not window.model.stored.window.is_welcomed, "it was not read"
    go_on.set()
    desk.qtbot.waitUntil(lambda: len(begun) == 2 and desk.settings.output.virtual_camera == sends)
    desk.qtbot.waitUntil(lambda: all(not t.name.startswith("backdrop-task") for t in threading.enumerate()))
    QApplication.processEvents()
    assert desk.settings.output.virtual_camera == sends
    assert not window.model.stored.window.is_welcomed


def test_welcome_never_shrinks_and_shows_all_of_each_finding(guide: Callable[..., Welcome]) -> None:
    welcome = guide(GOOD)
    for findings in (BAD, GOOD, BAD):
        before = welcome.height()
        welcome._examine = partial(iter, findings)
        welcome.examine()
        assert welcome.height() >= before
        while not welcome.again.isEnabled():
            QApplication.processEvents()
        QApplication.processEvents()
        assert welcome.height() >= before
        for step in welcome.steps.values():
            if step.isVisible():
                assert step.text.height() >= step.text.heightForWidth(step.text.width())
        assert welcome.fix.isVisible() == (findings is BAD)
        if welcome.fix.isVisible():
            assert welcome.fix.height() >= welcome.fix.sizeHint().height()


def test_welcome_opened_again_ends_with_close(desk: Desk) -> None:
    window = desk.open(StoredSettings(window=WindowSettings(is_welcomed=True)))
    window.startup.examine = lambda: GOOD
    window.panel.check.click()
    assert child(window, Welcome).done_button.text() == "C&lose"
