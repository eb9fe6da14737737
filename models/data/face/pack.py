"""One small file of all that training needs: faces, their parts, heads without labels, backgrounds.

A pack is an .npz file of encoded pictures: small enough to carry to another machine, and decoded once.
"""

from __future__ import annotations

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

FACES_PX, HEADS_PX, ROOMS_PX = 320, 256, 160  # height and width of the pictures
QUALITY = 85  # WebP
HEAD_SOURCES = {"eg1800": 330, "hagrid": 330, "ccp": 60}  # photos to take heads from
ROOMS = 200
SMALLEST_HEAD_PX = 12  # radius

# CelebAMask's 19 classes as indices of PARTS.
_NAMES = (
    *("background", "skin", "nose", "glasses", "eyes", "eyes", "brows", "brows", "ears", "ears"),
    *("mouth", "lips", "lips", "hair", "hat", "earrings", "necklace", "neck", "cloth"),
)
CLASSES = np.array([PARTS.index(name) for name in _NAMES], np.uint8)


@dataclass(frozen=True)
class Pack:
    """Decoded pictures.

    faces, val_faces: uint8 [N, P, P, 3] BGR. parts, val_parts: uint8 [N, P, P], indices of `PARTS`. heads:
    faces without labels, [N, 256, 256, 3]. rooms: [N, 160, 160, 3].
    """

    faces: Pixels
    parts: Pixels
    val_faces: Pixels
    val_parts: Pixels
    heads: Pixels
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


def head_box(mask: Pixels) -> tuple[int, int, int] | None:
    """Centre (x, y) and radius of a head, in pixels, from the person's mask; None without a plausible head.

    From the top down, the largest disc inside the mask grows to the head's radius and shrinks at the neck.
    """
    inside = cv2.distanceTransform((mask > 127).astype(np.uint8), cv2.DIST_L2, 3)
    radii = inside.max(1)
    rows = np.flatnonzero(radii > 0)
    if not len(rows):
        return None
    top, best = int(rows[0]), int(rows[0])
    for y in range(top, len(radii)):
        if radii[y] > radii[best]:
            best = y
        if radii[y] < 0.85 * radii[best] or y - top > 2.6 * radii[best] + 6:
            break
    radius = round(float(radii[best]))
    if radius < SMALLEST_HEAD_PX or best - top > 1.8 * radius:  # too small to teach anything, or a body
        return None
    return int(inside[best].argmax()), best, radius


def write_pack(roots: Path | list[Path], path: Path) -> dict[str, int]:
    """Write a pack; return the number of pictures of each kind. Raises DataError."""
    rng = np.random.default_rng(0)
    pictures: dict[str, list[Pixels]] = {
        "faces": [],
        "val_faces": [],
        "parts": [],
        "val_parts": [],
        "heads": [],
    }
    for split, prefix in (("train", ""), ("val", "val_")):
        for entry in (entry for entry in read_index(roots, split) if has_parts(entry)):
            size = (FACES_PX, FACES_PX)
            pictures[f"{prefix}faces"].append(_shrunk(entry.read()[0], FACES_PX))
            labels = cv2.resize(read_parts(entry), size, interpolation=cv2.INTER_NEAREST_EXACT)
            pictures[f"{prefix}parts"].append(np.asarray(labels, np.uint8))
    train = read_index(roots, "train")
    for source, count in HEAD_SOURCES.items():
        entries = [entry for entry in train if entry.source == source]
        for index in rng.permutation(len(entries))[:count]:
            head = _head(*entries[index].read())
            if head is not None:
                pictures["heads"].append(head)
    rooms = read_backgrounds(roots if not isinstance(roots, list) else roots[0])
    pictures["rooms"] = [_square(rooms[index], rng) for index in rng.permutation(len(rooms))[:ROOMS]]
    arrays: dict[str, NDArray[np.uint8]] = {}
    for name, images in pictures.items():
        extension, options = (
            (".png", []) if "parts" in name else (".webp", [cv2.IMWRITE_WEBP_QUALITY, QUALITY])
        )
        encoded = [cv2.imencode(extension, image, options)[1].ravel() for image in images]
        arrays[name] = np.concatenate(encoded)
        arrays[f"{name}_ends"] = np.cumsum([len(data) for data in encoded])
    np.savez(path, **arrays)  # type: ignore[arg-type]  # numpy's stub takes the keyword for allow_pickle
    return {name: len(images) for name, images in pictures.items()}


def read_pack(path: Path) -> Pack:
    """Read a pack. Raises DataError."""
    try:
        with np.load(path) as file:
            arrays = {name: file[name] for name in file.files}
        return Pack(**{name: _decode(arrays, name) for name in Pack.__dataclass_fields__})
    except (OSError, ValueError, KeyError, cv2.error) as error:
        raise DataError(f"{path} is not a pack of faces: {error}") from None


def _decode(arrays: dict[str, NDArray[np.uint8]], name: str) -> Pixels:
    flags = cv2.IMREAD_GRAYSCALE if "parts" in name else cv2.IMREAD_COLOR
    parts = np.split(arrays[name], arrays[f"{name}_ends"][:-1])
    return np.stack([np.asarray(cv2.imdecode(np.ascontiguousarray(part), flags), np.uint8) for part in parts])


def _shrunk(image: Pixels, side: int) -> Pixels:
    return np.asarray(cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def _head(image: Pixels, mask: Pixels) -> Pixels | None:
    box = head_box(mask)
    if box is None:
        return None
    x, y, radius = box
    half = round(1.9 * radius)
    padded = cv2.copyMakeBorder(image, half, half, half, half, cv2.BORDER_REPLICATE)
    return _shrunk(np.asarray(padded[y : y + 2 * half, x : x + 2 * half], np.uint8), HEADS_PX)


def _square(image: Pixels, rng: np.random.Generator) -> Pixels:
    height, width = image.shape[:2]
    side = min(height, width)
    top, left = int(rng.integers(0, height - side + 1)), int(rng.integers(0, width - side + 1))
    return _shrunk(image[top : top + side, left : left + side], ROOMS_PX)


def labelled(entries: Iterable[Entry]) -> list[Entry]:
    """The entries whose parts are labelled."""
    return [entry for entry in entries if has_parts(entry)]
