"""A tray that comes later is used; one that goes gives the window back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QSystemTrayIcon

from app.settings import StoredSettings, WindowSettings
from app.ui.controllers.tray.tray import Tray
from app.ui.controllers.tray.tray_watch import TrayWatch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.ui.main_window import Window
    from tests.ui.desk import Desk

IN_TRAY = StoredSettings(window=WindowSettings(closes_to_tray=True, is_welcomed=True))


class Desktop:
    """Says whether there is a tray."""

    has_tray = False


@pytest.fixture
def desktop(monkeypatch: pytest.MonkeyPatch) -> Desktop:
    made = Desktop()
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: made.has_tray))
    return made


def watch(window: Window) -> TrayWatch:
    made = TrayWatch(Tray(window.model, QIcon(), window), window)
    made.changed.connect(window.use_tray)
    made.start()
    return made


@pytest.fixture(autouse=True)
def ended(desk: Desk) -> Iterator[None]:
    """Ends the window, which would otherwise go to the tray when it is closed."""
    yield
    with desk.qtbot.waitSignal(desk.window.closed):
        desk.window.end()


def test_tray_that_comes_later_gets_icon_and_takes_window(desk: Desk, desktop: Desktop) -> None:
    window = desk.open(IN_TRAY)
    watched = watch(window)
    assert not window.panel.closing_to_tray.isVisible() and not watched._tray.icon.isVisible()
    desktop.has_tray = True
    watched._timer.timeout.emit()
    assert window.panel.closing_to_tray.isVisible() and watched._tray.icon.isVisible()
    window.close()
    assert not window.isVisible() and not desk.engine.is_stopped


def test_tray_that_goes_gives_window_back(desk: Desk, desktop: Desktop) -> None:
    window = desk.open(IN_TRAY)
    desktop.has_tray = True
    watched = watch(window)
    window.close()
    assert not window.isVisible()
    desktop.has_tray = False
    watched._timer.timeout.emit()
    assert not window.isVisible(), "the desktop's panel may restart"
    watched._timer.timeout.emit()
    assert window.isVisible() and not window.has_tray
    desktop.has_tray = True
    watched._timer.timeout.emit()
    assert window.has_tray and watched._tray.icon.isVisible()
    window.close()
    assert not window.isVisible()


def test_minimised_start_waits_for_tray(desk: Desk, desktop: Desktop) -> None:
    window = desk.open(IN_TRAY)
    watched = watch(window)
    window.showMinimized()
    window.waits_for_tray = True
    desktop.has_tray = True
    watched._timer.timeout.emit()
    assert not window.isVisible()
