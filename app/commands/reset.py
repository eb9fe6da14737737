"""`backdrop reset`: remove everything that Backdrop has stored for this user."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from app import autostart
from app.control import ask
from app.engine.core.errors import BackdropError, disk_reason
from app.engine.core.paths import user_folders

if TYPE_CHECKING:
    import argparse
    from pathlib import Path


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "reset",
        help="remove your settings, profiles, added backgrounds and networks",
        description="Remove what Backdrop has stored for you: settings, profiles, backgrounds and networks "
        "that you added, small copies of them, and the start at sign-in. Recordings and snapshots stay.",
    )
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Ask and remove; 1 if the answer is not yes."""
    if ask({"command": "status"}) is not None:
        raise BackdropError("Backdrop is running: close its window first.")
    folders = [folder for folder in user_folders() if folder.is_symlink() or folder.exists()]
    starts_with_system = autostart.starts_with_system()
    if not folders and not starts_with_system:
        print("There is nothing to remove.")
        return 0
    if not args.yes and not _agrees(folders, starts_with_system):
        print("Nothing was removed.")
        return 1
    if starts_with_system:
        autostart.start_with_system(False)
    for folder in folders:
        _remove(folder)
    print("Removed. Recordings and snapshots stay where they are.")
    return 0


def _agrees(folders: list[Path], starts_with_system: bool) -> bool:
    print("These will be removed, with all that is in them:")
    for folder in folders:
        print(f"  {folder}")
    if starts_with_system:
        print("  the start at sign-in")
    if not sys.stdin or not sys.stdin.isatty():
        raise BackdropError("Nobody can answer here: add --yes to remove them.")
    try:
        return input("Remove them? [y/N] ").strip().casefold() in ("y", "yes")
    except EOFError:
        return False


def _remove(folder: Path) -> None:
    """Remove a folder; of a link to one, only the link."""
    try:
        if folder.is_symlink():
            folder.unlink()
        elif folder.exists():  # It may have been inside one that is removed already.
            shutil.rmtree(folder)
    except OSError as error:
        raise BackdropError(
            "'{path}' cannot be removed: {reason}.", path=folder, reason=disk_reason(error)
        ) from error
