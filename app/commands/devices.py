"""`backdrop devices`: cameras, virtual cameras, microphones, execution providers and networks."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from app.engine.capture.reader_thread import ReaderThread
from app.engine.capture.sources import open_source
from app.engine.core.errors import BackdropError, any_reason
from app.engine.core.paths import settings_file
from app.engine.core.types import CaptureFormat
from app.engine.devices import libpipewire, loopbacks
from app.engine.devices.cameras import list_cameras
from app.engine.devices.microphones import list_microphones
from app.engine.networks.catalogue import network_files
from app.engine.networks.providers import usable_providers
from app.engine.networks.segmenter import Segmenter
from app.engine.output.pipewire_camera import PIPEWIRE
from app.settings import load_settings

if TYPE_CHECKING:
    import argparse

_TRYING_S = 5.0


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "devices", help="list cameras, microphones, virtual cameras, providers and networks"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--try",
        action="store_true",
        dest="tries",
        help="open each camera for a moment and show what it gives",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the list."""
    found = collect()
    if args.tries:
        found["cameras"] = [{**camera, **tried(str(camera["id"]))} for camera in found["cameras"]]
    print(json.dumps(found, indent=2) if args.json else as_text(found))
    return 0


def collect() -> dict[str, list[dict[str, object]]]:
    """Everything that can be chosen, by kind."""
    return {
        "cameras": [asdict(camera) for camera in list_cameras()],
        "virtual_cameras": virtual_cameras(),
        "microphones": microphones(),
        "providers": [{"name": name} for name in usable_providers()],
        "networks": [describe_network(name) for name in network_files()],
    }


def virtual_cameras() -> list[dict[str, object]]:
    """What `--virtual-camera` takes, and the name of each."""
    found: list[dict[str, object]] = [
        {"path": device.path, "name": device.name} for device in loopbacks.outputs()
    ]
    return [*found, {"path": PIPEWIRE, "name": "PipeWire"}] if libpipewire.is_running() else found


def microphones() -> list[dict[str, object]]:
    """The microphones by name; none where there is no sound system."""
    try:
        return [{"name": name} for name in list_microphones()]
    except BackdropError:
        return []


def tried(camera_id: str) -> dict[str, object]:
    """The format that the saved settings request from a camera, and the format it gives or its error."""
    settings = msgspec.structs.replace(load_settings(settings_file()).source, spec=f"camera:{camera_id}")
    feed = ReaderThread(partial(open_source, settings), lambda source, bgr: None)
    until = time.monotonic() + _TRYING_S
    while feed.last_at is None and not feed.has_ended(0.05) and time.monotonic() < until:
        pass
    feed.stop()
    source = feed.source
    if source is None or source.asked is None or source.got is None:
        return {"error": str(feed.error or "It gives no picture.")}
    feed.has_ended(_TRYING_S)
    return {"asked": asdict(source.asked), "got": asdict(source.got)}


def describe_network(name: str) -> dict[str, object]:
    """The metadata of a network's file, or why it cannot be used."""
    path = network_files()[name]
    described: dict[str, object] = {"name": name, "path": str(path)}
    try:
        # Networks are chosen by file name.
        return {**asdict(Segmenter(path, "cpu").info), **described}
    except BackdropError as error:
        return {**described, "error": str(error)}
    except Exception as error:  # One network never hides the others.
        return {**described, "error": any_reason(error)}


def as_text(found: dict[str, list[dict[str, object]]]) -> str:
    """The same as text."""
    lines = ["Cameras"]
    for camera in found["cameras"]:
        sizes = camera["sizes"]
        assert isinstance(sizes, list)
        shown = ", ".join(f"{width}x{height}" for width, height in sizes[:6]) or "sizes unknown"
        lines.append(f"  {camera['name']}{' (virtual)' if camera['is_virtual'] else ''}: {shown}")
        lines.append(f"    choose it with --source 'camera:{camera['id']}'")
        formats = camera["pixel_formats"]
        assert isinstance(formats, list)
        lines += [f"    pixel formats: {', '.join(formats[:8])}"] if formats else []
        for key in ("asked", "got"):
            said = camera.get(key)
            lines += [f"    {key}: {CaptureFormat(**said)}"] if isinstance(said, dict) else []
        lines += [f"    {camera['error']}"] if "error" in camera else []
    lines += [] if found["cameras"] else ["  none found"]
    lines.append("Virtual cameras")
    lines += [f"  {device['name']}: {device['path']}" for device in found["virtual_cameras"]] or [
        "  none found"
    ]
    lines.append("Microphones")
    lines += [f"  {microphone['name']}" for microphone in found["microphones"]] or ["  none found"]
    lines.append("Execution providers")
    lines += [f"  {provider['name']}" for provider in found["providers"]]
    lines.append("Networks")
    for network in found["networks"]:
        status = network.get("error") or (
            f"{network['title']}, {network['parameters']:,} parameters, version {network['version']}"
        )
        lines.append(f"  {network['name']}: {status}")
    return "\n".join(lines if found["networks"] else [*lines, "  none found"])
