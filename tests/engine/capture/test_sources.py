"""The sources of frames."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from app.engine.capture.pacing import Pacer
from app.engine.capture.sources import CameraSource, DemoSource, ImageSource, VideoSource, open_source
from app.engine.core.errors import BackdropError
from app.engine.core.settings import SourceSettings
from app.engine.devices.cameras import CameraDevice
from app.engine.media.demo import PERIOD_FRAMES, Demo

if TYPE_CHECKING:
    from pathlib import Path


def write_video(path: Path, frames: int, fps: float = 60.0) -> Path:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), fps, (64, 48))
    for index in range(frames):
        writer.write(np.full((48, 64, 3), index * 20, np.uint8))
    writer.release()
    return path


def test_demo_is_moving_portrait_of_given_size() -> None:
    demo = Demo(640, 360)
    first, later = demo.frame(0), demo.frame(40)
    assert first.shape == (360, 640, 3) and first.dtype == np.uint8
    assert np.array_equal(first, Demo(640, 360).frame(0)), "equal indices give equal pictures"
    assert np.array_equal(first, demo.frame(PERIOD_FRAMES)), "it repeats"
    assert np.abs(first.astype(int) - later).mean() > 5, "it moves"
    steps = [
        np.abs(demo.frame(i).astype(int) - demo.frame(i + 1)).mean() for i in (0, 100, PERIOD_FRAMES - 1)
    ]
    assert max(steps) < 5, "it moves smoothly, also where it repeats"


def test_auto_source_without_camera_is_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.engine.devices.cameras.list_cameras", list)
    source = open_source(SourceSettings(width_px=320, height_px=180))
    assert source.is_demo and source.title == "Demo"
    assert source.read().shape == (180, 320, 3)


def test_auto_source_skips_virtual_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    virtual = CameraDevice("v", "Loopback", 10, 0, is_virtual=True)
    monkeypatch.setattr("app.engine.devices.cameras.list_cameras", lambda: [virtual])
    assert isinstance(open_source(SourceSettings()), DemoSource)


def test_image_source_repeats(tmp_path: Path) -> None:
    path = tmp_path / "still.png"
    cv2.imwrite(str(path), np.full((30, 40, 3), 7, np.uint8))
    source = open_source(SourceSettings(spec=str(path)))
    assert isinstance(source, ImageSource)
    first = source.read()
    first[:] = 0  # the caller may change it
    assert (source.read() == 7).all()


def test_video_source_loops(tmp_path: Path) -> None:
    source = open_source(SourceSettings(spec=str(write_video(tmp_path / "five.mp4", 5))))
    assert isinstance(source, VideoSource) and source.title == "five.mp4"
    shades = [round(float(source.read().mean()) / 20) for _ in range(12)]
    source.close()
    assert shades == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1]


def test_generated_source_keeps_frame_rate() -> None:
    pacer = Pacer(100.0)
    started = time.monotonic()
    for _ in range(11):
        pacer.wait()
    assert time.monotonic() - started >= 0.0999, "eleven frames span ten intervals of 10 ms at least"


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ("/no/such.mp4", "There is no file '/no/such.mp4'."),
        ("/no/such.jpg", "There is no file '/no/such.jpg'."),
        ("camera:Nobody's", "No camera was found: plug one in, or close the program that uses it."),
    ],
)
def test_missing_source_is_reported(monkeypatch: pytest.MonkeyPatch, spec: str, sentence: str) -> None:
    monkeypatch.setattr("app.engine.devices.cameras.list_cameras", list)
    with pytest.raises(BackdropError) as refused:
        open_source(SourceSettings(spec=spec))
    assert str(refused.value) == sentence


def test_unknown_camera_error_lists_cameras(monkeypatch: pytest.MonkeyPatch) -> None:
    known = [CameraDevice("usb-Acme", "Acme Cam", 0, 0), CameraDevice("usb-B", "Other", 2, 0)]
    monkeypatch.setattr("app.engine.devices.cameras.list_cameras", lambda: known)
    with pytest.raises(BackdropError, match="no camera 'Acne': the ones found are 'Acme Cam', 'Other'"):
        open_source(SourceSettings(spec="camera:Acne"))


def test_camera_that_cannot_open_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = CameraDevice("usb-Acme", "Acme Cam", 97, cv2.CAP_ANY)
    monkeypatch.setattr("app.engine.devices.cameras.list_cameras", lambda: [gone])
    cv2.utils.logging.setLogLevel(0)
    with pytest.raises(BackdropError, match="The camera 'Acme Cam' cannot be opened"):
        CameraSource("Acme Cam", SourceSettings())
