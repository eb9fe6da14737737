"""No subcommand: open the window or, if none can open, write a movie of the demo."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from app.commands.arguments.options import tell_on_stderr, usable_settings, with_options
from app.ending_signals import ending_signals
from app.engine.core.paths import settings_file

if TYPE_CHECKING:
    import argparse

    from app.engine.core.errors import Message


def run(args: argparse.Namespace) -> int:
    """Open the window with the saved settings, changed by the options."""
    from app.display_check import missing_display

    path = settings_file()
    told: list[Message] = []
    stored = usable_settings(path, told.append)
    for message in told:  # Also in the window, because few see this.
        tell_on_stderr(message)
    settings = with_options(stored, args)
    missing = missing_display()
    if missing:
        from app.commands import demo_movie

        print(missing, file=sys.stderr)
        return demo_movie.run(settings.current)
    with ending_signals() as signals:
        from app.ui.application import run as run_window

        if signals.received:
            raise KeyboardInterrupt
        minimised = args.minimised
        return int(run_window(settings, path, is_minimised=minimised, stored=stored, told=told))
