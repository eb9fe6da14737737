"""A V4L2 camera of the kernel's test driver: every format, unplugged, busy and broken."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import av
import cv2
import msgspec
import numpy as np
import pytest

from app.engine.capture.camera_source import CameraSource
from app.engine.capture.sources import open_source
from app.engine.core.errors import BackdropError
from app.engine.core.settings import SourceSettings
from app.engine.core.types import CaptureFormat, Picture
from app.engine.devices import v4l2
from app.engine.devices.cameras import find_camera, got_format, open_capture
from tests.devices.conftest import CAMERA, CLIP, bars, repeated, until
from tests.engine.rig import next_where, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.engine.engine import Engine

DRIVER = Path("/sys/bus/platform/drivers/vivid")
# The formats that OpenCV converts to colours, of the 77 that the driver offers.
FORMATS = ["YUYV", "UYVY", "YU12", "YV12", "NV12", "NV21", "BGR3", "RGB3", "GREY"]
SMALL = SourceSettings(width_px=320, height_px=180)

HOLD = """
import cv2, sys
capture = cv2.VideoCapture(0, cv2.CAP_V4L2)
print(capture.read()[0], flush=True)
sys.stdin.read()
"""


@pytest.fixture
def plugged() -> Iterator[None]:
    """Plugs the camera in again at the end."""
    yield
    if not Path(CAMERA).exists():
        plug("bind")
    time.sleep(1)


def plug(action: str) -> None:
    (DRIVER / action).write_text("vivid.0")


def inject(control: str) -> None:
    subprocess.run(["v4l2-ctl", "-d", CAMERA, "-c", f"{control}=1"], check=True)


def picture_in(letters: str, width_px: int = 640, height_px: int = 360) -> tuple[np.ndarray, CaptureFormat]:
    capture = open_capture(find_camera(CAMERA), CaptureFormat(width_px, height_px, 30.0, letters))
    arrived, bgr = capture.read()
    got = got_format(capture)
    capture.release()
    assert arrived
    return bgr, got


@pytest.fixture(scope="module")
def reference() -> np.ndarray:
    return picture_in("BGR3")[0]


@pytest.mark.parametrize("letters", FORMATS)
def test_every_format_gives_the_same_colours(letters: str, reference: np.ndarray) -> None:
    offered = v4l2.pixel_formats(CAMERA)
    print(f"{len(offered)} formats offered")
    assert letters in offered
    bgr, got = picture_in(letters)
    print(f"asked {letters}, got {got}, mean {bgr.reshape(-1, 3).mean(0).round(1).tolist()}")
    assert bgr.shape == (360, 640, 3) and (got.width_px, got.height_px) == (640, 360)
    if letters == "GREY":
        wanted, bgr = (cv2.cvtColor(p, cv2.COLOR_BGR2GRAY).astype(int) for p in (reference, bgr))
    else:
        wanted = reference.astype(int)
    # The driver writes the time into the picture, and its RGB and YUV differ by a few levels.
    assert np.median(np.abs(bgr[250:] - wanted[250:])) < 16


@pytest.mark.parametrize("size", [(320, 180), (640, 360), (1280, 720), (1920, 1080)])
def test_thumbnail_and_matte_work_at_every_size(size: tuple[int, int]) -> None:
    source = CameraSource(CAMERA, SourceSettings(width_px=size[0], height_px=size[1]))
    bgr = source.read()
    source.close()
    print(f"asked {source.asked}, got {source.got}")
    assert bgr.shape == (size[1], size[0], 3) and source.got is not None
    assert (source.got.width_px, source.got.height_px) == size
    if size[0] > 640:
        assert source.got.pixel_format == "YUYV", "it offers no MJPG"


def test_unplugged_camera_is_reported_and_returns(engine: Engine, plugged: None) -> None:
    with running(engine):
        next_where(engine, lambda c: not c.is_placeholder, 60)
        plug("unbind")
        gone_at = time.monotonic()
        next_where(engine, lambda c: "unplugged" in engine.stats.message or c.is_placeholder)
        noticed_s = time.monotonic() - gone_at
        next_where(engine, lambda c: c.is_placeholder)
        card_s = time.monotonic() - gone_at
        assert engine.stats.message
        time.sleep(2)
        plug("bind")
        back_at = time.monotonic()
        next_where(engine, lambda c: not c.is_placeholder and not engine.stats.message, 60)
        back_s = time.monotonic() - back_at
        print(f"noticed after {noticed_s:.2f} s, card after {card_s:.2f} s, back after {back_s:.2f} s")
        assert noticed_s < 4 and card_s < 5, "the guest is about ten times slower than a computer"
        assert (engine.stats.got or CaptureFormat(0, 0, 0)).width_px == 320


@pytest.mark.parametrize("control", ["inject_fatal_streaming_error", "inject_v4l2_buf_flag_error"])
def test_driver_error_is_retried(engine: Engine, control: str, plugged: None) -> None:
    with running(engine):
        next_where(engine, lambda c: not c.is_placeholder, 60)
        inject(control)
        began = time.monotonic()
        until = began + 4
        said = set()
        while time.monotonic() < until:
            next_where(engine, lambda c: True)
            said.add(engine.stats.message)
        next_where(engine, lambda c: not c.is_placeholder and not engine.stats.message, 60)
        print(f"{control}: said {sorted(said)}")


def test_busy_camera_is_reported_as_busy() -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None and holder.stdout.readline() == "True\n"
    with pytest.raises(BackdropError, match="cannot be opened: another program uses it") as told:
        source = CameraSource(CAMERA, SMALL)
        try:
            source.read()
        finally:
            source.close()
    print(told.value)
    holder.communicate(timeout=60)
    source = CameraSource(CAMERA, SMALL)
    assert source.read().shape == (180, 320, 3)
    source.close()


@contextmanager
def giving_mjpg(path: str, picture: Picture) -> Iterator[None]:
    """A camera that gives JPEGs, as USB cameras do: ffmpeg plays them into a v4l2loopback device."""
    with av.open(path, "w", format="v4l2") as container:
        stream = container.add_stream("mjpeg", rate=10)
        stream.height, stream.width, stream.pix_fmt = *picture.shape[:2], "yuvj422p"
        stream.options = {"qscale": "2"}
        packets = stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24"))
        packets = packets or stream.encode(None)

        def play() -> None:
            for packet in packets:
                container.mux(packet)

        with repeated(play, 0.1):
            yield


def test_large_camera_frames_arrive_as_mjpg() -> None:
    picture = bars(720, 1280)
    with giving_mjpg(CLIP, picture):
        until(lambda: v4l2.pixel_formats(CLIP))
        assert list(v4l2.pixel_formats(CLIP)) == ["MJPG"]
        source = CameraSource(CLIP, SourceSettings())
        bgr = source.read()
        source.close()
    print(f"asked {source.asked}, got {source.got}")
    assert source.asked is not None and source.asked.pixel_format == "MJPG"
    assert source.got is not None and source.got.pixel_format == "MJPG"
    assert bgr.shape == (720, 1280, 3)
    for column in (160, 480, 800, 1120):
        assert np.abs(bgr[360, column].astype(int) - picture[360, column]).max() < 12


def test_camera_by_number_file_or_link(tmp_path: Path) -> None:
    (tmp_path / "my-camera").symlink_to(CAMERA)
    for spec in ("0", CAMERA, str(tmp_path / "my-camera"), f"camera:{CAMERA}", "camera:0", "auto"):
        source = open_source(msgspec.structs.replace(SMALL, spec=spec))
        assert isinstance(source, CameraSource) and source.read().shape == (180, 320, 3)
        source.close()


@pytest.mark.parametrize("spec", ["/dev/null", "/dev/video77", "77", "/dev/video10"])
def test_what_is_no_camera_is_told_with_the_cameras(spec: str) -> None:
    with pytest.raises(BackdropError) as told:
        open_source(SourceSettings(spec=spec))
    print(told.value)
    assert "the ones found are" in str(told.value) or "No program sends pictures" in str(told.value)
