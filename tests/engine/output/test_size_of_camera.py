"""A virtual camera gets the size of the first composite, not that of a placeholder before it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from app.engine.core.types import Composite
from app.engine.output.all_cameras import AllCameras
from app.engine.output.first_camera import FirstCamera
from app.engine.output.pipewire_camera import PipeWireCamera
from app.engine.output.sink_thread import SinkThread
from app.engine.output.sinks import OtherVirtualCamera, Sink, VirtualCamera

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PLACEHOLDER, CAMERA, TURNED = (72, 128), (48, 64), (64, 48)


class FixedSize(Sink):
    """A camera whose consumers do not follow a change of size."""

    title = "fixed"
    has_fixed_size = True

    def __init__(self) -> None:
        self.readers: int | None = 0
        self.sizes: list[tuple[int, int]] = []
        """Each size that it was opened with."""
        self.sent: list[float] = []

    def open(self, height_px: int, width_px: int) -> None:
        self.sizes.append((height_px, width_px))

    def send(self, composite: Composite) -> None:
        self.sent.append(composite.captured_at)

    def close(self) -> None: ...

    def consumers(self) -> int | None:
        return self.readers


@pytest.fixture
def sink() -> FixedSize:
    return FixedSize()


@pytest.fixture
def put(sink: FixedSize) -> Iterator[Callable[..., None]]:
    """Give a composite of a size and time to the thread of the sink, and wait until it is taken."""
    thread = SinkThread(sink, lambda error: None)
    thread.start()

    def give(size: tuple[int, int], at_s: float, is_placeholder: bool = False, is_sent: bool = True) -> None:
        thread.put(Composite(0, 1000.0 + at_s, np.zeros((*size, 3), np.uint8), is_placeholder))
        deadline = time.monotonic() + 30
        while not thread._box.is_empty or (is_sent and sink.sent[-1:] != [1000.0 + at_s]):
            assert time.monotonic() < deadline
            time.sleep(0.002)

    yield give
    thread.stop(10)


def test_camera_waits_for_size_of_first_composite(sink: FixedSize, put: Callable[..., None]) -> None:
    for at_s in (0.0, 1.0, 4.9):
        put(PLACEHOLDER, at_s, is_placeholder=True, is_sent=False)
    put(CAMERA, 5.0)
    put(CAMERA, 5.1, is_placeholder=True)
    put(TURNED, 5.2)
    assert sink.sizes == [CAMERA], "a turned picture does not change the size"
    assert sink.sent == [1005.0, 1005.1, 1005.2]


def test_camera_without_composite_opens_with_placeholder_after_wait(
    sink: FixedSize, put: Callable[..., None]
) -> None:
    put(PLACEHOLDER, 0.0, is_placeholder=True, is_sent=False)
    put(PLACEHOLDER, 5.0, is_placeholder=True)
    assert sink.sizes == [PLACEHOLDER]


@pytest.mark.parametrize(
    ("readers", "sizes"), [(0, [PLACEHOLDER, CAMERA]), (1, [PLACEHOLDER]), (None, [PLACEHOLDER])]
)
def test_size_of_placeholder_is_replaced_unless_somebody_may_read(
    sink: FixedSize, put: Callable[..., None], readers: int | None, sizes: list[tuple[int, int]]
) -> None:
    sink.readers = readers
    put(PLACEHOLDER, 0.0, is_placeholder=True, is_sent=False)
    put(PLACEHOLDER, 6.0, is_placeholder=True)
    put(CAMERA, 7.0)
    put(TURNED, 8.0)
    assert sink.sizes == sizes


def test_camera_of_same_size_as_placeholder_is_not_opened_again(
    sink: FixedSize, put: Callable[..., None]
) -> None:
    put(PLACEHOLDER, 0.0, is_placeholder=True, is_sent=False)
    put(PLACEHOLDER, 6.0, is_placeholder=True)
    put(PLACEHOLDER, 7.0)
    put(CAMERA, 8.0)
    assert sink.sizes == [PLACEHOLDER]


def test_every_virtual_camera_has_a_fixed_size() -> None:
    cameras = VirtualCamera(), PipeWireCamera(), OtherVirtualCamera(), AllCameras([]), FirstCamera([])
    assert all(camera.has_fixed_size for camera in cameras)
