"""Skip these tests outside the guest that build.sh makes, which has the devices."""

from __future__ import annotations

import os
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from app.engine.core.settings import Settings, SourceSettings
from app.engine.core.types import Composite, Picture
from app.engine.devices import v4l2
from app.engine.engine import Engine
from app.engine.networks.segmenter import Segmenter
from app.engine.output.sinks import VirtualCamera
from tests.engine.rig import GREEN
from tests.networks import write_network

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE = Path(__file__).parent
CAMERA, VIRTUAL, CLIP = "/dev/video0", "/dev/video10", "/dev/video11"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = [item for item in items if HERE in item.path.parents]
    for item in here:
        item.add_marker(pytest.mark.devices)
        if "BACKDROP_GUEST" not in os.environ:
            reason = "needs real devices: tests/devices/build.sh, then tests/devices/run.sh (see .ci/run)"
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network that is fast enough in the emulated guest; its alpha is the red channel."""
    return write_network(tmp_path_factory.mktemp("networks") / "tiny.onnx")


@pytest.fixture
def engine(tiny: Path) -> Engine:
    """An engine with the guest's camera, at a size that the guest can process in time."""
    source = SourceSettings(f"camera:{CAMERA}", 320, 180, 30.0)
    return Engine(Settings(source=source, effect=GREEN), load_segmenter=lambda settings: Segmenter(tiny))


def until(condition: Callable[[], object], timeout_s: float = 60.0) -> None:
    """Wait until the condition is true."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@contextmanager
def sending(path: str, picture: Picture) -> Iterator[VirtualCamera]:
    """A virtual camera that has received a picture."""
    camera = VirtualCamera(path)
    camera.open(*picture.shape[:2])
    try:
        camera.send(Composite(0, 0.0, picture))
        yield camera
    finally:
        camera.close()


class Feeder:
    """Another program that sends pictures into a loopback."""

    def __init__(self, path: str, height_px: int, width_px: int) -> None:
        self._descriptor = v4l2.open_output(path, width_px, height_px)

    def send(self, picture: Picture) -> None:
        yuyv = np.ascontiguousarray(cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_YUY2))
        os.write(self._descriptor, yuyv.data)

    def close(self) -> None:
        os.close(self._descriptor)


@contextmanager
def feeding(path: str, picture: Picture) -> Iterator[Feeder]:
    """A program that has sent a picture and keeps the loopback."""
    feeder = Feeder(path, *picture.shape[:2])
    try:
        feeder.send(picture)
        yield feeder
    finally:
        feeder.close()


@contextmanager
def repeated(work: Callable[[], None], every_s: float) -> Iterator[None]:
    """Repeat some work on another thread until the block ends."""
    stop = threading.Event()

    def repeat() -> None:
        while not stop.wait(every_s):
            work()

    thread = threading.Thread(target=repeat)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@contextmanager
def repeating(camera: VirtualCamera, picture: Picture) -> Iterator[None]:
    """A virtual camera that receives pictures continuously."""
    with repeated(lambda: camera.send(Composite(0, 0.0, picture)), 0.02):
        yield


def bars(height_px: int = 180, width_px: int = 320) -> Picture:
    """Blue, green, red and grey, left to right."""
    picture = np.zeros((height_px, width_px, 3), np.uint8)
    colours = [(200, 30, 30), (30, 200, 30), (30, 30, 200), (120, 120, 120)]
    for index, colour in enumerate(colours):
        picture[:, index * width_px // 4 : (index + 1) * width_px // 4] = colour
    return picture
