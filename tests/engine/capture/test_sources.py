"""The sources of frames."""

from __future__ import annotations

import http.server
import threading
import time
from contextlib import contextmanager, suppress
from fractions import Fraction
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from PIL import Image

from app.engine.capture.camera_source import CameraSource
from app.engine.capture.pacing import Pacer
from app.engine.capture.sources import DemoSource, ImageSource, VideoSource, open_source
from app.engine.core.errors import BackdropError
from app.engine.core.settings import SourceSettings
from app.engine.devices.cameras import CameraDevice
from app.engine.media.demo import PERIOD_FRAMES, Demo
from tests.clips import write_clip

if TYPE_CHECKING:
    from collections.abc import Iterator
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


@contextmanager
def served(pictures: Iterator[bytes], kind: str) -> Iterator[str]:
    """A camera's address that gives the next picture for each request; the last part of the path is free."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.headers.get("Authorization") != "Basic dXNlcjpzZWNyZXQ=":
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="camera"')
                self.end_headers()
                return
            data = next(pictures)
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://user:secret@127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp"])
@pytest.mark.parametrize("name", ["snapshot.jpg", "cgi-bin/picture?camera=1"])
def test_picture_by_http_is_fetched_again_for_each_frame(
    monkeypatch: pytest.MonkeyPatch, suffix: str, name: str
) -> None:
    monkeypatch.setattr(Pacer, "wait", lambda pacer: None)
    shades = (cv2.imencode(suffix, np.full((64, 96, 3), 10 * i, np.uint8))[1].tobytes() for i in range(1, 25))
    with served(shades, "image/jpeg") as address:
        source = open_source(SourceSettings(spec=f"{address}/{name}"))
        assert "secret" not in source.title
        frames = [source.read() for _ in range(4)]
        source.close()
    assert {frame.shape for frame in frames} == {(64, 96, 3)}
    assert np.diff([int(frame[32, 48, 0]) for frame in frames]).min() >= 8


def test_other_page_by_http_is_reported() -> None:
    with (
        served(iter([b"<html>dear reader</html>"] * 9), "text/html") as address,
        pytest.raises(BackdropError, match="is not a video that Backdrop can read") as error,
    ):
        open_source(SourceSettings(spec=f"{address}/"))
    assert "secret" not in str(error.value)


def test_camera_that_stops_giving_pictures_by_http_is_reported() -> None:
    data = cv2.imencode(".jpg", np.zeros((64, 96, 3), np.uint8))[1].tobytes()
    with served(iter([data] * 3 + [b"", b""]), "image/jpeg") as address:
        source = open_source(SourceSettings(spec=f"{address}/a.jpg"))
        with pytest.raises(BackdropError, match="is not a picture that Backdrop can read"):
            for _ in range(4):
                source.read()


@pytest.mark.parametrize("name", ["photo.mp4", "photo", "photo.JFIF"])
def test_picture_file_is_image_source_whatever_its_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(cv2.imencode(".jpg", np.full((30, 40, 3), 7, np.uint8))[1].tobytes())
    source = open_source(SourceSettings(spec=str(tmp_path / name)))
    assert isinstance(source, ImageSource)
    assert source.read().shape == (30, 40, 3)


@pytest.mark.parametrize("name", ["clip.jpg", "clip", "clip.webp"])
def test_video_file_is_video_source_whatever_its_name(tmp_path: Path, name: str) -> None:
    write_video(tmp_path / "clip.avi", 3).rename(tmp_path / name)
    source = open_source(SourceSettings(spec=str(tmp_path / name)))
    assert isinstance(source, VideoSource)
    assert source.read().shape == (48, 64, 3)
    source.close()


def test_moving_picture_file_moves_as_source(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (40, 30), shade) for shade in ("black", "white")]
    frames[0].save(tmp_path / "a.webp", save_all=True, append_images=frames[1:], duration=50)
    source = open_source(SourceSettings(spec=str(tmp_path / "a.webp")))
    assert {int(source.read()[15, 20, 0]) // 128 for _ in range(4)} == {0, 1}
    source.close()


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


@pytest.mark.slow_after_first
@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".mov"])
def test_video_source_repeats_picture_until_next_is_due(tmp_path: Path, suffix: str) -> None:
    times = [Fraction(t, 100) for t in (0, 100, 104, 108)]
    path = write_clip(
        tmp_path / f"in{suffix}", 4, lambda i: np.full((96, 160, 3), 60 * i, np.uint8), times=times
    )
    source = open_source(SourceSettings(spec=str(path)))
    began = time.monotonic()
    shades = [round(float(source.read().mean()) / 60)]
    while shades[-1] == 0:
        shades.append(round(float(source.read().mean()) / 60))
    assert time.monotonic() - began >= 0.9, "the first picture is shown for a second"
    assert len(shades) >= 4, "and comes again meanwhile"
    source.close()
