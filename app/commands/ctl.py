"""`backdrop ctl`: control the running Backdrop from hotkeys and scripts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from app.control import ask
from app.engine.core.errors import BackdropError

if TYPE_CHECKING:
    import argparse

_PLAIN = {
    "on": "show your camera",
    "off": "close the camera and show a placeholder",
    "toggle": "on if it is off, off if it is on",
    "snapshot": "keep what others see as a picture",
    "status": "how things are",
    "list": "the effects, backgrounds and profiles that there are",
}
_NAMED = {"effect": "use an effect, or a background by its name", "profile": "use all choices of a profile"}


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("ctl", help="control the window that is open")
    requests = parser.add_subparsers(dest="request", metavar="REQUEST", required=True)
    for request, text in (_PLAIN | _NAMED).items():
        asked = requests.add_parser(request, help=text)
        if request in _NAMED:
            asked.add_argument("name", metavar="NAME")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the reply, one line of JSON; return 1 if the request fails or no Backdrop runs."""
    request = {"command": args.request}
    if args.request in _NAMED:
        request["name"] = args.name
    reply = ask(request)
    if reply is None:
        raise BackdropError("Backdrop is not running: open its window first.")
    if not reply.get("ok"):
        raise BackdropError(str(reply.get("message")))
    print(json.dumps(reply, ensure_ascii=False))
    return 0
