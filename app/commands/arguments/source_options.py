"""The options for the source and the camera's format."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.arguments.option_types import frame_size, number, one_of
from app.engine.core.errors import BackdropError

if TYPE_CHECKING:
    from app.engine.core.settings import SourceSettings

SOURCE_HELP = "the source: auto, demo, camera:NAME, a number such as 0, a device, a file or a URL"


def add_source_options(parser: argparse.ArgumentParser) -> None:
    """Add --source, --size, --fps and --pixel-format. --source may also stand before the command."""
    parser.add_argument("--source", metavar="SOURCE", default=argparse.SUPPRESS, help=SOURCE_HELP)
    parser.add_argument(
        "--size",
        metavar="WIDTHxHEIGHT",
        type=frame_size,
        help="the size to request from the camera, such as 1280x720",
    )
    parser.add_argument(
        "--fps", metavar="N", type=number(1, 240), help="frames per second to request from the camera"
    )
    parser.add_argument(
        "--pixel-format",
        metavar="NAME",
        type=one_of("auto", "MJPG", "YUYV"),
        help="the format to request from the camera: auto, MJPG or YUYV",
    )


def chosen_source(args: argparse.Namespace, saved: SourceSettings) -> SourceSettings:
    """The source that the options select; without options the saved one."""
    import msgspec

    chosen: dict[str, object] = {}
    if args.source is not None:
        chosen["spec"] = saved_name(args.source)
    if getattr(args, "size", None) is not None:
        chosen["width_px"], chosen["height_px"] = args.size
    for name in ("fps", "pixel_format"):
        if getattr(args, name, None) is not None:
            chosen[name] = getattr(args, name)
    return msgspec.structs.replace(saved, **chosen)


def saved_name(name: str) -> str:
    """A name that stays valid in saved settings: the absolute path of a file, or the id of a camera.

    A name that is neither is returned unchanged.
    """
    from app.engine.devices.cameras import find_camera, names_device

    if names_device(name):
        try:
            return f"camera:{find_camera(name).id}"
        except BackdropError:
            return f"camera:{name}"  # It may be plugged in later; until then the source reports an error.
    path = Path(name)
    return str(path.absolute()) if path.is_file() else name
