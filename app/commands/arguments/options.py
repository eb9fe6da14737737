"""Combine the saved settings with the options of the command line."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from app.commands.arguments.effect_options import chosen_effect
from app.commands.arguments.look_options import chosen_looks
from app.commands.arguments.people_options import chosen_people
from app.commands.arguments.presenter_options import chosen_presenter
from app.commands.arguments.source_options import chosen_source, saved_name
from app.engine.core.errors import BackdropError, Message
from app.engine.core.settings import Settings
from app.settings import StoredSettings, load_stored

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

AnySettings = TypeVar("AnySettings", bound=Settings)


def tell_on_stderr(message: Message) -> None:
    """Print a message for the user as an error."""
    print(message, file=sys.stderr)


def usable_settings(path: Path, tell: Callable[[Message], None] = tell_on_stderr) -> StoredSettings:
    """The saved settings; if the file is broken or of a newer version, the defaults.

    The file is then kept under another name, and `tell` gets a message that says so.
    """
    try:
        return load_stored(path)
    except BackdropError as error:
        names = (f"{path.name}.bad{number}" for number in ("", *range(2, 100)))
        aside = next((a for name in names if not os.path.lexists(a := path.with_name(name))), path)
        try:
            _keep_aside(path, aside)
        except OSError:
            what = Message("Backdrop starts with its default settings.")
        else:
            what = Message("Backdrop starts with its default settings; yours are in '{aside}'.", aside=aside)
        tell(Message.sequence([error.message, what]))
        return StoredSettings()


def _keep_aside(path: Path, aside: Path) -> None:
    """Rename a file or folder. A symbolic link to a file stays, and the file is copied. Raises OSError."""
    if path.is_symlink() and path.is_file():
        shutil.copyfile(path, aside)
    else:
        path.replace(aside)


def with_options(settings: AnySettings, args: argparse.Namespace) -> AnySettings:
    """The settings, changed by the options. Raises BackdropError for an invalid option."""
    changes: dict[str, object] = {}
    changes["source"] = chosen_source(args, settings.source)
    if args.network is not None:
        from app.engine.networks.catalogue import network_file

        network_file(args.network)
        changes["network"] = msgspec.structs.replace(settings.network, name=args.network)
    if any(option is not None for option in (args.effect, args.strength, args.background, args.page)):
        effect = chosen_effect(args, settings.effect)
        values = dict(effect.values)
        if "file" in values:
            values["file"] = saved_name(str(values["file"]))
        if "slides" in values:  # It may be a folder.
            values["slides"] = str(Path(str(values["slides"])).absolute())
        changes["effect"] = msgspec.structs.replace(effect, values=values)
    changes["presenter"] = chosen_presenter(args, settings.presenter)
    changes["looks"] = chosen_looks(args, settings.looks)
    changes["matte"] = chosen_people(args, settings.matte)
    return msgspec.structs.replace(settings, **changes)
