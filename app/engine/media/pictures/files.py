"""Checks of files before they are read."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from app.engine.core.errors import BackdropError, disk_reason

if TYPE_CHECKING:
    from pathlib import Path


def check_file(path: Path) -> None:
    """Raise BackdropError unless the file exists, is no pipe and is not empty."""
    try:
        state = path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise BackdropError("There is no file '{path}'.", path=path) from error
    except OSError as error:
        raise BackdropError(
            "'{path}' cannot be read: {reason}.", path=path, reason=disk_reason(error)
        ) from error
    if stat.S_ISDIR(state.st_mode):
        raise BackdropError("'{path}' is a folder, not a file.", path=path)
    if not stat.S_ISREG(state.st_mode):
        raise BackdropError("'{path}' is a pipe or a device: please give a file.", path=path)
    if state.st_size == 0:
        raise BackdropError("'{path}' is empty.", path=path)


def check_size(path: Path | str, width_px: int, height_px: int, limit_px: int) -> None:
    """Raise BackdropError if decoding would take too much memory."""
    if width_px * height_px > limit_px:
        raise BackdropError(
            "'{path}' is too large, {width_px} x {height_px} pixels: "
            "Backdrop takes up to {megapixels} megapixels.",
            path=path,
            width_px=width_px,
            height_px=height_px,
            megapixels=limit_px // 1000000,
        )
