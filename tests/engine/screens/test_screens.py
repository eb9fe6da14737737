"""What is a screen or a window, and where none can be shown."""

from __future__ import annotations

import sys

import pytest

from app.engine.core.errors import BackdropError
from app.engine.screens.screens import is_spec, list_targets, open_grabber, parse_spec


@pytest.mark.parametrize(
    ("spec", "parts"),
    [
        ("screen", ("screen", "1")),
        ("screen:2", ("screen", "2")),
        ("screen:07", ("screen", "7")),
        ("window:My: talk ", ("window", "My: talk")),
    ],
)
def test_spec_has_a_kind_and_a_name(spec: str, parts: tuple[str, str]) -> None:
    assert is_spec(spec) and parse_spec(spec) == parts


@pytest.mark.parametrize(
    "spec", ["", "tv", "screen:0", "screen:x", "screen:100", "screen:²", "window:", "window: "]
)
def test_other_spec_is_refused(spec: str) -> None:
    with pytest.raises(BackdropError, match="is not a screen or a window"):
        parse_spec(spec)


@pytest.mark.parametrize("text", ["screens", "a screen", "windows:x", "#112233", "beach.jpg"])
def test_other_text_is_no_spec(text: str) -> None:
    assert not is_spec(text)


@pytest.mark.parametrize(
    ("platform", "environment", "sentence"),
    [
        ("linux", {"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, "On Wayland, Backdrop cannot"),
        ("linux", {"XDG_SESSION_TYPE": "wayland", "DISPLAY": ":0"}, "On Wayland, Backdrop cannot"),
        ("linux", {}, "There is no screen here"),
        ("win32", {"DISPLAY": ":0"}, "On this system, Backdrop cannot"),
        ("darwin", {"DISPLAY": ":0"}, "On this system, Backdrop cannot"),
    ],
)
def test_session_without_x11_is_told_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, platform: str, environment: dict[str, str], sentence: str
) -> None:
    for name in ("WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    for use in (list_targets, lambda: open_grabber("screen"), lambda: open_grabber("window:x")):
        with pytest.raises(BackdropError, match=sentence):
            use()
