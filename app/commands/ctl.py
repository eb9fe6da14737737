"""`backdrop ctl`: control the running Backdrop from hotkeys and scripts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from app.commands.arguments.option_types import one_of
from app.control import ask
from app.engine.core.errors import BackdropError

if TYPE_CHECKING:
    import argparse

_REQUESTS = {
    "on": "show your camera",
    "off": "close the camera and show a placeholder",
    "toggle": "off if it is on, on if it is off",
    "snapshot": "save what others see as a picture",
    "learn-room": "learn the empty room: step out of the picture for three seconds",
    "next": "show the next page of the slides",
    "previous": "show the page before",
    "status": "print the current state",
    "list": "print the names of the effects, backgrounds, profiles and looks",
}
_REQUESTS_WITH_NAME = {
    "effect": "use an effect, or a background by its name",
    "look": "use a preset of looks, such as meeting, one value, such as exposure=0.3, or none",
    "profile": "use the settings of a profile",
    "page": "show a page of the slides",
    "tag": "let the name tag fade in or out",
    "people": "show everyone, the main person alone, or the N most important people",
}
_METAVARS = {"page": "N", "tag": "show|hide", "people": "everyone|main|N"}
_CHOICES = {"tag": ("show", "hide")}


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("ctl", help="control the open window")
    requests = parser.add_subparsers(dest="request", metavar="REQUEST", required=True)
    for request, text in (_REQUESTS | _REQUESTS_WITH_NAME).items():
        request_parser = requests.add_parser(request, help=text)
        if request in _REQUESTS_WITH_NAME:
            metavar, choices = _METAVARS.get(request, "NAME"), _CHOICES.get(request)
            request_parser.add_argument("name", metavar=metavar, type=one_of(*choices) if choices else str)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the reply as one line of JSON. Raises BackdropError if it fails or Backdrop is not running."""
    request = {"command": args.request}
    if args.request in _REQUESTS_WITH_NAME:
        request["name"] = args.name
    if args.request == "look":
        # It loads OpenCV, which would more than double the time of every page that is turned.
        from app.engine.looks.choice import with_absolute_path

        request["name"] = with_absolute_path(args.name)
    reply = ask(request)
    if reply is None:
        raise BackdropError("Backdrop is not running: open its window first.")
    if not reply.get("ok"):
        raise BackdropError(str(reply.get("message")))
    print(json.dumps(reply, ensure_ascii=False))
    return 0
