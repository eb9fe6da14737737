"""The pictures and videos in a folder, and what else is in it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from app.engine.core.errors import BackdropError, disk_reason
from app.engine.media.file_kinds import is_medium

if TYPE_CHECKING:
    from pathlib import Path

_NAMED = 50


def files_in(folder: Path) -> list[Path]:
    """The pictures and videos in a folder, sorted by name. Raises BackdropError if there are none."""
    found = [entry for entry in _visible(folder) if _is_wanted(entry)]
    if not found:
        raise BackdropError("There are no pictures or videos in the folder '{folder}'.", folder=folder)
    return found


def left_out(folder: Path) -> str | None:
    """What in a folder is neither picture nor video; None if there is nothing. Hidden files do not count."""
    names = [entry.name for entry in _visible(folder) if not _is_wanted(entry)]
    if not names:
        return None
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    listed = f"{', '.join(names[:_NAMED])}{more}"
    return f"Left out of '{folder}', because it is neither a picture nor a video: {listed}."


def _visible(folder: Path) -> list[Path]:
    try:
        return sorted(entry for entry in folder.iterdir() if entry.name[0] != ".")
    except OSError as error:
        raise BackdropError(
            "The folder '{folder}' cannot be read: {reason}.", folder=folder, reason=disk_reason(error)
        ) from error


def _is_wanted(entry: Path) -> bool:
    if not os.path.isfile(entry):  # noqa: PTH113  # Path.is_file raises for some files.
        return False
    try:
        return is_medium(entry)
    except Exception:
        return True  # The work on it reports the error, and the others are processed.
