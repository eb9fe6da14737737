"""The options that say what to look at, and what to ask a camera for."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING

from app.engine.core.errors import BackdropError

if TYPE_CHECKING:
    from app.engine.core.settings import SourceSettings


def add_source_options(parser: argparse.ArgumentParser) -> None:
    """Add --source, --size, --fps and --pixel-format; of the first, what stood before the command counts."""
    parser.add_argument("--source", metavar="SOURCE", default=argparse.SUPPRESS, help="as for the window")
    parser.add_argument("--size", metavar="WIDTHxHEIGHT", help="to ask the camera for, such as 1280x720")
    parser.add_argument("--fps", metavar="N", help="frames per second to ask the camera for")
    parser.add_argument("--pixel-format", metavar="NAME", help="to ask the camera for: auto, MJPG or YUYV")


def chosen_source(args: argparse.Namespace, saved: SourceSettings) -> SourceSettings:
    """The source that the options ask for, where they are silent the saved one.

    Raises BackdropError where a value is none.
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
    """A file's name that holds from any folder, since settings may be kept; other names as they are."""
    path = Path(name)
    return str(path.absolute()) if path.is_file() else name
