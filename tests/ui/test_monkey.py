"""Nothing that is done at random breaks the window or shows the room."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QtMsgType, qInstallMessageHandler

from app.settings import load_stored
from tests.ui.monkey import Monkey
from tests.ui.views.backgrounds.test_background_gallery import paint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.ui.desk import Desk

_GROWTH_MB = 80


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where everything that the window writes goes."""
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    for kind in ("pictures", "videos"):
        monkeypatch.setattr(f"app.ui.controllers.recording.{kind}_folder", lambda: tmp_path / "home")
    return tmp_path


@pytest.fixture
def qt_warnings() -> Iterator[list[str]]:
    """The warnings of Qt, without those of the platform that has no screen."""
    warnings: list[str] = []

    def handle(kind: QtMsgType, context: object, text: str) -> None:
        if kind != QtMsgType.QtDebugMsg and "plugin does not support" not in text:
            warnings.append(text)

    before = qInstallMessageHandler(handle)
    yield warnings
    qInstallMessageHandler(before)


def resident_mb() -> float:
    """The memory of this process; 0 where it is not known."""
    if sys.platform != "linux":
        return 0.0
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096 / 1e6


@pytest.mark.parametrize(
    ("seed", "count"), [(1, 200), pytest.param(2, 2000, marks=pytest.mark.slow)], ids=["short", "long"]
)
def test_random_actions_break_nothing_and_never_show_room(
    desk: Desk, home: Path, qt_warnings: list[str], seed: int, count: int
) -> None:
    good = [paint(home / f"{name}.png") for name in ("beach", "a <b>bold</b> & long name " * 6)]
    broken = home / "broken.mp4"
    broken.write_text("not a video")
    window = desk.open()
    monkey = Monkey(desk, seed, [*good, broken, home / "gone.png"])
    sizes: list[float] = []
    for number in range(count):
        name = monkey.act()
        assert desk.settings.effect.name != "none", f"action {number}, {name}: the room is shown"
        assert desk.settings.is_on, f"action {number}, {name}: the main switch was moved"
        assert window.panel.gallery.tiles["none"].isChecked() is False
        assert not qt_warnings, f"action {number}, {name}"
        if number % (count // 10) == 0:
            sizes.append(resident_mb())
    monkey.stop()
    assert sizes[-1] - sizes[len(sizes) // 2] < _GROWTH_MB, sizes
    desk.qtbot.waitUntil(lambda: not tasks(), timeout=30_000)
    desk.close()
    assert not qt_warnings and desk.engine.is_stopped
    assert load_stored(desk.path).output.recording == ""


def tasks() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("backdrop-task")]
