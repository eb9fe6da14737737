"""Labelled photos: read the index and the files, decode photos into memory."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Pixels = NDArray[np.uint8]
Box = tuple[int, int, int, int]  # left, top, right, bottom


class DataError(Exception):
    """A file of the data is missing, unreadable or wrong, or cannot be written; the message names it."""


@dataclass(frozen=True)
class Entry:
    """A row of index.csv that has a mask."""

    source: str
    split: str
    name: str
    root: Path

    @property
    def photo(self) -> Path:
        """Path of the photo."""
        return self.root / self.source / "images" / f"{self.name}.webp"

    def read(self) -> tuple[Pixels, Pixels]:
        """Read photo, uint8 [H, W, 3] BGR, and mask, uint8 [H, W], 0 background to 255 person."""
        image = read_pixels(self.photo, cv2.IMREAD_COLOR)
        mask = read_pixels(self.root / self.source / "masks" / f"{self.name}.png", cv2.IMREAD_GRAYSCALE)
        if mask.shape != image.shape[:2]:
            sizes = f"the mask has the size {mask.shape}, the photo {image.shape[:2]}"
            raise DataError(f"{self.source}/{self.name}: {sizes}")
        return image, mask


def read_pixels(path: Path, flags: int) -> Pixels:
    """Read an image file with OpenCV's `flags`. Raises DataError."""
    pixels = cv2.imread(str(path), flags)
    if pixels is None:
        raise DataError(f"cannot read the image {path}")
    return np.asarray(pixels, np.uint8)


def read_index(roots: Path | Sequence[Path], split: str) -> list[Entry]:
    """Labelled photos of one split, in the order of the files.

    roots: data folders; a photo replaces one of the same source and name in an earlier folder. Raises
    DataError if a folder has no index.csv or no folder has the split.
    """
    roots = [roots] if isinstance(roots, Path) else roots
    entries: dict[tuple[str, str], Entry] = {}
    splits: set[str] = set()
    for root in roots:
        path = root / "index.csv"
        if not path.is_file():
            raise DataError(f"there is no {path}; --data must name a folder with index.csv")
        with path.open(newline="", encoding="utf-8") as file:
            rows = [(row["source"], row["split"], row["name"]) for row in csv.DictReader(file)]
        splits |= {row[1] for row in rows}
        for source, part, name in rows:
            if part == split and source != "hagrid_unlabelled":
                entries[source, name] = Entry(source, part, name, root)
    if not entries:
        folders = ", ".join(str(root) for root in roots)
        raise DataError(
            f"{folders}: no photos of the split {split!r}; there are: {', '.join(sorted(splits))}"
        )
    return list(entries.values())


# Background images in the folder `rooms` that show a person.
OCCUPIED = frozenset({"0278"})


def read_backgrounds(root: Path) -> list[Pixels]:
    """Read the background images (no people, uint8 BGR) of a data folder; they are in its folder `rooms`."""
    return read_images(root / "rooms")


def read_images(folder: Path) -> list[Pixels]:
    """Read the images without people (.webp, uint8 BGR) below a folder. Raises DataError."""
    paths = [path for path in sorted(folder.rglob("*.webp")) if path.stem not in OCCUPIED]
    return [read_pixels(path, cv2.IMREAD_COLOR) for path in paths]


@dataclass(frozen=True)
class Photo:
    """A decoded photo as a pyramid of full, half and quarter size, so that shrinking does not alias.

    images: uint8 [H, W, 3]. masks: uint8 [H, W]. box: of the person, in full-size pixels. cut: whether the
    left, right and bottom border of the photo cuts the person off.
    """

    images: tuple[Pixels, ...]
    masks: tuple[Pixels, ...]
    box: Box
    cut: tuple[bool, bool, bool]


def make_photo(image: Pixels, mask: Pixels) -> Photo:
    """Make a Photo from pixels; if the mask is empty, the box is the whole photo."""
    return Photo(pyramid(image), pyramid(mask), *person_box(mask))


def person_box(mask: Pixels) -> tuple[Box, tuple[bool, bool, bool]]:
    """Box of the person, and whether the left, right and bottom border cut the person off.

    If the mask is empty, the box is the whole photo.
    """
    height, width = mask.shape
    columns = np.flatnonzero((mask > 127).any(0))
    rows = np.flatnonzero((mask > 127).any(1))
    box = (0, 0, width, height)
    if len(rows):
        box = (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
    near = max(2, height // 100)
    return box, (box[0] < near, box[2] > width - near, box[3] > height - near)


def pyramid(pixels: Pixels, levels: int = 3) -> tuple[Pixels, ...]:
    """The image and smaller versions of it, each half the size of the one before."""
    out = [pixels]
    for _ in range(levels - 1):
        height, width = out[-1].shape[:2]
        size = (max(1, width // 2), max(1, height // 2))
        out.append(np.asarray(cv2.resize(out[-1], size, interpolation=cv2.INTER_AREA), np.uint8))
    return tuple(out)


@dataclass(frozen=True)
class Bank:
    """All training photos by source and all background images as pyramids: about 0.6 MB each."""

    photos: dict[str, list[Photo]]
    backgrounds: list[tuple[Pixels, ...]]


def load_bank(roots: Path | Sequence[Path], entries: Iterable[Entry]) -> Bank:
    """Decode the entries and the background images of all folders. Raises DataError."""
    photos: dict[str, list[Photo]] = {}
    for entry in entries:
        photos.setdefault(entry.source, []).append(make_photo(*entry.read()))
    folders = [roots] if isinstance(roots, Path) else roots
    return Bank(photos, [pyramid(image) for folder in folders for image in read_backgrounds(folder)])
