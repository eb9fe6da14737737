"""Labelled photos: read the index and the files, keep them decoded in memory."""

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
    """Data is missing or unreadable; the message names the file."""


@dataclass(frozen=True)
class Entry:
    """One row of index.csv that has a mask."""

    source: str
    split: str
    name: str
    root: Path

    @property
    def photo(self) -> Path:
        """The photo's file."""
        return self.root / self.source / "images" / f"{self.name}.webp"

    def read(self) -> tuple[Pixels, Pixels]:
        """Photo uint8 [H, W, 3] BGR and mask uint8 [H, W], 0 background to 255 person, of the same size."""
        image = read_pixels(self.photo, cv2.IMREAD_COLOR)
        mask = read_pixels(self.root / self.source / "masks" / f"{self.name}.png", cv2.IMREAD_GRAYSCALE)
        if mask.shape != image.shape[:2]:
            sizes = f"the mask's size {mask.shape} is not the photo's {image.shape[:2]}"
            raise DataError(f"{self.source}/{self.name}: {sizes}")
        return image, mask


def read_pixels(path: Path, flags: int) -> Pixels:
    """Read a picture with OpenCV's `flags`. Raises DataError."""
    pixels = cv2.imread(str(path), flags)
    if pixels is None:
        raise DataError(f"cannot read the picture {path}")
    return np.asarray(pixels, np.uint8)


def read_index(roots: Path | Sequence[Path], split: str) -> list[Entry]:
    """Labelled photos of one split, in the files' order; of several folders, later ones add and replace.

    A photo is replaced where a later folder has one of the same source and name. Raises DataError when a
    folder has no index.csv or none has the split.
    """
    roots = [roots] if isinstance(roots, Path) else roots
    entries: dict[tuple[str, str], Entry] = {}
    known: set[str] = set()
    for root in roots:
        path = root / "index.csv"
        if not path.is_file():
            raise DataError(f"there is no {path}: --data names a folder that holds index.csv")
        with path.open(newline="", encoding="utf-8") as file:
            rows = [(row["source"], row["split"], row["name"]) for row in csv.DictReader(file)]
        known |= {row[1] for row in rows}
        for source, part, name in rows:
            if part == split and source != "hagrid_unlabelled":
                entries[source, name] = Entry(source, part, name, root)
    if not entries:
        folders = ", ".join(str(root) for root in roots)
        raise DataError(f"{folders}: no photos of the split {split!r}; there are: {', '.join(sorted(known))}")
    return list(entries.values())


# A man sits in it. Found among the images where an older network saw most person.
OCCUPIED_ROOMS = frozenset({"0278"})


def read_rooms(root: Path) -> list[Pixels]:
    """Background images without people, uint8 BGR; empty if the folder has none."""
    paths = [path for path in sorted((root / "rooms").glob("*.webp")) if path.stem not in OCCUPIED_ROOMS]
    return [read_pixels(path, cv2.IMREAD_COLOR) for path in paths]


@dataclass(frozen=True)
class Photo:
    """A decoded photo at full size, half and quarter, so that one bilinear step shrinks it without aliasing.

    images: uint8 [H, W, 3]; masks: uint8 [H, W]; box: around the person, in full-size pixels; cut: whether
    the person leaves the photo at its left, right and bottom.
    """

    images: tuple[Pixels, ...]
    masks: tuple[Pixels, ...]
    box: Box
    cut: tuple[bool, bool, bool]


def make_photo(image: Pixels, mask: Pixels) -> Photo:
    """Photo from its pixels; an empty mask makes a box of the whole photo."""
    height, width = mask.shape
    columns = np.flatnonzero((mask > 127).any(0))
    rows = np.flatnonzero((mask > 127).any(1))
    box = (0, 0, width, height)
    if len(rows):
        box = (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
    near = max(2, height // 100)
    cut = (box[0] < near, box[2] > width - near, box[3] > height - near)
    return Photo(pyramid(image), pyramid(mask), box, cut)


def pyramid(pixels: Pixels, levels: int = 3) -> tuple[Pixels, ...]:
    """The picture, then its halvings."""
    out = [pixels]
    for _ in range(levels - 1):
        height, width = out[-1].shape[:2]
        size = (max(1, width // 2), max(1, height // 2))
        out.append(np.asarray(cv2.resize(out[-1], size, interpolation=cv2.INTER_AREA), np.uint8))
    return tuple(out)


@dataclass(frozen=True)
class Bank:
    """All training photos by source, and all rooms, decoded: about 0.6 MB each."""

    photos: dict[str, list[Photo]]
    rooms: list[tuple[Pixels, ...]]


def load_bank(roots: Path | Sequence[Path], entries: Iterable[Entry]) -> Bank:
    """Decode the entries and the background images of all folders. Raises DataError."""
    photos: dict[str, list[Photo]] = {}
    for entry in entries:
        photos.setdefault(entry.source, []).append(make_photo(*entry.read()))
    rooms = [room for root in ([roots] if isinstance(roots, Path) else roots) for room in read_rooms(root)]
    return Bank(photos, [pyramid(room) for room in rooms])
