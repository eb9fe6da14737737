"""`backdrop doctor`: what is missing on this machine, and how to get it."""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import json
import platform
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import av

from app import __version__
from app.display_check import missing_display
from app.engine.core.errors import BackdropError
from app.engine.core.settings import NetworkSettings
from app.engine.devices import v4l2
from app.engine.devices.cameras import list_cameras
from app.engine.networks.auto_select import measured
from app.engine.networks.catalogue import AUTO, LEVELS, network_file, network_files
from app.engine.networks.segmenter import Segmenter, cuda_driver_present
from app.engine.output.sinks import HOW_TO_GET_ONE
from app.settings import load_settings, settings_file


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `needed` says whether Backdrop cannot do its main job without it."""

    what: str
    ok: bool
    told: str
    needed: bool = False


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("doctor", help="tell what is missing and how to get it")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the findings; 1 if something needed is missing."""
    findings = list(examine())
    if args.json:
        print(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            print(f"{'ok     ' if finding.ok else 'missing'}  {finding.what}: {finding.told}")
    return int(any(finding.needed and not finding.ok for finding in findings))


def examine() -> Iterator[Finding]:
    """Look at everything Backdrop uses, most basic first."""
    yield Finding(
        "Backdrop", True, f"{__version__}, Python {platform.python_version()}, {platform.platform()}"
    )
    yield _opencv()
    yield _network()
    display = missing_display()
    yield Finding("window", display is None, display or "can be shown")
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
        told = (
            f"{others[0]} breaks the window: run pip uninstall {others[0]} opencv-python-headless, "
            "then install Backdrop again"
        )
        return Finding("OpenCV", False, told)
    return Finding("OpenCV", True, importlib.metadata.version("opencv-python-headless"))


def _network() -> Finding:
    wanted = NetworkSettings().name
    try:
        info = Segmenter(network_file(wanted), "cpu").info
    except BackdropError as error:
        return Finding("network", False, str(error), needed=True)
    return Finding("network", True, f"{info.title}; {len(network_files())} installed", needed=True)


def _speed() -> Finding:
    try:
        found = measured(NetworkSettings(AUTO))
    except BackdropError as error:
        return Finding("speed", False, str(error))
    level = next((level for level, name in LEVELS.items() if name == found.name), found.name)
    told = f"{level.capitalize()} suits this computer, at {found.ms[found.name]:.0f} ms a picture"
    return Finding("speed", True, told)


def _settings() -> Finding:
    path = settings_file()
    try:
        load_settings(path)
    except BackdropError as error:
        return Finding("settings", False, f"{error} Mend or delete that file.")
    return Finding("settings", True, str(path))


def _camera() -> Finding:
    names = [camera.name for camera in list_cameras()]
    if names:
        return Finding("camera", True, ", ".join(names))
    told = "none found: plug one in"
    if sys.platform == "linux" and v4l2.unreadable_devices():
        told = "found, but not yours to read: run sudo usermod -aG video $USER and sign in again"
    elif sys.platform == "darwin":
        told = "none found: allow it in System Settings, Privacy and Security, Camera"
    return Finding("camera", False, f"{told}. Until then the demo plays.")


def _virtual_camera() -> Finding:
    if sys.platform != "linux":
        found = importlib.util.find_spec("pyvirtualcam") is not None
        return Finding("virtual camera", found, "pyvirtualcam" if found else f"none found: {HOW_TO_GET_ONE}")
    names = [device.name for device in v4l2.list_devices() if device.is_loopback]
    if names:
        return Finding("virtual camera", True, ", ".join(names))
    return Finding("virtual camera", False, f"none found: {HOW_TO_GET_ONE}")


def _provider() -> Finding:
    if cuda_driver_present():
        return Finding("GPU", True, "NVIDIA driver found; the network may run there")
    return Finding("GPU", True, "none, and none is needed: the network runs on the CPU")


def _video_codec() -> Finding:
    if "libx264" in av.codecs_available:
        return Finding("video files", True, "H.264 through PyAV")
    return Finding(
        "video files", False, "this PyAV has no H.264 encoder: videos are written as MPEG-4 part 2"
    )
