"""The messages in the banner, and how long each stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from app.engine.core.errors import Message
from app.engine.core.settings import Settings, SourceSettings
from app.engine.core.types import Stats

if TYPE_CHECKING:
    from tests.ui.desk import Desk

DEMO_BANNER = "No camera was found, so the demo plays. Plug one in and choose it here."
RUNNING = Stats(fps=29.7, latency_ms=17.4, source="Studio camera", network="SINet", provider="CPU")


def test_demo_banner_offers_camera_list(desk: Desk) -> None:
    window = desk.open()
    assert window.banner.text == ""
    desk.deliver_stats(Stats(fps=30.0, source="Demo", is_demo=True))
    assert window.banner.text == DEMO_BANNER
    assert window.banner.property("severity") == "notice"
    desk.qtbot.mouseClick(window.banner.findChild(QPushButton, "action"), Qt.MouseButton.LeftButton)
    assert window.panel.camera.view().isVisible()
    window.panel.camera.hidePopup()


def test_chosen_demo_shows_no_banner(desk: Desk) -> None:
    window = desk.open(Settings(source=SourceSettings("demo")))
    desk.deliver_stats(Stats(fps=30.0, source="Demo", is_demo=True))
    assert window.banner.text == ""


def test_engine_message_is_shown_until_fault_ends(desk: Desk) -> None:
    window = desk.open()
    desk.deliver_stats(
        Stats(message=Message("The camera 'A' cannot be opened: another program may be using it."))
    )
    assert window.banner.text == "The camera 'A' cannot be opened: another program may be using it."
    assert window.banner.property("severity") == "warning"
    assert window.status.text() == ""
    desk.deliver_stats(RUNNING)
    assert window.banner.text == ""


def test_dismissed_message_stays_hidden_until_a_new_one(desk: Desk) -> None:
    window = desk.open()
    desk.deliver_stats(Stats(is_demo=True))
    desk.qtbot.mouseClick(window.banner.findChild(QPushButton, "dismiss"), Qt.MouseButton.LeftButton)
    desk.deliver_stats(Stats(is_demo=True))
    assert window.banner.text == ""
    desk.deliver_stats(Stats(is_demo=True, message=Message("Something else.")))
    assert window.banner.text == "Something else."


def test_the_status_line(desk: Desk) -> None:
    window = desk.open()
    window.resize(1200, 640)
    assert window.status.text() == "Starting…"
    desk.deliver_stats(RUNNING)
    assert window.status.text() == (
        "30 frames per second   ·   17 ms delay   ·   SINet on CPU   ·   Studio camera"
    )
