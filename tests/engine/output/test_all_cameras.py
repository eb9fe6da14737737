"""AllCameras: each camera that works gets the composites; the others are tried again."""

from __future__ import annotations

import numpy as np
import pytest

from app.engine.core.errors import BackdropError
from app.engine.core.types import Composite
from app.engine.output import all_cameras
from app.engine.output.all_cameras import AllCameras
from app.engine.output.sinks import Sink

COMPOSITE = Composite(0, 0.0, np.zeros((4, 4, 3), np.uint8))


class Camera(Sink):
    def __init__(self, title: str, works: bool = True, consumers: int | None = 0) -> None:
        self.title = title
        self.works = works
        self.sent = 0
        self.is_open = False
        self._consumers = consumers

    def open(self, height_px: int, width_px: int) -> None:
        self._check()
        self.is_open = True

    def send(self, composite: Composite) -> None:
        assert self.is_open
        self._check()
        self.sent += 1

    def close(self) -> None:
        self.is_open = False

    def consumers(self) -> int | None:
        return self._consumers

    def consumer_names(self) -> tuple[str, ...]:
        return (f"program of {self.title}",)

    def _check(self) -> None:
        if not self.works:
            raise BackdropError("{title} does not work.", title=self.title)


def test_both_cameras_work_both_get_the_composite() -> None:
    a, b = Camera("a"), Camera("b")
    every = AllCameras([a, b])
    every.open(4, 4)
    every.send(COMPOSITE)
    assert (a.sent, b.sent, every.title) == (1, 1, "a, b")


def test_one_camera_fails_to_open_the_other_gets_the_composite() -> None:
    a, b = Camera("a", works=False), Camera("b")
    every = AllCameras([a, b])
    every.open(4, 4)
    every.send(COMPOSITE)
    assert (a.sent, b.sent, every.title) == (0, 1, "b")


def test_no_camera_opens_the_error_of_the_first_is_raised() -> None:
    with pytest.raises(BackdropError, match=r"^a does not work\.$"):
        AllCameras([Camera("a", works=False), Camera("b", works=False)]).open(4, 4)


def test_camera_that_fails_later_is_closed_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = Camera("a"), Camera("b")
    every = AllCameras([a, b])
    every.open(4, 4)
    a.works = False
    every.send(COMPOSITE)
    assert (a.is_open, b.sent) == (False, 1)
    a.works = True
    monkeypatch.setattr(all_cameras, "_RETRY_S", 0.0)
    every.send(COMPOSITE)
    assert (a.sent, b.sent) == (1, 2)


def test_last_camera_fails_its_error_is_raised() -> None:
    a = Camera("a")
    every = AllCameras([a, Camera("b", works=False)])
    every.open(4, 4)
    a.works = False
    with pytest.raises(BackdropError, match=r"^a does not work\.$"):
        every.send(COMPOSITE)


@pytest.mark.parametrize(
    ("counts", "expected"), [((0, 0), 0), ((2, 1), 3), ((None, 1), 1), ((None, 0), None)]
)
def test_consumers_are_summed_and_unknown_stays_unknown(
    counts: tuple[int | None, int | None], expected: int | None
) -> None:
    every = AllCameras([Camera("a", consumers=counts[0]), Camera("b", consumers=counts[1])])
    every.open(4, 4)
    assert every.consumers() == expected
    assert every.consumer_names() == ("program of a", "program of b")


def test_close_closes_all() -> None:
    cameras = [Camera("a"), Camera("b")]
    every = AllCameras(cameras)
    every.open(4, 4)
    every.close()
    assert not any(camera.is_open for camera in cameras)
