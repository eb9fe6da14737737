"""Checks of files before they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.engine.core.errors import BackdropError, disk_reason

if TYPE_CHECKING:
    from pathlib import Path


def check_file(path: Path) -> None:
    """Raise BackdropError unless the file exists and is not empty."""
    if path.is_dir():
        raise BackdropError("'{path}' is a folder, not a file.", path=path)
    try:
        if not path.is_file():
            if path.exists():
                raise BackdropError("'{path}' is a pipe or a device: please give a file.", path=path)
            raise BackdropError("There is no file '{path}'.", path=path)
        if path.stat().st_size == 0:
            raise BackdropError("'{path}' is empty.", path=path)
    except OSError as error:
        raise BackdropError(
            "'{path}' cannot be read: {reason}.", path=path, reason=disk_reason(error)
        ) from error


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
