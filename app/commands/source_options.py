"""The options for the source and the camera's format."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING

from app.engine.core.errors import BackdropError

if TYPE_CHECKING:
    from app.engine.core.settings import SourceSettings


def add_source_options(parser: argparse.ArgumentParser) -> None:
    """Add --source, --size, --fps and --pixel-format. A --source before the command counts too."""
    parser.add_argument("--source", metavar="SOURCE", default=argparse.SUPPRESS, help="as for the window")
    parser.add_argument(
        "--size", metavar="WIDTHxHEIGHT", help="the size to request from the camera, such as 1280x720"
    )
    parser.add_argument("--fps", metavar="N", help="frames per second to request from the camera")
    parser.add_argument(
        "--pixel-format", metavar="NAME", help="the format to request from the camera: auto, MJPG or YUYV"
    )


def chosen_source(args: argparse.Namespace, saved: SourceSettings) -> SourceSettings:
    """The source that the options select; without options the saved one.

    Raises BackdropError for an invalid value.
    """
    import msgspec

    from app.engine.core.settings import SourceSettings

    chosen: dict[str, object] = {}
    if args.source is not None:
        chosen["spec"] = lasting(args.source)
    if getattr(args, "size", None) is not None:
        size = re.fullmatch(r"(\d+)x(\d+)", args.size)
        if not size:
            raise BackdropError("--size is WIDTHxHEIGHT, such as 1280x720, not '{size}'.", size=args.size)
        chosen["width_px"], chosen["height_px"] = int(size[1]), int(size[2])
    if getattr(args, "fps", None) is not None:
        chosen["fps"] = args.fps
    if getattr(args, "pixel_format", None) is not None:
        chosen["pixel_format"] = args.pixel_format
    try:
        return msgspec.convert({**msgspec.structs.asdict(saved), **chosen}, SourceSettings, strict=False)
    except msgspec.ValidationError as error:
        key, options = str(error).split("`$.")[-1].rstrip("`"), {"width_px": "size", "height_px": "size"}
        option = options.get(key, key.replace("_", "-"))
        value = getattr(args, option.replace("-", "_"))
        allowed = {
            "size": "from 64x64 to 7680x4320",
            "fps": "a number from 1 to 240",
            "pixel-format": "auto, MJPG or YUYV",
        }
        raise BackdropError(
            "--{option} must be {allowed}, not '{given}'.",
            option=option,
            allowed=allowed[option],
            given=value,
        ) from error


def lasting(name: str) -> str:
    """The absolute path of a file, or the id of a camera's device, because settings may be saved.

    Other names stay as they are.
    """
    from app.engine.devices.cameras import find_camera, names_device

    if names_device(name):
        try:
            return f"camera:{find_camera(name).id}"
        except BackdropError:
            return f"camera:{name}"  # It may be plugged in later; until then the source reports it.
    path = Path(name)
    return str(path.absolute()) if path.is_file() else name
