"""No subcommand: the window or, where none can open, the demo treated into a file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TypeVar

import msgspec

from app.commands.effect_options import chosen_effect
from app.commands.source_options import chosen_source, lasting
from app.engine.core.errors import BackdropError
from app.engine.core.paths import settings_file
from app.engine.core.settings import Settings
from app.settings import StoredSettings, load_kept

AnySettings = TypeVar("AnySettings", bound=Settings)


def run(args: argparse.Namespace) -> int:
    """Open the window with the saved settings and what the options change of them."""
    from app.display_check import missing_display

    path = settings_file()
    settings = with_options(usable_settings(path), args)
    missing = missing_display()
    if missing:
        from app.commands import demo_movie

        print(missing, file=sys.stderr)
        return demo_movie.run(settings.choices)
    from app.ui.application import run as run_window

    return int(run_window(settings, path, is_minimised=args.minimised))


def usable_settings(path: Path) -> StoredSettings:
    """The saved settings; where the file is broken the usual ones, and the file is kept aside."""
    try:
        return load_kept(path)
    except BackdropError as error:
        names = (f"{path.name}.bad{number}" for number in ("", *range(2, 100)))
        aside = next((a for name in names if not (a := path.with_name(name)).exists()), path)
        try:
            path.replace(aside)
        except OSError:
            print(f"{error} Backdrop starts with its usual settings.", file=sys.stderr)
        else:
            print(f"{error} Backdrop starts with its usual ones; yours are in '{aside}'.", file=sys.stderr)
        return StoredSettings()


def with_options(settings: AnySettings, args: argparse.Namespace) -> AnySettings:
    """The settings with what the options change. Raises BackdropError where an option makes no sense."""
    changes: dict[str, object] = {}
    changes["source"] = chosen_source(args, settings.source)
    if args.model is not None:
        from app.engine.networks.catalogue import network_file

        network_file(args.model)
        changes["network"] = msgspec.structs.replace(settings.network, name=args.model)
    if any(option is not None for option in (args.effect, args.strength, args.background)):
        effect = chosen_effect(args, settings.effect)
        if "file" in effect.values:
            file = lasting(str(effect.values["file"]))
            effect = msgspec.structs.replace(effect, values={**effect.values, "file": file})
        changes["effect"] = effect
    return msgspec.structs.replace(settings, **changes)
