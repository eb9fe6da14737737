"""The feed of a screen: never waited for, the last picture stays, nothing is kept afterwards."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from app.engine.core.errors import BackdropError
from app.engine.screens import screen_feed
from app.engine.screens.grabber import Grabber
from app.engine.screens.screen_feed import ScreenFeed, open_feed
from tests.engine.screens.x_world import wait_for_feeds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.engine.core.types import Picture


class Fake(Grabber):
    """A screen of one level of grey, which counts the pictures that are taken of it."""

    def __init__(self) -> None:
        self.level, self.taken, self.opened, self.closed = 1, 0, 0, 0
        self.error: Exception | None = None
        self.may_answer = threading.Event()
        self.may_answer.set()

    def open(self, spec: str) -> Grabber:
        self.opened += 1
        return self

    def grab(self) -> Picture:
        assert self.may_answer.wait(20)
        if self.error is not None:
            raise self.error
        self.taken += 1
        return np.full((48, 64, 3), self.level, np.uint8)

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def fake() -> Fake:
    return Fake()


@pytest.fixture
def feed(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> Iterator[ScreenFeed]:
    monkeypatch.setattr(screen_feed, "_IDLE_S", 0.3)
    monkeypatch.setattr(screen_feed, "_AGAIN_S", 0.1)
    yield ScreenFeed("screen", fake.open)
    fake.may_answer.set()
    wait_for_feeds()


def until(is_true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not is_true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def level(feed: ScreenFeed) -> int:
    picture = feed.picture(48, 64)
    assert picture.shape == (48, 64, 3) and picture.min() == picture.max()
    return int(picture[0, 0, 0])


def test_prepared_feed_has_a_picture_at_once(feed: ScreenFeed) -> None:
    feed.prepare()
    assert level(feed) == 1 and feed.problem is None


def test_picture_follows_the_screen(feed: ScreenFeed, fake: Fake) -> None:
    feed.prepare()
    fake.level = 7
    until(lambda: level(feed) == 7)


def test_picture_is_never_waited_for(feed: ScreenFeed, fake: Fake) -> None:
    fake.may_answer.clear()
    began = time.monotonic()
    assert level(feed) == 0, "black before the first picture"
    assert time.monotonic() < began + 1
    fake.may_answer.set()
    until(lambda: level(feed) == 1)


def test_picture_that_waits_is_the_newest(feed: ScreenFeed, fake: Fake) -> None:
    for fake.level in (3, 4, 5):
        assert (feed.picture(48, 64, waits=True) == fake.level).all()


def test_pace_is_twelve_a_second_at_most(feed: ScreenFeed, fake: Fake) -> None:
    began = time.monotonic()
    feed.prepare()
    until(lambda: level(feed) == 1 and fake.taken >= 8)
    assert time.monotonic() - began >= 6 / 12, "one of the eight is taken in `prepare`"


@pytest.mark.parametrize(
    "error", [BackdropError("The screen is away."), OSError(104, "gone"), ValueError("x")]
)
def test_last_picture_stays_when_taking_fails(feed: ScreenFeed, fake: Fake, error: Exception) -> None:
    feed.prepare()
    fake.error = error
    until(lambda: level(feed) == 1 and feed.problem is not None)
    assert str(feed.problem) in (
        "The screen is away.",
        "The screen cannot be reached: gone.",
        "The screen cannot be reached: x.",
    )
    fake.error, fake.level = None, 9
    until(lambda: level(feed) == 9)
    assert feed.problem is None


def test_broken_connection_is_opened_again_and_another_error_keeps_it(
    feed: ScreenFeed, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen_feed, "_AGAIN_S", 0.01)
    feed.prepare()
    fake.error = BackdropError("The window is minimised.")
    until(lambda: level(feed) == 1 and feed.problem is not None)
    assert (fake.opened, fake.closed) == (1, 0)
    fake.error = OSError(104, "gone")
    until(lambda: level(feed) == 1 and fake.closed > 0)
    fake.error = None
    until(lambda: level(feed) == 1 and feed.problem is None)
    assert fake.opened == fake.closed + 1


def test_screen_that_cannot_be_opened_is_refused(feed: ScreenFeed, fake: Fake) -> None:
    fake.error = BackdropError("There is no screen 9: the last one is 1.")
    with pytest.raises(BackdropError, match="There is no screen 9"):
        feed.prepare()


def test_nothing_is_kept_once_nobody_asks(
    feed: ScreenFeed, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen_feed, "_IDLE_S", 0.05)
    feed.prepare()
    until(lambda: fake.closed == 1)
    taken = fake.taken
    time.sleep(0.2)
    assert fake.taken == taken
    fake.may_answer.clear()
    assert level(feed) == 0, "the old picture is forgotten"
    fake.may_answer.set()
    until(lambda: level(feed) == 1)


def test_picture_of_another_size_is_scaled_at_once(feed: ScreenFeed) -> None:
    feed.prepare()
    assert feed.picture(90, 120).shape == (90, 120, 3)
    until(lambda: bool(feed.picture(90, 120)[0, 0, 0] == 1))


def test_picture_cannot_be_written(feed: ScreenFeed) -> None:
    feed.prepare()
    for size in ((48, 64), (90, 100)):
        with pytest.raises(ValueError, match="read-only"):
            feed.picture(*size)[0] = 0


def test_same_screen_has_one_feed_while_it_is_used() -> None:
    one = open_feed("screen:1")
    assert open_feed("screen:1") is one and open_feed("screen:2") is not one
