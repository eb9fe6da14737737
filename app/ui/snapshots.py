"""A still of what others see, kept among the user's pictures. Waits for the disk."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QStandardPaths

from app.engine.errors import BackdropError
from app.engine.types import Picture
from app.ui.preview import as_image


def pictures_folder() -> Path:
    """Where the system keeps the user's pictures."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation))


def save_snapshot(picture: Picture, folder: Path) -> Path:
    """Keep a composite as a PNG named by the moment; returns the file. Raises BackdropError."""
    name = datetime.now().strftime("Backdrop %Y-%m-%d %H.%M.%S.%f")[:-4]
    path = folder / f"{name}.png"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BackdropError(f"The picture cannot be kept in '{folder}': {error.strerror}.") from error
    if not as_image(picture).save(str(path)):
        raise BackdropError(f"The picture cannot be kept in '{folder}'.")
    return path
