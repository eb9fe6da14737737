"""All photos and background images as tensors of one size on one device, sampled by matrices."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from models.data.dataset import OCCUPIED, DataError, Entry, person_box, read_index, read_pixels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.data.dataset import Box, Pixels

Indices = NDArray[np.int64]
Matrices = NDArray[np.float64]  # [N, 2, 3], from positions in a photo to positions in a frame, in pixels
Border = Literal["reflect", "transparent"]

_LEVELS = 3
_CHUNK = 256  # images that are shrunk at a time
_SHRINK = 0.6  # scale below which the next smaller level is used


@dataclass(frozen=True)
class Textures:
    """Photos with their alpha, and background images, in squares of one side.

    levels: uint8 [N, 4, S, S] BGR and alpha, then half and quarter of that size. sizes: height and width of
    the image in its square, [N, 2], in pixels. boxes: of the person (left, top, right, bottom), [N, 4]. cut:
    whether the left, right and bottom border cut the person off, [N, 3]. photos: indices by source.
    backgrounds: indices of the background images, whose alpha is 0.
    """

    levels: tuple[Tensor, ...]
    sizes: NDArray[np.float64]
    boxes: NDArray[np.float64]
    cut: NDArray[np.bool_]
    photos: dict[str, Indices]
    backgrounds: Indices

    def sample(self, indices: Indices, matrices: Matrices, size: tuple[int, int], border: Border) -> Tensor:
        """Warp images by matrices, float32 [N, 4, H, W], 0 to 255.

        size: height, width. border: outside the image it is mirrored, or its edge goes on with alpha 0.
        """
        device = self.levels[0].device
        out = torch.empty((len(indices), 4, *size), device=device)
        scales = np.sqrt(np.abs(np.linalg.det(matrices[:, :, :2])))
        level_of = (scales < _SHRINK).astype(int) + (scales < _SHRINK / 2).astype(int)
        for level in np.unique(level_of):
            rows = np.flatnonzero(level_of == level)
            images = self.levels[level][on_device(indices[rows], device)].float()
            x, y = _positions(matrices[rows], size, device)
            height, width = on_device(self.sizes[indices[rows]], device).T[..., None, None]
            inside = None
            if border == "transparent":
                inside = (x > 0) & (x < width) & (y > 0) & (y < height)
            else:
                x, y = _mirror(x, width), _mirror(y, height)
            # Half a pixel of this level inside the edge, so that no other pixel of the square is mixed in.
            half = 0.5 * 2**level
            x = torch.minimum(x.clamp(min=half), width - half)
            y = torch.minimum(y.clamp(min=half), height - half)
            grid = torch.stack([x, y], 3) * (2 / (images.shape[-1] * 2**level)) - 1
            sampled = functional.grid_sample(images, grid, padding_mode="border", align_corners=False)
            if inside is not None:
                sampled[:, 3] *= inside
            out[on_device(rows, device)] = sampled
        return out


def on_device(values: NDArray[Any], device: torch.device) -> Tensor:
    """The values as a tensor; floats in single precision. Does not wait for a GPU's queue."""
    values = np.ascontiguousarray(values, np.float32 if values.dtype.kind == "f" else None)
    tensor = torch.from_numpy(values)
    # From memory that is not pinned, the copy would wait until the GPU is idle.
    return tensor.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else tensor


def _positions(matrices: Matrices, size: tuple[int, int], device: torch.device) -> tuple[Tensor, Tensor]:
    """Position in the photo of the middle of each pixel of the frame: x and y, float32 [N, H, W]."""
    linear = np.linalg.inv(matrices[:, :, :2])
    shift = -(linear @ matrices[:, :, 2:])
    affine = on_device(np.concatenate([linear, shift], 2), device)[:, :, :, None, None]
    rows = torch.arange(size[0], device=device)[:, None] + 0.5
    columns = torch.arange(size[1], device=device)[None] + 0.5
    x = affine[:, 0, 0] * columns + affine[:, 0, 1] * rows + affine[:, 0, 2]
    y = affine[:, 1, 0] * columns + affine[:, 1, 1] * rows + affine[:, 1, 2]
    return x, y


def _mirror(position: Tensor, size: Tensor) -> Tensor:
    folded = position.remainder(2 * size)
    return torch.minimum(folded, 2 * size - folded)


def load_textures(roots: Path | Sequence[Path], device: torch.device, side_px: int) -> Textures:
    """Decode the photos of the split `train` and the background images of data folders.

    side_px: of the squares, a multiple of 4; larger images are shrunk. Raises DataError.
    """
    folders = [roots] if isinstance(roots, Path) else list(roots)
    entries = read_index(folders, "train")
    rooms = [p for folder in folders for p in sorted((folder / "rooms").rglob("*.webp"))]
    rooms = [path for path in rooms if path.stem not in OCCUPIED]
    if not rooms:
        raise DataError("there are no background images (rooms/*.webp)")
    items: list[Entry | Path] = [*entries, *rooms]
    count = len(items)
    squares = torch.empty((count, 4, side_px, side_px), dtype=torch.uint8, device=device)
    sizes, boxes, cut = np.empty((count, 2)), np.empty((count, 4)), np.zeros((count, 3), bool)
    with ThreadPoolExecutor() as pool:
        for index, photo in enumerate(pool.map(lambda item: _read(item, side_px), items)):
            squares[index] = photo.square.to(device)
            sizes[index], boxes[index], cut[index] = photo.size, photo.box, photo.cut
    levels = [squares]
    for _ in range(_LEVELS - 1):
        levels.append(_half(levels[-1]))
    photos: dict[str, list[int]] = {}
    for index, entry in enumerate(entries):
        photos.setdefault(entry.source, []).append(index)
    by_source = {source: np.array(numbers, np.int64) for source, numbers in photos.items()}
    return Textures(tuple(levels), sizes, boxes, cut, by_source, np.arange(len(entries), count))


def _half(squares: Tensor) -> Tensor:
    halves = torch.empty(
        (*squares.shape[:2], squares.shape[2] // 2, squares.shape[3] // 2),
        dtype=torch.uint8,
        device=squares.device,
    )
    for first in range(0, len(squares), _CHUNK):
        part = squares[first : first + _CHUNK].float()
        halves[first : first + _CHUNK] = functional.avg_pool2d(part, 2).round().to(torch.uint8)
    return halves


class _Texture(NamedTuple):
    square: Tensor  # uint8 [4, S, S]
    size: tuple[int, int]
    box: Box
    cut: tuple[bool, bool, bool]


def _read(item: Entry | Path, side_px: int) -> _Texture:
    """A photo and its mask, or a background image and an empty mask, no side longer than `side_px`."""
    if isinstance(item, Entry):
        pixels, mask = item.read()
    else:
        pixels = read_pixels(item, cv2.IMREAD_COLOR)
        mask = np.zeros(pixels.shape[:2], np.uint8)
    pixels, mask = shrink(pixels, side_px), shrink(mask, side_px)
    height, width = mask.shape
    padding = (0, side_px - height, 0, side_px - width)
    square = cv2.copyMakeBorder(np.dstack([pixels, mask]), *padding, cv2.BORDER_REPLICATE)
    box, cut = person_box(mask)
    planes = torch.from_numpy(square).permute(2, 0, 1).contiguous()
    return _Texture(planes, (height, width), box, cut)


def shrink(pixels: Pixels, side_px: int) -> Pixels:
    """The image with no side longer than `side_px`; unchanged if it is small enough."""
    height, width = pixels.shape[:2]
    scale = side_px / max(height, width)
    if scale >= 1:
        return pixels
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
