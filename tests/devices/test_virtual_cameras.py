"""A v4l2loopback device between Backdrop and the programs that read it."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import av
import cv2
import numpy as np
import pytest

from app.engine.capture.camera_source import CameraSource
from app.engine.core.errors import BackdropError
from app.engine.core.mailbox import Mailbox
from app.engine.core.settings import OutputSettings, Settings, SourceSettings
from app.engine.devices import loopbacks, v4l2
from app.engine.devices.cameras import list_cameras, real_cameras
from app.engine.engine import Engine
from app.engine.networks.segmenter import Segmenter
from app.engine.output.consumers import _Noticed, _Told
from app.engine.output.sinks import VirtualCamera
from tests.devices.conftest import CAMERA, CLIP, VIRTUAL, bars, feeding, repeating, sending, until
from tests.engine.rig import GREEN, next_where, running
from tests.engine.test_slow_machine import SlowSegmenter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.engine.core.types import Picture

READ = """
import cv2, sys
capture = cv2.VideoCapture(10, cv2.CAP_V4L2)
for _ in range(int(sys.argv[1])):
    arrived, bgr = capture.read()
    print(arrived, bgr.shape if arrived else "", flush=True)
sys.stdin.read()
"""


MODULE = Path("/sys/module/v4l2loopback/version")
VERSION = MODULE.read_text().strip() if MODULE.exists() else ""
TELLS = VERSION not in ("", "0.12.7")
"""Whether this v4l2loopback has the event that tells of readers."""


MOST_READERS = 1 if TELLS else 2
"""The newer driver lets one program at a time take pictures."""


def with_opencv(path: str) -> Picture:
    capture = cv2.VideoCapture(int(path.removeprefix("/dev/video")), cv2.CAP_V4L2)
    arrived, bgr = capture.read()
    capture.release()
    assert arrived
    return np.asarray(bgr, np.uint8)


def with_ffmpeg(path: str) -> Picture:
    with av.open(path, format="video4linux2,v4l2") as container:
        frame = next(container.decode(video=0))
        return np.asarray(frame.to_ndarray(format="bgr24", src_colorspace=5), np.uint8)


@pytest.mark.parametrize("read", [with_opencv, with_ffmpeg])
def test_virtual_camera_sends_same_colours(read: Callable[[str], Picture]) -> None:
    with sending(VIRTUAL, bars()) as camera, repeating(camera, bars()):
        got = read(VIRTUAL)
    assert got.shape == (180, 320, 3)
    for column in (40, 120, 200, 280):
        difference = np.abs(got[90, column].astype(int) - bars()[90, column])
        print(f"{read.__name__} at {column}: sent {bars()[90, column]}, read {got[90, column]}")
        assert difference.max() <= 6


def test_queried_loopback_can_be_used_again() -> None:
    for _ in range(3):
        with sending(VIRTUAL, bars()):
            device = v4l2.query(VIRTUAL)
            assert device is not None and device.can_capture and not device.can_output


def test_loopback_of_finished_writer_can_be_used() -> None:
    wrote = f"import os; f = os.open({VIRTUAL!r}, os.O_RDWR); os.write(f, bytes(1000))"
    with sending(VIRTUAL, bars()):
        done = subprocess.run([sys.executable, "-c", wrote], capture_output=True, text=True, check=False)
        assert done.returncode == 0 or "Device or resource busy" in done.stderr, "newer drivers refuse it"
    v4l2.query(VIRTUAL)
    with sending(VIRTUAL, bars()) as camera:
        assert camera.consumers() == 0


def reader(count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", READ, str(count)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_consumers_are_counted_by_driver_event() -> None:
    with sending(VIRTUAL, bars()) as camera:
        print(f"v4l2loopback {VERSION}: {type(camera._readers).__name__}")
        assert isinstance(camera._readers, _Told if TELLS else _Noticed)
        assert camera.consumers() == 0
        opened = subprocess.Popen(
            [sys.executable, "-c", f"f = open('{VIRTUAL}'); print('open', flush=True); input()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert opened.stdout is not None and opened.stdout.readline() == "open\n"
        assert camera.consumers() == (0 if TELLS else 1), "the driver counts the programs that read pictures"
        opened.communicate("\n", timeout=60)
        assert camera.consumers() == 0
        with repeating(camera, bars()):
            process = reader(3)
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(3)]
            assert lines == ["True (180, 320, 3)\n"] * 3
            began = time.monotonic()
            until(lambda: camera.consumers() == 1)
            process.communicate(timeout=60)
            until(lambda: camera.consumers() == 0)
            print(f"a reader came and went: noticed within {time.monotonic() - began:.2f} s")


def test_camera_opens_for_first_of_two_consumers(tiny: Path) -> None:
    engine = Engine(
        Settings(
            source=SourceSettings(f"camera:{CAMERA}", 320, 180),
            effect=GREEN,
            output=OutputSettings(VIRTUAL),
        ),
        load_segmenter=lambda settings: Segmenter(tiny),
    )
    engine.is_previewed = False
    with running(engine):
        next_where(
            engine, lambda c: engine.stats.is_camera_released and engine.stats.outputs == (VIRTUAL,), 60
        )
        assert not _is_streaming(), "the camera is closed"
        both = [reader(20) for _ in range(MOST_READERS)]
        next_where(engine, lambda c: not engine.stats.is_camera_released, 180)
        asked_at = time.monotonic()
        next_where(engine, lambda c: not c.is_placeholder, 60)
        print(f"a live picture {time.monotonic() - asked_at:.2f} s after the reader was noticed")
        for process in both:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(20)]
            assert lines == ["True (180, 320, 3)\n"] * 20
        assert not engine.stats.is_camera_released
        for process in both:
            process.communicate(timeout=60)
        next_where(engine, lambda c: engine.stats.is_camera_released, 60)
        next_where(engine, lambda c: not _is_streaming(), 60)


def test_slow_network_gives_no_placeholder_among_composites(tiny: Path) -> None:
    engine = Engine(
        Settings(
            source=SourceSettings(f"camera:{CAMERA}", 320, 180),
            effect=GREEN,
            output=OutputSettings(VIRTUAL),
        ),
        load_segmenter=lambda settings: SlowSegmenter(tiny),
    )
    engine.preview = Mailbox(slots=500)  # so that none is missed
    with running(engine):
        for _ in range(3):
            first = next_where(engine, lambda c: not c.is_placeholder, 120)
        for _ in range(6):
            assert not next_where(engine, lambda c: True, 60).is_placeholder
        print(f"{engine.stats.fps:.2f} composites per second, no placeholder")
        until(lambda: engine.stats.outputs == (VIRTUAL,))
        process = reader(2)
        assert process.stdout is not None
        height_px, width_px = first.picture.shape[:2]
        assert process.stdout.readline() == f"True ({height_px}, {width_px}, 3)\n"
        process.communicate(timeout=60)


def _is_streaming() -> bool:
    """Whether this process has the camera open."""
    return any(
        str(link.readlink()) == CAMERA for link in Path("/proc/self/fd").iterdir() if link.is_symlink()
    )


def test_clip_in_loopback_is_camera_with_person(tiny: Path) -> None:
    person = np.zeros((180, 320, 3), np.uint8)
    person[:, :160, 0] = 255
    person[:, 160:, 2] = 255
    engine = Engine(
        Settings(source=SourceSettings(f"camera:{CLIP}", 320, 180), effect=GREEN),
        load_segmenter=lambda settings: Segmenter(tiny),
    )
    with feeding(CLIP, person) as clip:
        playing = threading.Event()
        playing.set()
        ended = threading.Event()

        def play() -> None:
            while not ended.wait(0.05):
                if playing.is_set():
                    clip.send(person)

        thread = threading.Thread(target=play)
        thread.start()
        try:
            with running(engine):
                live = next_where(engine, lambda c: not c.is_placeholder, 60)
                assert np.abs(live.picture[90, 300].astype(int) - (0, 0, 255)).max() < 12, "the person"
                assert (live.picture[90, 20] == (0, 255, 0)).all(), "in front of green"
                playing.clear()
                began = time.monotonic()
                next_where(engine, lambda c: c.is_placeholder, 60)
                print(f"stalled: card after {time.monotonic() - began:.2f} s: {engine.stats.message!r}")
                playing.set()
                next_where(engine, lambda c: not c.is_placeholder and not engine.stats.message, 60)
        finally:
            ended.set()
            thread.join()


FEED = """
import sys, time
import numpy as np
from app.engine.devices import v4l2
import os
device = v4l2.open_output(sys.argv[1], 320, 180)
picture = np.full((180, 320, 2), 128, np.uint8).tobytes()
os.write(device, picture)
print("open", flush=True)
while True:
    os.write(device, picture)
    time.sleep(0.1)
"""


@pytest.fixture
def other_program() -> Iterator[subprocess.Popen[str]]:
    """A program that sends pictures into the second loopback."""
    command = [sys.executable, "-c", FEED, CLIP]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "open\n"
    yield process
    process.kill()
    process.communicate(timeout=60)


def test_loopback_of_another_program_is_camera_and_never_output(
    other_program: subprocess.Popen[str],
) -> None:
    device = v4l2.query(CLIP)
    assert device is not None and loopbacks.is_fed(device) and v4l2.has_fixed_format(CLIP)
    assert loopbacks.is_fed_by_others(CLIP)
    assert [d.path for d in loopbacks.usable_outputs()] == [VIRTUAL]
    assert [c.node for c in real_cameras()] == [CAMERA, CLIP], "the real camera comes first"
    with pytest.raises(BackdropError, match="another program uses it"):
        VirtualCamera(CLIP).open(180, 320)
    camera = VirtualCamera()
    camera.open(180, 320)
    assert camera.title == VIRTUAL
    camera.close()
    source = CameraSource(CLIP, SourceSettings(width_px=320, height_px=180))
    assert source.read().shape == (180, 320, 3)
    source.close()


def test_free_loopback_is_output_and_no_camera() -> None:
    for path in (VIRTUAL, CLIP):
        device = v4l2.query(path)
        assert device is not None and not loopbacks.is_fed(device)
    assert [d.path for d in loopbacks.usable_outputs()] == [VIRTUAL, CLIP]
    assert [c.node for c in real_cameras()] == [CAMERA]


def test_own_output_is_no_source_and_has_one_writer() -> None:
    with sending(VIRTUAL, bars()):
        for wanted in (VIRTUAL, "10"):
            with pytest.raises(BackdropError, match="Backdrop's own virtual camera"):
                CameraSource(wanted, SourceSettings())
        assert VIRTUAL not in [c.node for c in list_cameras()]
        with pytest.raises(BackdropError, match="another program uses it"):
            VirtualCamera("10").open(180, 320)
    with sending("10", bars()) as camera:
        assert camera.title == VIRTUAL
