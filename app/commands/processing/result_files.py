"""Write results under a hidden name and rename them once they are complete."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import av
import cv2
import numpy as np

from app.engine.core.atomic_files import part_folder_of, part_of
from app.engine.core.errors import BackdropError, disk_reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.engine.core.types import Picture

_JPEG_QUALITY = 95
_TIFF = {".tif", ".tiff"}


class WriteError(BackdropError):
    """A result cannot be written."""


@contextmanager
def atomic_file(target: Path) -> Iterator[Path]:
    """A temporary file name; the file is renamed to `target` if the block succeeds.

    On any failure, Ctrl-C included, the file is deleted and an older `target` stays unchanged. If `target` is
    a symbolic link, it stays one and the file that it names is replaced.
    Raises WriteError with the name of the target.
    """
    with write_errors(target):
        real = _resolved(target)
        # `part_of` makes the file first: a folder without write permission is reported before the work.
        with part_of(real, suffix=target.suffix) as part:
            yield part
            part.replace(real)


@contextmanager
def atomic_folder(target: Path) -> Iterator[Path]:
    """Like `atomic_file`, for a folder of files. `target` must be new or empty."""
    with write_errors(target):
        real = Path(os.path.realpath(target))
        with part_folder_of(real / real.name if real.is_dir() else real) as part:
            yield part
            if real.is_dir():
                for file in sorted(part.iterdir()):
                    file.rename(real / file.name)
            else:
                part.rename(real)


def _resolved(target: Path) -> Path:
    """The file that a target names, through symbolic links. Raises OSError if a file cannot be made there."""
    real = Path(os.path.realpath(target))
    if real.is_symlink():
        raise OSError(errno.ELOOP, "its links lead in a circle")
    if real.is_dir():
        raise IsADirectoryError(errno.EISDIR, "a folder has that name")
    if real.exists() and not real.is_file():
        raise OSError(errno.ENXIO, "it is a pipe or a device, not a file")
    return real


@contextmanager
def made_folder(folder: Path) -> Iterator[None]:
    """Make a folder if there is none; remove it again if it stays empty."""
    if folder.is_dir():
        yield
        return
    with write_errors(folder):
        folder.mkdir()
    try:
        yield
    finally:
        with suppress(OSError):
            folder.rmdir()  # Fails if the folder is not empty.


@contextmanager
def write_errors(target: Path) -> Iterator[None]:
    """Convert errors of the disk and of FFmpeg to WriteError, with the name of the target."""
    try:
        yield
    except (OSError, av.FFmpegError) as error:
        raise WriteError(
            "'{path}' cannot be written: {reason}.", path=target, reason=disk_reason(error)
        ) from error


def write_picture(path: Path, picture: Picture, exif: bytes = b"") -> None:
    """Encode a picture (BGR, BGRA or grey) by its suffix and write it. Raises OSError or BackdropError.

    exif: EXIF data from their TIFF header on, for a suffix that can hold them.
    """
    suffix = path.suffix.lower()
    if exif and suffix in _TIFF:
        _write_tiff(path, picture, exif)
        return
    options = [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY] if suffix in {".jpg", ".jpeg"} else []
    if exif:
        data = [np.frombuffer(exif, np.uint8)]
        encoded, file = cv2.imencodeWithMetadata(suffix, picture, [cv2.IMAGE_METADATA_EXIF], data, options)
    else:
        encoded, file = cv2.imencode(suffix, picture, options)
    if not encoded:
        raise BackdropError("This picture cannot be written as '{suffix}'.", suffix=path.suffix)
    path.write_bytes(file.data)  # Not cv2.imwrite, which gives no reason for a failure.


def _write_tiff(path: Path, picture: Picture, exif: bytes) -> None:
    """Write a TIFF file with EXIF data, which OpenCV cannot do. Lossless."""
    from PIL import Image

    conversion = {3: cv2.COLOR_BGR2RGB, 4: cv2.COLOR_BGRA2RGBA}
    channels = picture.shape[2] if picture.ndim == 3 else 1
    pixels = picture if channels == 1 else cv2.cvtColor(picture, conversion[channels])
    tags = Image.Exif()
    tags.load(b"Exif\0\0" + exif)
    # Uncompressed: Pillow leaves tags out of a compressed one.
    Image.fromarray(pixels).save(path, "TIFF", exif=tags)


class NumberedPictures:
    """The frames of a video as 000001.png, 000002.png and so on, in an existing folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, number: int, picture: Picture) -> None:
        """Write a frame's picture by its number, from 1 on. Several threads may write at the same time."""
        write_picture(self._folder / f"{number:06d}.png", picture)
