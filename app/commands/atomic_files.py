"""Results on disk: written beside their place under a hidden name, and moved there once they are whole."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import av
import cv2

from app.engine.core.atomic_files import hidden_name
from app.engine.core.errors import BackdropError, disk_reason
from app.engine.core.types import Picture

_JPEG_QUALITY = 95


class WriteError(BackdropError):
    """The disk refused a result."""


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """A file name to write to instead of `target`; what is written becomes `target` where the block succeeds.

    On any failure, Ctrl-C included, nothing is left and an older `target` stays as it was.
    Raises WriteError, naming the target, for what the disk refuses.
    """
    part = hidden_name(target)
    try:
        with told(target):
            if target.is_dir():
                raise IsADirectoryError(errno.EISDIR, "a folder has that name")
            # Made at once: a folder that cannot be written to is told before the work, not after.
            os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
            yield part
            part.replace(target)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


@contextmanager
def beside_folder(target: Path) -> Iterator[Path]:
    """The same for a folder of files. `target` must be new or empty."""
    part = target / f".{secrets.token_hex(4)}.part" if target.is_dir() else hidden_name(target)
    try:
        with told(target):
            part.mkdir()
            yield part
            if target.is_dir():
                for file in sorted(part.iterdir()):
                    file.rename(target / file.name)
                part.rmdir()
            else:
                part.rename(target)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


@contextmanager
def made_folder(folder: Path) -> Iterator[None]:
    """Make a folder if there is none; if nothing came into it, take it away again."""
    if folder.is_dir():
        yield
        return
    with told(folder):
        folder.mkdir()
    try:
        yield
    finally:
        with suppress(OSError):
            folder.rmdir()  # refuses where there is anything in it


@contextmanager
def told(target: Path) -> Iterator[None]:
    """Say what the disk refuses in one sentence that names the target."""
    try:
        yield
    except (OSError, av.FFmpegError) as error:
        raise WriteError(
            "'{path}' cannot be written: {reason}.", path=target, reason=disk_reason(error)
        ) from error


def write_picture(path: Path, picture: Picture) -> None:
    """Encode a picture (BGR, BGRA or grey) as the suffix says. Raises OSError for what the disk refuses."""
    options = [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY] if path.suffix.lower() in {".jpg", ".jpeg"} else []
    encoded, data = cv2.imencode(path.suffix.lower(), picture, options)
    if not encoded:
        raise BackdropError("This picture cannot be written as '{suffix}'.", suffix=path.suffix)
    path.write_bytes(data.tobytes())  # not cv2.imwrite: it does not say why it failed


class NumberedPictures:
    """A video's pictures as 000001.png, 000002.png and so on, in a folder that is there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    def write(self, time_s: float, picture: Picture) -> None:
        """Add a picture; a folder of pictures keeps no times."""
        self._count += 1
        write_picture(self._folder / f"{self._count:06d}.png", picture)
