"""ObsExtensionCamera with a stand-in for the extension's stream; FirstCamera; the order of senders."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from app.engine.core.errors import BackdropError
from app.engine.core.types import Composite, Picture
from app.engine.devices.core_media_io import SinkStream
from app.engine.output import registry
from app.engine.output.first_camera import FirstCamera
from app.engine.output.obs_camera import ObsCamera
from app.engine.output.obs_extension_camera import ObsExtensionCamera
from app.engine.output.sinks import OtherVirtualCamera, Sink
from app.engine.output.unity_capture_camera import UnityCaptureCamera


class Stream:
    width_px, height_px = 8, 4

    def __init__(self) -> None:
        self.sent: list[Picture] = []
        self.is_closed = False

    def send(self, uyvy: Picture) -> bool:
        assert uyvy.flags.c_contiguous
        self.sent.append(uyvy)
        return True

    def close(self) -> None:
        self.is_closed = True


def plain(bgr: tuple[int, int, int], height_px: int, width_px: int) -> Composite:
    return Composite(0, 0.0, np.full((height_px, width_px, 3), bgr, np.uint8))


def test_extension_gets_uyvy_of_its_own_size() -> None:
    stream = Stream()
    camera = ObsExtensionCamera(lambda: stream)
    camera.open(720, 1280)
    camera.send(plain((200, 30, 10), 30, 60))
    assert stream.sent[0].shape == (4, 8, 2)
    # U, Y, V, Y of BT.601 in limited range.
    assert stream.sent[0].reshape(-1, 4).tolist() == [[206, 53, 107, 53]] * 16
    camera.close()
    camera.close()
    assert stream.is_closed
    with pytest.raises(BackdropError, match="is not open"):
        camera.send(plain((0, 0, 0), 4, 8))


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has the frameworks")
def test_other_system_has_no_camera_extension() -> None:
    with pytest.raises(BackdropError, match="on macOS only"):
        SinkStream()


class Camera(Sink):
    def __init__(self, title: str, works: bool) -> None:
        self.title, self.works, self.sent = title, works, 0
        self.is_closed = False

    def open(self, height_px: int, width_px: int) -> None:
        if not self.works:
            raise BackdropError("{title} is missing.", title=self.title)

    def send(self, composite: Composite) -> None:
        self.sent += 1

    def close(self) -> None:
        self.is_closed = True

    def problem(self) -> BackdropError | None:
        return BackdropError("It is slow.")

    def consumers(self) -> int | None:
        return 2

    def consumer_names(self) -> tuple[str, ...]:
        return ("Calls",)


def test_first_camera_tells_what_the_open_one_tells_and_nothing_before_and_after() -> None:
    camera = Camera("a", True)
    first = FirstCamera([camera])
    untold = (None, None, ())
    assert (first.problem(), first.consumers(), first.consumer_names()) == untold
    first.open(4, 8)
    assert str(first.problem()) == "It is slow."
    assert (first.consumers(), first.consumer_names()) == (2, ("Calls",))
    for _ in range(2):
        first.close()
        assert camera.is_closed and (first.problem(), first.consumers(), first.consumer_names()) == untold
    with pytest.raises(BackdropError, match="The virtual camera 'a' is not open"):
        first.send(plain((0, 0, 0), 4, 8))


def test_first_camera_that_opens_gets_the_composites() -> None:
    a, b, c = Camera("a", False), Camera("b", True), Camera("c", True)
    first = FirstCamera([a, b, c])
    first.open(4, 8)
    first.send(plain((0, 0, 0), 4, 8))
    assert (a.sent, b.sent, c.sent, first.title) == (0, 1, 0, "b")


def test_no_camera_opens_each_reason_is_told() -> None:
    with pytest.raises(BackdropError, match=r"^a is missing\. b is missing\.$"):
        FirstCamera([Camera("a", False), Camera("b", False)]).open(4, 8)


@pytest.mark.parametrize(
    ("platform", "own"),
    [("win32", [ObsCamera, UnityCaptureCamera]), ("darwin", [ObsExtensionCamera])],
)
@pytest.mark.parametrize("has_pyvirtualcam", [False, True])
def test_senders_come_in_order_and_pyvirtualcam_last(
    platform: str, own: list[type[Sink]], has_pyvirtualcam: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object() if has_pyvirtualcam else None)
    kinds = [type(make()) for make in registry.senders(platform).values()]
    assert kinds == own + [OtherVirtualCamera] * has_pyvirtualcam
