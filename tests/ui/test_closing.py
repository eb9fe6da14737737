"""Closing the window: settings saved, engine stopped, nothing leaked."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication

from app.settings import StoredSettings, WindowSettings, load_settings
from app.ui import application as window_module
from app.ui.main_window import Window
from app.ui.models.background_library import BackgroundLibrary
from tests.fakes import FakeEngine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.engine.core.settings import Settings
    from tests.ui.desk import Desk

WELCOMED = StoredSettings(window=WindowSettings(is_welcomed=True))


def test_settings_are_saved_soon_and_at_close(desk: Desk) -> None:
    window = desk.open()
    desk.click_tile("none")
    assert window._saving.timer.isActive()
    window._saving.timer.timeout.emit()
    desk.qtbot.waitUntil(desk.path.exists)
    assert load_settings(desk.path).effect.name == "none"
    desk.click_tile("transparent")
    desk.close()
    assert load_settings(desk.path).effect.name == "transparent"
    assert desk.engine.is_stopped


def test_checking_the_entry_changes_no_file(desk: Desk) -> None:
    desk.open()
    desk.close()
    assert not desk.path.exists()


def test_unsavable_settings_are_reported(desk: Desk) -> None:
    desk.path.parent.write_text("in the way")
    window = desk.open()
    desk.click_tile("none")
    window._saving.timer.timeout.emit()
    desk.qtbot.waitUntil(lambda: window.banner.text.startswith("The settings cannot be kept in "))
    desk.close()
    assert desk.engine.is_stopped


def test_closing_twice_is_closing_once(desk: Desk) -> None:
    window = desk.open()
    ended = []
    window.closed.connect(lambda: ended.append(True))
    window.closeEvent(QCloseEvent())
    window.closeEvent(QCloseEvent())
    desk.qtbot.waitUntil(lambda: desk.engine.is_stopped and ended == [True])
    desk.qtbot.wait(20)
    assert ended == [True]


@pytest.mark.slow
def test_twenty_windows_leak_nothing(desk: Desk) -> None:
    def left() -> tuple[int, set[str]]:
        return len(QApplication.allWidgets()), {t.name for t in threading.enumerate()}

    desk.open()
    desk.close()
    before = left()
    for _ in range(20):
        desk.open()
        desk.click_tile("colour")
        desk.close()
    desk.qtbot.waitUntil(lambda: left() == before)


@pytest.mark.parametrize("has_tray", [False, True])
def test_minimised_start_does_not_raise_window(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_tray: bool
) -> None:
    windows: list[Window] = []
    seen: list[tuple[bool, bool, bool]] = []

    def open_window(
        kept: StoredSettings, path: Path, library: BackgroundLibrary, stored: StoredSettings | None
    ) -> Window:
        own = BackgroundLibrary(tmp_path, tmp_path / "own", tmp_path / "cache")
        windows.append(Window(kept, path, FakeEngine, list, list, own))
        return windows[-1]

    def add_tray(window: Window, icon: object) -> None:
        window.has_tray = has_tray

    def look() -> None:
        window = windows[0]
        seen.append((window.isVisible(), window.isMinimized(), window._engine_bridge._engine.is_previewed))
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(window_module, "Window", open_window)
    monkeypatch.setattr(window_module, "_add_tray", add_tray)
    QTimer.singleShot(100, look)
    status = window_module.run(
        StoredSettings(), tmp_path / "s.json", str(tmp_path / "socket"), is_minimised=True
    )
    assert status == 0
    assert seen == [(not has_tray, not has_tray, False)], "the window is hidden, so the camera may be closed"


def test_run_ends_cleanly_on_a_signal(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engines: list[FakeEngine] = []

    def open_window(
        kept: StoredSettings, path: Path, library: BackgroundLibrary, stored: StoredSettings | None
    ) -> Window:
        def make(settings: Settings, tell: Callable[[], None]) -> FakeEngine:
            engines.append(FakeEngine(settings, tell))
            return engines[0]

        return Window(
            kept, path, make, list, list, BackgroundLibrary(tmp_path, tmp_path / "own", tmp_path / "cache")
        )

    monkeypatch.setattr(window_module, "Window", open_window)
    before = signal.getsignal(signal.SIGINT)
    QTimer.singleShot(50, lambda: signal.raise_signal(signal.SIGINT))
    assert window_module.run(WELCOMED, tmp_path / "settings.json", str(tmp_path / "socket")) == 0
    assert engines[0].is_stopped
    assert signal.getsignal(signal.SIGINT) is before
    assert not qapp.windowIcon().isNull()


@pytest.mark.slow_after_first
@pytest.mark.parametrize(
    ("moment", "number"),
    [
        ("Window", signal.SIGINT),
        *((moment, signal.SIGTERM) for moment in ("application", "Window", "RemoteServer", "_begin")),
    ],
)
def test_signal_while_the_window_is_built_ends_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    qapp: QApplication,
    moment: str,
    number: signal.Signals,
) -> None:
    windows: list[Window] = []

    def open_window(*args: object, **options: object) -> Window:
        windows.append(Window(WELCOMED, tmp_path / "settings.json", FakeEngine, list, list))
        return windows[-1]

    monkeypatch.setattr(window_module, "Window", open_window)
    usual = getattr(window_module, moment)

    def interrupted(*args: object) -> object:
        signal.raise_signal(number)
        return usual(*args)

    if moment == "Window":
        monkeypatch.setattr(window_module, moment, lambda *args, **options: interrupted())
    else:
        monkeypatch.setattr(window_module, moment, interrupted)
    assert window_module.run(WELCOMED, tmp_path / "settings.json", str(tmp_path / "socket")) == 0
    assert not windows[0].isVisible() and windows[0].is_closing
