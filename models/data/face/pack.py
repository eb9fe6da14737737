"""One small file of all that training needs: faces, their parts, backgrounds.

A pack is an .npz file of encoded pictures: small enough to carry to another machine, and decoded once.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from models.data.dataset import DataError, Entry, read_backgrounds, read_index, read_pixels
from models.networks.face_parts import PARTS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from models.data.dataset import Pixels

FACES_PX, ROOMS_PX = 320, 160  # height and width of the pictures
QUALITY = 85  # WebP
ROOMS = 200

# CelebAMask's 19 classes as indices of PARTS.
_NAMES = (
    *("background", "skin", "nose", "glasses", "eyes", "eyes", "brows", "brows", "ears", "ears"),
    *("mouth", "lips", "lips", "hair", "hat", "earrings", "necklace", "neck", "cloth"),
)
CLASSES = np.array([PARTS.index(name) for name in _NAMES], np.uint8)


@dataclass(frozen=True)
class Pack:
    """Decoded pictures.

    faces: uint8 [N, 320, 320, 3] BGR. parts: uint8 [N, 320, 320], indices of `PARTS`. rooms: uint8
    [N, 160, 160, 3].
    """

    faces: Pixels
    parts: Pixels
    rooms: Pixels


def read_parts(entry: Entry) -> Pixels:
    """The parts of a photo, uint8 [H, W], indices of `PARTS`. Raises DataError."""
    raw = read_pixels(entry.root / entry.source / "parts" / f"{entry.name}.png", cv2.IMREAD_GRAYSCALE)
    if int(raw.max()) >= len(CLASSES):
        raise DataError(f"{entry.source}/{entry.name}: the class {raw.max()} is unknown")
    return np.asarray(CLASSES[raw], np.uint8)


def has_parts(entry: Entry) -> bool:
    """Whether the photo's parts are labelled."""
    return (entry.root / entry.source / "parts" / f"{entry.name}.png").is_file()


def write_pack(root: Path, path: Path) -> dict[str, int]:
    """Write a pack of the train split; return the number of pictures of each kind. Raises DataError."""
    rng = np.random.default_rng(0)
    pictures: dict[str, list[Pixels]] = {"faces": [], "parts": []}
    for entry in labelled(read_index(root, "train")):
        size = (FACES_PX, FACES_PX)
        pictures["faces"].append(_shrunk(entry.read()[0], FACES_PX))
        labels = cv2.resize(read_parts(entry), size, interpolation=cv2.INTER_NEAREST_EXACT)
        pictures["parts"].append(np.asarray(labels, np.uint8))
    rooms = read_backgrounds(root)
    pictures["rooms"] = [_square(rooms[index], rng) for index in rng.permutation(len(rooms))[:ROOMS]]
    for name, images in pictures.items():
        if not images:
            raise DataError(f"{root} has no {name} for training")
    arrays: dict[str, NDArray[np.uint8]] = {}
    for name, images in pictures.items():
        extension, options = (
            (".png", []) if name == "parts" else (".webp", [cv2.IMWRITE_WEBP_QUALITY, QUALITY])
        )
        encoded = [cv2.imencode(extension, image, options)[1].ravel() for image in images]
        arrays[name] = np.concatenate(encoded)
        arrays[f"{name}_ends"] = np.cumsum([len(data) for data in encoded])
    np.savez(path, **arrays)  # type: ignore[arg-type]  # numpy's stub takes the keyword for allow_pickle
    return {name: len(images) for name, images in pictures.items()}


def read_pack(path: Path) -> Pack:
    """Read a pack. Raises DataError."""
    try:
        with path.open("rb") as opened, np.load(opened) as file:
            arrays = {name: file[name] for name in file.files}
        return Pack(**{name: _decode(arrays, name) for name in Pack.__dataclass_fields__})
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile, cv2.error) as error:
        raise DataError(f"{path} is not a pack of faces: {error}") from None


def _decode(arrays: dict[str, NDArray[np.uint8]], name: str) -> Pixels:
    flags = cv2.IMREAD_GRAYSCALE if name == "parts" else cv2.IMREAD_COLOR
    parts = np.split(arrays[name], arrays[f"{name}_ends"][:-1])
    return np.stack([np.asarray(cv2.imdecode(np.ascontiguousarray(part), flags), np.uint8) for part in parts])


def _shrunk(image: Pixels, side: int) -> Pixels:
    return np.asarray(cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def _square(image: Pixels, rng: np.random.Generator) -> Pixels:
    height, width = image.shape[:2]
    side = min(height, width)
    top, left = int(rng.integers(0, height - side + 1)), int(rng.integers(0, width - side + 1))
    return _shrunk(image[top : top + side, left : left + side], ROOMS_PX)


def labelled(entries: Iterable[Entry]) -> list[Entry]:
    """The entries whose parts are labelled."""
    return [entry for entry in entries if has_parts(entry)]
