"""The pages of slides: a PDF, a folder of pictures, or one picture."""

from __future__ import annotations

import os
import re
import threading
import weakref
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np

from app.engine.core.errors import BackdropError, any_reason, disk_reason
from app.engine.core.image_ops import contain
from app.engine.media.file_kinds import IMAGE_SUFFIXES
from app.engine.media.pictures.files import check_file
from app.engine.media.pictures.picture_reader import read_image

if TYPE_CHECKING:
    from pathlib import Path

    from app.engine.core.types import Picture

_PASSWORD_ERROR = 4  # FPDF_ERR_PASSWORD of fpdfview.h.
_HEAD_BYTES = 1024  # The PDF standard lets other bytes stand before the header.
# PDFium may be used by one thread at a time. Reentrant, because a finalizer may run inside a call of ours.
_PDFIUM = threading.RLock()


class SlidePages(ABC):
    """Pages that are drawn one at a time. Blocks on the disk; any thread may call it."""

    count: int

    @abstractmethod
    def picture(self, index: int, height_px: int, width_px: int) -> Picture:
        """Page `index`, from 0, in the middle of H x W x 3 BGR; the bars are black. Raises BackdropError."""


def open_pages(path: Path) -> SlidePages:
    """Open a PDF, a folder of pictures or one picture. Raises BackdropError if there is nothing to show."""
    if path.is_dir():
        return PicturePages(_pictures_in(path))
    check_file(path)
    if is_pdf(path):
        return PdfPages(path)
    read_image(path, (64, 64))  # Reports a file that is neither.
    return PicturePages([path])


def is_pdf(path: Path) -> bool:
    """Whether a file's content is a PDF; False if it cannot be read, or is a pipe or a device."""
    if not os.path.isfile(path):  # noqa: PTH113  # Path.is_file raises for some files.
        return False
    try:
        with path.open("rb") as file:
            return b"%PDF-" in file.read(_HEAD_BYTES)
    except OSError:
        return False


class PicturePages(SlidePages):
    """One page for each picture file."""

    def __init__(self, files: list[Path]) -> None:
        self._files = files
        self.count = len(files)

    def picture(self, index: int, height_px: int, width_px: int) -> Picture:
        return contain(read_image(self._files[index], (width_px, height_px)), width_px, height_px)


class PdfPages(SlidePages):
    """The pages of a PDF, kept in memory. Source of the renderer: PDFium, through pypdfium2."""

    def __init__(self, path: Path) -> None:
        """Raises BackdropError if the file is damaged, locked with a password or has no pages."""
        import pypdfium2

        self._path = path
        try:
            data = path.read_bytes()
        except OSError as error:
            raise BackdropError(
                "'{path}' cannot be read: {reason}.", path=path, reason=disk_reason(error)
            ) from error
        with _PDFIUM:
            try:
                self._document: Any = pypdfium2.PdfDocument(data)
                self.count = len(self._document)
            except pypdfium2.PdfiumError as error:
                if getattr(error, "err_code", None) == _PASSWORD_ERROR:
                    raise BackdropError(
                        "'{path}' is locked with a password: save a copy of it without one.", path=path
                    ) from error
                raise BackdropError("'{path}' is not a PDF that Backdrop can read.", path=path) from error
        weakref.finalize(self, _close, self._document)
        if not self.count:
            raise BackdropError("'{path}' has no pages in it.", path=path)

    def picture(self, index: int, height_px: int, width_px: int) -> Picture:
        with _PDFIUM:
            try:
                page = self._document[index]
                try:
                    width, height = page.get_size()
                    scale = min(width_px / width, height_px / height)
                    drawn = np.array(page.render(scale=scale).to_numpy()[:height_px, :width_px])
                finally:
                    page.close()
            except Exception as error:  # A damaged page: PDFium's own error, or a size of 0.
                raise BackdropError(
                    "Page {page} of '{path}' cannot be shown: {reason}.",
                    page=index + 1,
                    path=self._path,
                    reason=any_reason(error),
                ) from error
        fitted = np.zeros((height_px, width_px, 3), np.uint8)
        top, left = (height_px - drawn.shape[0]) // 2, (width_px - drawn.shape[1]) // 2
        fitted[top : top + drawn.shape[0], left : left + drawn.shape[1]] = drawn
        return fitted


def _close(document: Any) -> None:
    """Close a document under the lock, before pypdfium2's own finalizer closes it without."""
    with _PDFIUM:
        document.close()


def _pictures_in(folder: Path) -> list[Path]:
    """The pictures in a folder, page 2 before page 10. Raises BackdropError if there are none."""
    try:
        files = [
            file
            for file in folder.iterdir()
            if file.suffix.lower() in IMAGE_SUFFIXES and file.name[0] != "." and file.is_file()
        ]
    except OSError as error:
        raise BackdropError(
            "'{path}' cannot be read: {reason}.", path=folder, reason=disk_reason(error)
        ) from error
    if not files:
        raise BackdropError("There are no pictures in the folder '{folder}'.", folder=folder)
    return sorted(files, key=lambda file: (_natural(file.name), file.name))


def _natural(name: str) -> list[tuple[int, int, str]]:
    """A key that sorts numbers in names by their value."""
    parts = re.findall(r"[0-9]+|[^0-9]+", name.casefold())
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts]
