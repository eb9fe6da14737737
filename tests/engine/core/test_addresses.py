"""Addresses are shown without user, password, token and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.engine.core.addresses import without_secrets
from app.engine.core.errors import BackdropError, Message

SHOWN = {
    "rtsp://ann:geheim@10.0.0.7:554/live": "rtsp://10.0.0.7:554/live",
    "RTSPS://ann:geheim@cam/live": "RTSPS://cam/live",
    "http://geheim@cam/x.mjpg": "http://cam/x.mjpg",
    "https://ann:geh@eim@cam/x": "https://cam/x",
    "https://ann:geh/eim@cam/x": "https://cam/x",
    "https://ann:geh%2Feim@[fe80::1]:80/x": "https://[fe80::1]:80/x",
    "rtmp://ann:ge heim'\"@cam/live": "rtmp://cam/live",
    "http://cam/x?channel=2&token=geheim": "http://cam/x?channel=2&token=***",
    "http://cam/x?API_KEY=geheim&size=2#access_token=geheim": "http://cam/x?API_KEY=***&size=2#access_token=***",
    "http://cam/cgi?usr=ann&pwd=geheim": "http://cam/cgi?usr=***&pwd=***",
    "http://cam/x?password=geheim%26geheim": "http://cam/x?password=***",
    "rtsp://cam/user=ann&password=geheim&channel=1": "rtsp://cam/user=***&password=***&channel=1",
    "srt://cam:9000?passphrase=geheim&latency=20": "srt://cam:9000?passphrase=***&latency=20",
    "http:/ann:geheim@cam/x": "http:/cam/x",
    "cannot open 'rtsp://ann:geheim@cam/x' nor http://b:geheim@cam/y, sorry": (
        "cannot open 'rtsp://cam/x' nor http://cam/y, sorry"
    ),
}
UNCHANGED = [
    "",
    "camera:Acme: Cam",
    "/home/ann/a:b@c.mp4",
    "C:\\Users\\ann@work\\a.mp4",
    "http://cam:8080/shots/me@home.jpg",
    "http://[::1]:8080/a?b=c",
    "http://cam/x?channel=1&stream=0",
    "password=hunter is no address",
]


@pytest.mark.parametrize(("text", "shown"), SHOWN.items())
def test_address_is_shown_without_secrets(text: str, shown: str) -> None:
    assert without_secrets(text) == shown
    assert without_secrets(shown) == shown


@pytest.mark.parametrize("text", UNCHANGED)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert without_secrets(text) == text


@pytest.mark.parametrize("value", [*SHOWN, Path("rtsp://ann:geheim@cam/x"), OSError("http://a:geheim@cam/x")])
def test_message_and_its_values_hold_no_secret(value: object) -> None:
    error = BackdropError("'{path}' does not answer.", path=value)
    assert "geheim" not in str(error)
    assert "geheim" not in str(error.message.values), "the window formats them again"
    assert "geheim" not in Message(f"{value} does not answer.")


def test_message_keeps_values_without_secrets() -> None:
    path, inner = Path("talk.mp4"), Message("the disk is {state}", state="full")
    message = Message("'{path}': {reason}, {count}.", path=path, reason=inner, count=3)
    assert message.values["path"] is path and message.values["reason"] is inner
    assert message == "'talk.mp4': the disk is full, 3."
