"""`backdrop doctor`: report what is missing on this computer and how to get it."""

from __future__ import annotations

import importlib.metadata
import json
import platform
import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import av

from app import __version__
from app.display_check import missing_display
from app.engine.core.errors import BackdropError, Message
from app.engine.core.paths import settings_file
from app.engine.core.settings import NetworkSettings
from app.engine.devices import libpipewire, loopbacks, v4l2
from app.engine.devices.cameras import list_cameras
from app.engine.devices.distributions import loopback_commands
from app.engine.devices.v4l2 import HOW_TO_GET_PERMISSION, PERMISSION_COMMAND
from app.engine.networks.auto_select import measured
from app.engine.networks.catalogue import AUTO, LEVELS, network_file, network_files
from app.engine.networks.providers import (
    CUDA,
    driver_present,
    installed_runtimes,
    problem_of,
    usable_providers,
)
from app.engine.networks.segmenter import Segmenter
from app.engine.output.registry import PYVIRTUALCAM, senders
from app.engine.output.sinks import how_to_get_one
from app.settings import load_settings

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check. `id` is stable; `needed` says whether Backdrop cannot work without it."""

    id: str
    title: str
    ok: bool
    text: str
    commands: tuple[str, ...] = ()
    """The shell commands that install what is missing, in order."""
    needed: bool = False


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("doctor", help="report what is missing and how to get it")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the findings; 1 if something needed is missing."""
    findings = list(examine())
    if args.json:
        print(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            print(f"{'ok     ' if finding.ok else 'missing'}  {finding.title}: {finding.text}")
    return int(any(finding.needed and not finding.ok for finding in findings))


def examine() -> Iterator[Finding]:
    """Check everything that Backdrop uses, the most basic first."""
    yield Finding(
        "backdrop",
        "Backdrop",
        True,
        f"{__version__}, Python {platform.python_version()}, {platform.platform()}",
    )
    yield _opencv()
    yield _network()
    display = missing_display()
    yield Finding("window", "window", display is None, display or "can be shown")
    yield _settings()
    yield _camera()
    yield _virtual_camera()
    yield _provider()
    yield _video_codec()
    yield _speed()


def _opencv() -> Finding:
    others = [
        name
        for name in ("opencv-python", "opencv-contrib-python")
        if any(d.metadata["Name"] == name for d in importlib.metadata.distributions())
    ]
    if others:
        command = f"pip uninstall {others[0]} opencv-python-headless"
        text = Message(
            "{name} breaks the window: run {command}, then install Backdrop again",
            name=others[0],
            command=command,
        )
        return Finding("opencv", "OpenCV", False, text, (command,))
    return Finding("opencv", "OpenCV", True, importlib.metadata.version("opencv-python-headless"))


def _network() -> Finding:
    try:
        info = Segmenter(network_file(NetworkSettings().name), "cpu").info
    except BackdropError as error:
        return Finding("network", "network", False, error.message, needed=True)
    text = Message("{title}; {count} installed", title=info.title, count=len(network_files()))
    return Finding("network", "network", True, text, needed=True)


def _speed() -> Finding:
    try:
        measurement = measured(NetworkSettings(AUTO))
    except BackdropError as error:
        return Finding("speed", "speed", False, error.message)
    name = measurement.name
    level = next((level for level, network in LEVELS.items() if network == name), name)
    text = Message(
        "{level} suits this computer, with {ms} ms per frame",
        level=Message(level.capitalize()),
        ms=round(measurement.ms[name]),
    )
    return Finding("speed", "speed", True, text)


def _settings() -> Finding:
    path = settings_file()
    try:
        load_settings(path)
    except BackdropError as error:
        return Finding("settings", "settings", False, f"{error} Fix or delete that file.")
    return Finding("settings", "settings", True, str(path))


def _camera() -> Finding:
    names = [camera.name for camera in list_cameras()]
    if names:
        return Finding("camera", "camera", True, ", ".join(names))
    if sys.platform == "linux" and v4l2.unreadable_devices():
        reason = Message(
            "found, but you do not have permission to read it: {advice}", advice=HOW_TO_GET_PERMISSION
        )
        commands: tuple[str, ...] = (PERMISSION_COMMAND,)
    else:
        is_mac = sys.platform == "darwin"
        advice = "allow it in System Settings, Privacy and Security, Camera" if is_mac else "plug one in"
        reason, commands = Message("none found: {advice}", advice=Message(advice)), ()
    text = Message("{reason}. Until then the demo plays.", reason=reason)
    return Finding("camera", "camera", False, text, commands)


def _virtual_camera() -> Finding:
    if sys.platform != "linux":
        return _sender()
    names = [device.name for device in loopbacks.outputs()]
    commands = () if names else loopback_commands()
    if libpipewire.is_running() and not names:
        text = Message(
            "PipeWire, which browsers can use; for other programs {advice}", advice=how_to_get_one()
        )
        return Finding("virtual-camera", "virtual camera", True, text, commands)
    names += ["PipeWire"] if libpipewire.is_running() else []
    if names:
        return Finding("virtual-camera", "virtual camera", True, ", ".join(names))
    text = Message("none found: {advice}", advice=how_to_get_one())
    return Finding("virtual-camera", "virtual camera", False, text, commands)


def _sender() -> Finding:
    """The virtual camera on Windows and macOS."""
    cameras = [make() for make in senders().values()]
    problems = [camera.missing() for camera in cameras]
    ready = [
        PYVIRTUALCAM if camera.title == "auto" else camera.title
        for camera, problem in zip(cameras, problems, strict=True)
        if problem is None
    ]
    reason = ", ".join(ready) or Message.sequence([problem.message for problem in problems if problem])
    text = Message("{reason} (not yet seen on a real machine)", reason=reason)
    return Finding("virtual-camera", "virtual camera", bool(ready), text)


def _provider() -> Finding:
    runtimes = installed_runtimes()
    if len(runtimes) > 1:
        keep = next((name for name in reversed(runtimes) if name != "onnxruntime"), runtimes[0])
        commands = f"pip uninstall -y {' '.join(runtimes)}", f"pip install {keep}"
        text = Message(
            "{packages} are installed together and overwrite each other's files: run {first}, then {second}",
            packages=", ".join(runtimes),
            first=commands[0],
            second=commands[1],
        )
        return Finding("gpu", "GPU", False, text, commands)
    usable = usable_providers()[:-1]
    if usable:
        text = Message("{providers} found; the network can run there", providers=", ".join(usable))
        return Finding("gpu", "GPU", True, text)
    if CUDA.driver.get(sys.platform) and driver_present(CUDA):
        text = Message("NVIDIA driver found, but CUDA cannot be used: {reason}", reason=problem_of(CUDA))
        return Finding("gpu", "GPU", False, text)
    return Finding("gpu", "GPU", True, "none, and none is needed: the network runs on the CPU")


def _video_codec() -> Finding:
    if "libx264" in av.codecs_available:
        return Finding("video-files", "video files", True, "H.264 through PyAV")
    text = "this PyAV has no H.264 encoder: videos are written as MPEG-4 part 2"
    return Finding("video-files", "video files", False, text)
