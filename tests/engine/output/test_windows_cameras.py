"""ObsCamera and UnityCaptureCamera with a stand-in for Windows' objects, and readers of our own."""

from __future__ import annotations

import struct
import threading
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from app.engine.core.errors import BackdropError
from app.engine.core.types import Composite
from app.engine.devices.windows_objects import OBS_CLASS, UNITY_CAPTURE_CLASS, named_objects
from app.engine.output import obs_camera, unity_capture_camera
from app.engine.output.obs_camera import ObsCamera
from app.engine.output.unity_capture_camera import UnityCaptureCamera

if TYPE_CHECKING:
    from app.engine.core.types import Picture
    from app.engine.devices.windows_objects import Handle

BLUE, RED = (200, 30, 10), (10, 30, 200)


class Object:
    def __init__(self, memory: memoryview | None = None) -> None:
        self.memory = memoryview(b"") if memory is None else memory
        self.is_set = False
        self.is_closed = False

    def close(self) -> None:
        self.is_closed = True


class World:
    """The named objects of a computer: what one program makes, another one opens."""

    def __init__(self, *classes: str) -> None:
        self.classes = classes
        self.content: dict[str, bytearray] = {}
        self.objects: dict[str, Object] = {}
        self.locked = 0

    def is_registered(self, class_id: str) -> bool:
        return class_id in self.classes

    def memory_exists(self, name: str) -> bool:
        return name in self.content

    def create_memory(self, name: str, size_bytes: int) -> Object:
        assert name not in self.content
        self.content[name] = bytearray(size_bytes)
        return Object(memoryview(self.content[name]))

    def open_memory(self, name: str) -> Object | None:
        return Object(memoryview(self.content[name])) if name in self.content else None

    def open_mutex(self, name: str) -> Object | None:
        return self.objects.get(name)

    def create_event(self, name: str) -> Object | None:
        return self.objects.setdefault(name, Object())

    def open_event(self, name: str) -> Object | None:
        return self.objects.get(name)

    def wait(self, handle: Handle, timeout_ms: int) -> bool:
        assert isinstance(handle, Object)
        if handle is self.objects.get(unity_capture_camera.MUTEX):
            self.locked += 1
            return True
        was_set, handle.is_set = handle.is_set, False
        return was_set

    def unlock(self, mutex: Handle) -> None:
        self.locked -= 1

    def signal(self, event: Handle) -> None:
        assert isinstance(event, Object)
        assert not self.locked, "a frame is told of after the mutex is free"
        event.is_set = True


class ObsReader:
    """Reads as a call program does: only the mapping, from the facts about its layout."""

    def __init__(self, world: World) -> None:
        self.memory = world.content[obs_camera.NAME]

    def number(self, offset: int) -> int:
        return int(struct.unpack_from("<I", self.memory, offset)[0])

    @property
    def state(self) -> int:
        return self.number(8)

    @property
    def size(self) -> tuple[int, int]:
        return self.number(28), self.number(32)

    def frame(self) -> tuple[int, bytes]:
        width, height = self.size
        offset = self.number(12 + 4 * (self.number(4) % 3))
        stamp = int(struct.unpack_from("<Q", self.memory, offset)[0])
        return stamp, bytes(self.memory[offset + 32 : offset + 32 + width * height * 3 // 2])


def composite(bgr: Picture, at_s: float = 1.0) -> Composite:
    return Composite(0, at_s, bgr)


def halves(height_px: int, width_px: int) -> Picture:
    picture = np.empty((height_px, width_px, 3), np.uint8)
    picture[:, : width_px // 2], picture[:, width_px // 2 :] = BLUE, RED
    return picture


def plain(value: int, height_px: int = 4, width_px: int = 8) -> Picture:
    return np.full((height_px, width_px, 3), value, np.uint8)


def obs() -> tuple[World, ObsCamera]:
    world = World(OBS_CLASS)
    return world, ObsCamera(lambda: world)


def yuv(bgr: tuple[int, int, int]) -> tuple[int, int, int]:
    """BT.601, limited range, in floats."""
    b, g, r = bgr
    return (
        round(16 + (65.481 * r + 128.553 * g + 24.966 * b) / 255),
        round(128 + (-37.797 * r - 74.203 * g + 112 * b) / 255),
        round(128 + (112 * r - 93.786 * g - 18.214 * b) / 255),
    )


def test_obs_layout_is_the_one_that_readers_expect() -> None:
    world, camera = obs()
    camera.open(720, 1280)
    reader = ObsReader(world)
    frame = 1280 * 720 * 3 // 2
    step = 32 + frame
    assert struct.unpack_from("<9I", reader.memory) == (0, 0, 1, 96, 96 + step, 96 + 2 * step, 0, 1280, 720)
    assert struct.unpack_from("<Q", reader.memory, 40) == (333_333,)
    assert len(reader.memory) == 96 + 3 * step
    assert not any(reader.memory[48:96])


@pytest.mark.parametrize("size", [(4, 8), (6, 10), (7, 11), (1, 1)])
def test_obs_frames_are_aligned_to_32_bytes_and_do_not_overlap(size: tuple[int, int]) -> None:
    world, camera = obs()
    camera.open(*size)
    reader = ObsReader(world)
    width, height = reader.size
    assert width % 2 == height % 2 == 0
    offsets = [reader.number(12 + 4 * index) for index in range(3)]
    assert all(offset % 32 == 0 and offset >= 80 for offset in offsets)
    frame = 32 + width * height * 3 // 2
    ends = [*offsets[1:], len(reader.memory)]
    assert all(offset + frame <= end for offset, end in zip(offsets, ends, strict=True))


def test_obs_colours_are_nv12_to_the_byte() -> None:
    world, camera = obs()
    camera.open(4, 8)
    camera.send(composite(halves(4, 8)))
    _, frame = ObsReader(world).frame()
    left, right = yuv(BLUE), yuv(RED)
    luma = bytes([left[0]] * 4 + [right[0]] * 4) * 4
    chroma = bytes([*left[1:]] * 2 + [*right[1:]] * 2) * 2
    assert frame == luma + chroma


def test_obs_time_stamps_rise_and_index_goes_round_three() -> None:
    world, camera = obs()
    camera.open(4, 8)
    reader = ObsReader(world)
    stamps = []
    for index, at_s in enumerate((2.0, 2.0, 1.5, 3.0, 3.1), 1):
        camera.send(composite(plain(40 * index), at_s))
        assert (reader.number(0), reader.number(4), reader.state) == (index, index, 2)
        stamp, frame = reader.frame()
        assert frame[0] == yuv((40 * index,) * 3)[0]
        assert stamp == struct.unpack_from("<Q", reader.memory, reader.number(12 + 4 * (index % 3)))[0]
        stamps.append(stamp)
    assert stamps == sorted(set(stamps))
    assert stamps[-1] == 3_100_000_000


def test_obs_reader_during_writing_gets_whole_frames() -> None:
    world, camera = obs()
    camera.open(120, 160)
    camera.send(composite(plain(0, 120, 160), 0.001))
    reader = ObsReader(world)
    done = threading.Event()

    def write() -> None:
        for index in range(1, 300):
            camera.send(composite(plain(index % 250, 120, 160), 0.001 * (index + 1)))
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    checked = 0
    while not done.is_set() or not checked:
        before = reader.number(4)
        _, frame = reader.frame()
        # A frame stays whole until the writer comes to its place again.
        if reader.number(0) - before < 2:
            assert len(set(frame[: 120 * 160])) == 1
            checked += 1
    writer.join()
    assert checked


def test_obs_picture_of_another_size_is_fitted_and_transparent_is_black() -> None:
    world, camera = obs()
    camera.open(4, 8)
    camera.send(composite(plain(90, 40, 80)))
    reader = ObsReader(world)
    assert set(reader.frame()[1][:32]) == {yuv((90, 90, 90))[0]}
    camera.send(composite(np.zeros((4, 8, 4), np.uint8)))
    assert set(reader.frame()[1][:32]) == {16}


def test_obs_that_sends_itself_is_left_alone() -> None:
    world, camera = obs()
    world.content[obs_camera.NAME] = bytearray(b"of OBS")
    with pytest.raises(BackdropError, match=r"in use: stop it in OBS"):
        camera.open(4, 8)
    camera.close()
    assert world.content[obs_camera.NAME] == b"of OBS"


def test_obs_that_is_not_installed_is_named() -> None:
    with pytest.raises(BackdropError, match="not installed: install OBS Studio"):
        ObsCamera(World).open(4, 8)


def test_obs_close_tells_readers_that_it_stops() -> None:
    world, camera = obs()
    camera.open(4, 8)
    camera.send(composite(plain(9)))
    camera.close()
    camera.close()
    assert ObsReader(world).state == 3
    with pytest.raises(BackdropError, match="is not open"):
        camera.send(composite(plain(9)))


class UnityReader:
    """UnityCapture's filter in a call program: it makes mutex, Sent and Data, and asks through Want."""

    def __init__(self, world: World, largest_bytes: int = 4096) -> None:
        self.world = world
        world.objects[unity_capture_camera.MUTEX] = Object()
        world.objects[unity_capture_camera.SENT] = Object()
        self.memory = world.content.setdefault(unity_capture_camera.DATA, bytearray(32 + largest_bytes))
        struct.pack_into("<i", self.memory, 0, largest_bytes)

    def ask(self) -> None:
        self.world.objects[unity_capture_camera.WANT].is_set = True

    def has_news(self) -> bool:
        return self.world.wait(self.world.objects[unity_capture_camera.SENT], 0)

    def picture(self) -> Picture:
        """RGBA, upright: DirectShow's first row is the lowest."""
        _, width, height, stride, *rest = struct.unpack_from("<8i", self.memory)
        assert rest == [0, 1, 0, 5000] and stride == width
        rows = np.frombuffer(self.memory, np.uint8, width * height * 4, 32)
        return rows.reshape(height, width, 4)[::-1]


def unity() -> tuple[World, UnityCaptureCamera]:
    world = World(UNITY_CAPTURE_CLASS)
    camera = UnityCaptureCamera(lambda: world)
    camera.open(4, 8)
    return world, camera


def test_unity_capture_hands_over_upright_rgba() -> None:
    world, camera = unity()
    reader = UnityReader(world)
    picture = halves(4, 8)
    picture[0] = 255
    camera.send(composite(picture))
    assert reader.has_news() and not reader.has_news()
    assert np.array_equal(reader.picture(), cv2.cvtColor(picture, cv2.COLOR_BGR2RGBA))


def test_unity_capture_keeps_transparency_and_fits_another_size() -> None:
    world, camera = unity()
    reader = UnityReader(world)
    camera.send(composite(np.full((40, 80, 4), (10, 20, 30, 128), np.uint8)))
    assert np.array_equal(reader.picture(), np.full((4, 8, 4), (30, 20, 10, 128), np.uint8))


def test_unity_capture_picture_larger_than_the_room_is_not_written() -> None:
    world, camera = unity()
    reader = UnityReader(world, largest_bytes=4 * 4 * 8 - 1)
    camera.send(composite(plain(9)))
    assert not any(reader.memory[4:]) and not reader.has_news()


def test_unity_capture_knows_its_consumer_by_want(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    world, camera = unity()
    camera.send(composite(plain(9)))
    assert camera.consumers() == 0
    reader = UnityReader(world)
    now[0] += 60
    assert camera.consumers() == 1, "a reader asks only once there has been a frame"
    camera.send(composite(plain(9)))
    reader.ask()
    assert camera.consumers() == 1
    now[0] += 0.9
    assert camera.consumers() == 1
    now[0] += 0.2
    assert camera.consumers() == 0
    reader.ask()
    assert camera.consumers() == 1
    camera.close()
    assert world.objects[unity_capture_camera.WANT].is_closed


def test_unity_capture_that_is_not_installed_is_named() -> None:
    with pytest.raises(BackdropError, match=r"run its Install\.bat as administrator"):
        UnityCaptureCamera(World).open(4, 8)


def test_other_system_has_no_named_objects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    with pytest.raises(BackdropError, match="on Windows only"):
        named_objects()
