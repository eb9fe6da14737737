"""The messages in the banner, and how long each stays."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from app.engine.core.errors import BackdropError, Message
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


def test_provider_that_cannot_be_used_is_told_until_another_is_chosen(desk: Desk) -> None:
    window = desk.open()
    notice = Message(
        "CUDA cannot be used, so the network runs on the CPU: {reason}.",
        reason=Message("NVIDIA's driver is not installed"),
    )
    desk.deliver_stats(replace(RUNNING, notice=notice))
    assert window.banner.text == notice and window.banner.property("severity") == "warning"
    desk.deliver_stats(replace(RUNNING, notice=notice, message=Message("The camera 'A' was unplugged.")))
    assert window.banner.text == "The camera 'A' was unplugged."
    desk.deliver_stats(RUNNING)
    assert window.banner.text == ""


def test_errors_of_libraries_are_shown_without_passwords(desk: Desk) -> None:
    window = desk.open()
    for problem in (
        OSError("Connection refused: 'rtsp://ann:geheim@cam/x'"),
        BackdropError("'{path}' does not answer.", path="http://cam/x?token=geheim"),
        ValueError("http://geheim@cam/x"),
    ):
        window.banner_controller.warn(problem)
        assert "cam/x" in window.banner.text and "geheim" not in window.banner.text


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
