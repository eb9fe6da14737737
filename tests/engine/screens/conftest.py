"""An X server and programs with windows, for the tests of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.engine.screens.screens import open_grabber
from tests.engine.screens.x_world import Program, use_display, wait_for_feeds, x_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.engine.core.types import Picture
    from app.engine.screens.grabber import Grabber


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with x_server() as display:
        yield display


@pytest.fixture
def display(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The display of this session, as the environment tells it."""
    use_display(server, monkeypatch)
    yield server
    wait_for_feeds()


@pytest.fixture
def start(display: str) -> Iterator[Callable[..., Program]]:
    """Starts programs, which end with the test."""
    programs: list[Program] = []

    def program(name: str = "other", pid: int = 1) -> Program:
        programs.append(Program(display, name, pid))
        return programs[-1]

    yield program
    for each in programs:
        each.end()


@pytest.fixture
def grab(display: str) -> Iterator[Callable[[str], Picture]]:
    """Takes a picture of a screen or a window, with the same grabber for the same name."""
    grabbers: dict[str, Grabber] = {}

    def picture(spec: str = "screen") -> Picture:
        if spec not in grabbers:
            grabbers[spec] = open_grabber(spec)
        return grabbers[spec].grab()

    yield picture
    for each in grabbers.values():
        each.close()
