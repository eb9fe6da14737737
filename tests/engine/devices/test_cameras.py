"""Which camera is meant, and which one is taken by itself (Linux)."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from app.commands.arguments.source_options import saved_name
from app.engine.capture.sources import open_source
from app.engine.core.errors import BackdropError
from app.engine.core.settings import SourceSettings
from app.engine.devices import loopbacks
from app.engine.devices.cameras import find_camera, list_cameras, names_device, real_cameras
from app.ui.models.choices import camera_choices
from tests.engine.devices.v4l2_world import CAPTURE, CAPTURE_MPLANE, IO_MC, LOOPBACK, M2M, OUTPUT, Told, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="V4L2 is Linux's")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(tmp_path)
    made.install(monkeypatch)
    return made


@pytest.fixture
def writer() -> Iterator[list[subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        process.communicate(timeout=60)


def feed(path: Path, mode: str, writer: list[subprocess.Popen[str]]) -> None:
    """Let another program have a device open."""
    code = f"f = open({str(path)!r}, {mode!r}); print('open', flush=True); input()"
    pipe = subprocess.PIPE
    process = subprocess.Popen([sys.executable, "-c", code], stdin=pipe, stdout=pipe, text=True)
    writer.append(process)
    assert process.stdout is not None and process.stdout.readline() == "open\n"


def names() -> list[str]:
    return [camera.name for camera in list_cameras()]


def test_cameras_are_listed_in_order_of_numbers(world: World) -> None:
    for number in (10, 2, 0, 33, 4):
        world.add(number, Told(f"Cam {number}"))
    assert names() == ["Cam 0", "Cam 2", "Cam 4", "Cam 10", "Cam 33"]


@pytest.mark.parametrize(
    "infrared",
    [
        Told("Face Camera", formats=("GREY",)),
        Told("Front Camera", formats=("Y16", "Y10")),
        Told("USB2.0 IR UVC HD Webcam", formats=("MJPG",)),
        Told("Integrated Camera: Integrated I", formats=("YUYV",)),
        Told("HD_IR_Cam"),
        Told("Infrared sensor"),
    ],
)
def test_colour_camera_comes_before_infrared_one(world: World, infrared: Told) -> None:
    world.add(0, infrared)
    assert [c.name for c in real_cameras()] == [infrared.name], "it is better than none"
    world.add(3, Told("Colour"))
    assert names() == ["Colour", infrared.name]


@pytest.mark.parametrize("name", ["AIR Cam", "Mirror", "Logitech BRIO", "FIRE HD"])
def test_colour_camera_is_not_taken_for_infrared(world: World, name: str) -> None:
    world.add(0, Told(name, formats=("GREY", "MJPG")))
    world.add(1, Told("Other"))
    assert names() == [name, "Other"]


def test_cameras_with_several_planes_are_seen_and_converters_are_not(world: World) -> None:
    world.add(0, Told("Decoder", "bcm2835-codec", CAPTURE_MPLANE | M2M, ("YU12",)))
    world.add(1, Told("Raw sensor", "isys", CAPTURE_MPLANE | IO_MC, ("BG10",)))
    world.add(2, Told("Tablet camera", "rkisp1", CAPTURE_MPLANE, ("NV12",)))
    world.add(3, Told("Radio data", capabilities=0x800000))
    assert names() == ["Tablet camera"]
    assert list_cameras()[0].sizes == [(1280, 720)]


@pytest.mark.parametrize(
    "fed",
    [
        Told("Intel MIPI Camera", LOOPBACK, CAPTURE),
        Told("DroidCam", LOOPBACK, CAPTURE | OUTPUT),
        Told("OBS Virtual Camera", LOOPBACK, CAPTURE, ("YUYV",)),
    ],
)
def test_loopback_that_others_feed_is_camera_after_real_ones(world: World, fed: Told) -> None:
    world.add(0, fed)
    assert [c.name for c in real_cameras()] == [fed.name]
    world.add(1, Told("Face", formats=("GREY",)))
    world.add(5, Told("Desk"))
    assert names() == ["Desk", fed.name, "Face"]


def test_loopback_that_nobody_feeds_is_not_taken_by_itself(world: World) -> None:
    world.add(0, Told("Free", LOOPBACK, CAPTURE | OUTPUT, is_fixed=False))
    world.add(1, Told("Also free", LOOPBACK, OUTPUT))
    assert real_cameras() == [] and names() == ["Free"]
    assert open_source(SourceSettings()).is_demo
    with pytest.raises(BackdropError, match="No program sends pictures to the virtual camera '1'"):
        find_camera("1")


def test_own_virtual_camera_is_never_a_source(world: World) -> None:
    world.add(4, Told("Backdrop", LOOPBACK, CAPTURE | OUTPUT))
    used = world.add(5, Told("Dummy video device", LOOPBACK, CAPTURE))
    claim = loopbacks.claim(str(used), for_writing=True)
    assert claim is not None
    assert list_cameras() == []
    for wanted in ("4", "Backdrop", str(used)):
        with pytest.raises(BackdropError, match="is Backdrop's own virtual camera: choose another source"):
            find_camera(wanted)
    os.close(claim)
    assert names() == ["Dummy video device"]


def test_camera_by_number_file_or_link(world: World, tmp_path: Path) -> None:
    path = world.add(2, Told("Desk"))
    world.add(10, Told("Door"))
    links = tmp_path / "v4l" / "by-id"
    links.mkdir(parents=True)
    (links / "usb-Acme-video-index0").symlink_to(path)
    (tmp_path / "my-camera").symlink_to(links / "usb-Acme-video-index0")
    for wanted in ("2", str(path), str(links / "usb-Acme-video-index0"), str(tmp_path / "my-camera"), "DESK"):
        assert find_camera(wanted).name == "Desk"
    assert find_camera("10").name == "Door"
    for spec in ("2", str(path), str(links / "usb-Acme-video-index0")):
        assert names_device(spec)
        assert saved_name(spec) == "camera:usb-Acme-video-index0", (
            "the list of the window has it under this key"
        )
    assert (
        saved_name("7") == "camera:7" and saved_name(str(tmp_path / "video7")) == f"camera:{tmp_path}/video7"
    )


def test_what_is_no_camera_is_told_with_those_that_are(world: World, tmp_path: Path) -> None:
    with pytest.raises(BackdropError, match="No camera was found"):
        open_source(SourceSettings(spec="3"))
    with pytest.raises(BackdropError, match="'/dev/null' is not a camera, and no other was found"):
        open_source(SourceSettings(spec="/dev/null"))
    world.add(0, Told("Desk"))
    world.add(1, Told("Metadata", capabilities=0x800000))
    desk = f"'Desk' ({tmp_path}/video0)"
    for spec, told in {
        "/dev/null": f"'/dev/null' is not a camera: the ones found are {desk}.",
        "/dev/zero": f"'/dev/zero' is not a camera: the ones found are {desk}.",
        "1": f"'{tmp_path}/video1' is not a camera: the ones found are {desk}.",
        str(tmp_path / "video1"): f"'{tmp_path}/video1' is not a camera: the ones found are {desk}.",
        "9": f"There is no camera '9': the ones found are {desk}.",
        str(tmp_path / "video9"): f"There is no camera '{tmp_path}/video9': the ones found are {desk}.",
        "camera:Door": "There is no camera 'Door': the ones found are 'Desk'.",
        str(tmp_path): f"'{tmp_path}' is a folder, not a file.",
    }.items():
        with pytest.raises(BackdropError) as caught:
            open_source(SourceSettings(spec=spec))
        assert str(caught.value) == told


def test_cameras_of_one_name_are_told_apart_in_window(world: World, tmp_path: Path) -> None:
    for number in (0, 2):
        world.add(number, Told("Webcam"))
    world.add(4, Told("Desk"))
    titles = [choice.title for choice in camera_choices()]
    assert titles == [f"Webcam ({tmp_path}/video0)", f"Webcam ({tmp_path}/video2)", "Desk"]


# Where Backdrop writes


def test_output_is_the_one_called_backdrop_then_a_free_one(world: World) -> None:
    world.add(0, Told("Spare", LOOPBACK, OUTPUT))
    world.add(1, Told("Open", LOOPBACK, CAPTURE | OUTPUT, is_fixed=False))
    world.add(2, Told("Phone", LOOPBACK, CAPTURE | OUTPUT))
    world.add(3, Told("Relay", LOOPBACK, CAPTURE))
    world.add(12, Told("Backdrop", LOOPBACK, OUTPUT))
    assert [d.name for d in loopbacks.usable_outputs()] == ["Backdrop", "Spare", "Open"]


@pytest.mark.parametrize("mode", ["ab", "wb", "r+b"])
def test_device_that_another_program_writes_to_is_fed(
    world: World, writer: list[subprocess.Popen[str]], mode: str
) -> None:
    path = world.add(0, Told("Phone", LOOPBACK, CAPTURE | OUTPUT, is_fixed=False))
    assert [d.name for d in loopbacks.usable_outputs()] == ["Phone"]
    feed(path, mode, writer)
    assert loopbacks.usable_outputs() == [] and loopbacks.is_fed_by_others(str(path))
    assert [c.name for c in real_cameras()] == ["Phone"]


def test_call_that_waits_for_our_pictures_does_not_keep_us_out(
    world: World, writer: list[subprocess.Popen[str]]
) -> None:
    path = world.add(0, Told("Backdrop", LOOPBACK, CAPTURE | OUTPUT))
    feed(path, "r+b", writer)
    assert [d.name for d in loopbacks.usable_outputs()] == ["Backdrop"]


def test_no_device_is_source_and_output_at_once(world: World) -> None:
    path = str(world.add(0, Told("Spare", LOOPBACK, CAPTURE | OUTPUT)))
    source = loopbacks.claim(path, for_writing=False)
    second = loopbacks.claim(path, for_writing=False)
    assert source is not None and second is not None
    assert loopbacks.claim(path, for_writing=True) is None
    os.close(source)
    os.close(second)
    output = loopbacks.claim(path, for_writing=True)
    assert output is not None and loopbacks.claim(path, for_writing=True) is None
    os.close(output)


def test_output_by_number_name_path_or_link(world: World, tmp_path: Path) -> None:
    path = str(world.add(7, Told("Backdrop", LOOPBACK, OUTPUT)))
    assert [loopbacks.output_path(wanted) for wanted in ("7", "backdrop", path)] == [path] * 3
    assert loopbacks.output_path("nothing") == "nothing"
