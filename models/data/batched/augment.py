"""Training frames for a batch: the same kinds of frames as `models.data.augment`, many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from models.data.augment import Mix
from models.data.batched.filters import gaussian_blur
from models.data.batched.matrices import person_matrices, random_matrices, window_matrices
from models.data.batched.objects import front_covers, headset_covers, object_covers
from models.data.batched.pasting import match_light, person_colours
from models.data.batched.photometry import change_light
from models.data.batched.seats import add_seats
from models.data.batched.textures import on_device

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.data.batched.textures import Indices, Textures

_ATTEMPTS = 4  # to find a window of a photo beside its person
_EMPTY = 26  # highest alpha, 0 to 255, in such a window


class BatchAugmenter:
    """Makes batches from textures; the generator in each call is the only source of randomness."""

    def __init__(self, textures: Textures, mix: Mix | None = None) -> None:
        mix = mix or Mix()
        self._textures = textures
        self._device = textures.levels[0].device
        self._small_masks = textures.levels[2][:, 3].cpu().numpy()
        weights = np.array([mix.sources.get(source, 1.0) for source in textures.photos])
        share = weights / weights.sum()
        self._photos = np.concatenate(list(textures.photos.values()))
        each = [np.full(len(i), s / len(i)) for i, s in zip(textures.photos.values(), share, strict=True)]
        self._photo_share = np.cumsum(np.concatenate(each))
        self._seats = mix.seats
        self._kinds = list(mix.kinds)
        shares = np.array(list(mix.kinds.values()))
        self._kind_share = shares / shares.sum()

    def __call__(
        self, count: int, height: int, width: int, rng: np.random.Generator
    ) -> tuple[Tensor, Tensor]:
        """Frames, uint8 [N, H, W, 3] BGR, and alphas, uint8 [N, H, W]; H and W are multiples of 32."""
        kinds = np.array(self._kinds)[rng.choice(len(self._kinds), count, p=self._kind_share)]
        frames = torch.empty((count, 3, height, width), device=self._device)
        alphas = torch.zeros((count, 1, height, width), device=self._device)
        rows = np.flatnonzero((kinds == "crop") | (kinds == "columns"))
        if len(rows):
            self._crop(frames, alphas, rows, kinds[rows] == "columns", rng)
        rows = np.flatnonzero((kinds == "paste") | (kinds == "empty"))
        if len(rows):
            frames[self._rows(rows)] = self.backgrounds(len(rows), height, width, rng)
        rows = np.flatnonzero(kinds == "paste")
        if len(rows):
            self._paste(frames, alphas, rows, rng)
        self._add_objects(frames, alphas, rng)
        noise = torch.Generator(self._device).manual_seed(int(rng.integers(2**62)))
        frames = change_light(frames, rng, noise)
        pixels = frames.permute(0, 2, 3, 1).round().to(torch.uint8).contiguous()
        return pixels, (alphas[:, 0] * 255).round().to(torch.uint8)

    def backgrounds(self, count: int, height: int, width: int, rng: np.random.Generator) -> Tensor:
        """Rooms, empty windows of photos and plain walls, float [N, 3, H, W]; some out of focus."""
        textures = self._textures
        kind = rng.random(count)
        indices = textures.backgrounds[rng.integers(len(textures.backgrounds), size=count)]
        matrices = window_matrices(textures.sizes[indices], height, np.full(count, float(width)), rng)
        for row in np.flatnonzero(kind < 0.2):
            self._empty_window(int(row), indices, matrices, (height, width), rng)
        frames = textures.sample(indices, matrices, (height, width), "reflect")[:, :3].contiguous()
        rows = np.flatnonzero((kind >= 0.2) & (kind < 0.28))
        if len(rows):
            frames[self._rows(rows)] = self._walls(len(rows), height, width, rng)
        rows = np.flatnonzero(rng.random(count) < 0.25)
        if len(rows):
            sigmas = rng.uniform(0.01, 0.035, len(rows)) * height
            frames[self._rows(rows)] = gaussian_blur(frames[self._rows(rows)], sigmas)
        return frames

    def _rows(self, rows: NDArray[np.int64]) -> Tensor:
        return on_device(rows, self._device)

    def _values(self, values: NDArray[np.float64]) -> Tensor:
        return on_device(values, self._device)[:, None, None, None]

    def _draw(self, count: int, rng: np.random.Generator) -> Indices:
        """Indices of photos by the mix of sources."""
        drawn = np.searchsorted(self._photo_share, rng.random(count) * self._photo_share[-1])
        return np.asarray(self._photos[drawn.clip(max=len(self._photos) - 1)], np.int64)

    def _crop(
        self,
        frames: Tensor,
        alphas: Tensor,
        rows: NDArray[np.int64],
        several: NDArray[np.bool_],
        rng: np.random.Generator,
    ) -> None:
        """Windows of photos; where `several`, two or three of them side by side."""
        textures = self._textures
        height, width = frames.shape[2:]
        count = np.where(several, 2, 1)
        if width > height:
            count = np.where(several & (rng.random(len(rows)) < 0.5), 3, count)
        for column in range(3):
            mine = np.flatnonzero(count > column)
            if not len(mine):
                break
            across = width / count[mine]
            left = across * column
            if column:
                left = left + rng.uniform(-0.1, 0.1, len(mine)) * across
            indices = self._draw(len(mine), rng)
            boxes = textures.boxes[indices]
            matrices = window_matrices(textures.sizes[indices], height, across, rng, boxes)
            matrices[:, 0, 2] += left
            layers = textures.sample(indices, matrices, (height, width), "reflect")
            shown = torch.arange(width, device=self._device) >= self._values(left)
            where = self._rows(rows[mine])
            frames[where] = torch.where(shown, layers[:, :3], frames[where])
            alphas[where] = torch.where(shown, layers[:, 3:] / 255, alphas[where])

    def _paste(
        self, frames: Tensor, alphas: Tensor, rows: NDArray[np.int64], rng: np.random.Generator
    ) -> None:
        """Paste one to five people onto each frame, the largest last."""
        textures = self._textures
        size = frames.shape[2], frames.shape[3]
        count = rng.choice((1, 2, 3, 4, 5), len(rows), p=(0.55, 0.18, 0.13, 0.08, 0.06))
        among, alone = rng.uniform(0.25, 0.95, (len(rows), 5)), rng.uniform(0.4, 1.35, (len(rows), 1))
        tall = np.where(count[:, None] > 1, among, alone)
        tall[np.arange(5)[None] >= count[:, None]] = np.inf
        tall.sort(1)
        for turn in range(5):
            mine = np.flatnonzero(count > turn)
            if not len(mine):
                break
            indices = self._draw(len(mine), rng)
            matrices = person_matrices(
                textures.boxes[indices], textures.cut[indices], size, tall[mine, turn], count[mine] > 1, rng
            )
            layers = textures.sample(indices, matrices, size, "transparent")
            inset = rng.choice((0.0, 0.3, 0.5), len(mine), p=(0.6, 0.25, 0.15))
            covers = gaussian_blur(layers[:, 3:] / 255, rng.uniform(0.35, 0.8, len(mine)))
            covers = ((covers - self._values(inset)) / self._values(1 - inset)).clamp_(0, 1)
            where = self._rows(rows[mine])
            below = frames[where]
            people = person_colours(layers[:, :3], covers)
            people = match_light(people, covers, below, self._values(rng.uniform(0, 0.8, len(mine))))
            frames[where] = torch.lerp(below, people, covers)
            alphas[where] += covers * (1 - alphas[where])

    def _add_objects(self, frames: Tensor, alphas: Tensor, rng: np.random.Generator) -> None:
        count, _, height, width = frames.shape
        rows = np.flatnonzero(rng.random(count) < self._seats)
        if len(rows):
            where = self._rows(rows)
            fabrics = self._fabrics(len(rows), height, width, rng)
            frames[where] = add_seats(frames[where], alphas[where], fabrics, rng)
        objects = np.where(rng.random(count) < 0.35, rng.integers(1, 4, count), 0)
        for turn in range(3):
            rows = np.flatnonzero(objects > turn)
            if len(rows):
                where = self._rows(rows)
                covers = object_covers((height, width), len(rows), rng, self._device) * (1 - alphas[where])
                frames[where] = torch.lerp(
                    frames[where], self._fabrics(len(rows), height, width, rng), covers
                )
        rows = np.flatnonzero(rng.random(count) < 0.06)
        if len(rows):
            where = self._rows(rows)
            covers = headset_covers(alphas[where][:, 0], rng)
            grey = np.where(
                rng.random(len(rows)) < 0.75, rng.uniform(10, 90, len(rows)), rng.uniform(150, 245, len(rows))
            )
            colours = np.clip(grey[:, None] + rng.normal(0, 10, (len(rows), 3)), 0, 255)
            paint = on_device(colours, self._device)[:, :, None, None]
            frames[where] = torch.lerp(frames[where], paint.expand_as(frames[where]), covers)
            alphas[where] = torch.maximum(alphas[where], covers)
        rows = np.flatnonzero(rng.random(count) < 0.08)
        if len(rows):
            where = self._rows(rows)
            covers = front_covers((height, width), len(rows), rng, self._device)
            frames[where] = torch.lerp(frames[where], self.backgrounds(len(rows), height, width, rng), covers)
            alphas[where] *= 1 - covers

    def _fabrics(self, count: int, height: int, width: int, rng: np.random.Generator) -> Tensor:
        """Textures of objects: half backgrounds, half the clothes of people."""
        frames = self.backgrounds(count, height, width, rng)
        rows = np.flatnonzero(rng.random(count) < 0.5)
        if len(rows):
            indices = self._draw(len(rows), rng)
            left, top, right, bottom = self._textures.boxes[indices].T
            # From the chest downwards: a face as the texture of an object would be labelled as background.
            y = top + rng.uniform(0.65, 0.9, len(rows)) * (bottom - top)
            scale = width / np.maximum(8.0, (right - left) * rng.uniform(0.3, 0.8, len(rows)))
            middle = np.broadcast_to((width / 2, height / 2), (len(rows), 2))
            matrices = random_matrices(np.column_stack([(left + right) / 2, y]), middle, scale, rng)
            clothes = self._textures.sample(indices, matrices, (height, width), "reflect")
            frames[self._rows(rows)] = clothes[:, :3]
        return frames

    def _empty_window(
        self,
        row: int,
        indices: Indices,
        matrices: NDArray[np.float64],
        size: tuple[int, int],
        rng: np.random.Generator,
    ) -> None:
        """Put a window of a photo beside its person into `indices` and `matrices`, if one is found."""
        height, width = size
        for index in self._draw(_ATTEMPTS, rng):
            down, across = (self._textures.sizes[index] // 4).astype(int)
            reach = min(across, down * width / height) * rng.uniform(0.3, 0.6)
            w, h = int(reach), int(reach * height / width)
            left, top = int(rng.integers(0, across - w + 1)), int(rng.integers(0, down - h + 1))
            window = self._small_masks[index, top : top + h, left : left + w]
            if w > 8 and h > 8 and window.max(initial=0) < _EMPTY:
                scale = width / (4 * w)
                indices[row] = index
                matrices[row] = [[scale, 0, -left * 4 * scale], [0, scale, -top * 4 * scale]]
                return

    def _walls(self, count: int, height: int, width: int, rng: np.random.Generator) -> Tensor:
        """Walls: colour gradients, some with blotches, float [N, 3, H, W]."""
        plain = rng.uniform(0, 255, (count, 3, 1, 1)) + rng.normal(0, 20, (count, 3, 2, 2))
        varied = rng.uniform(0, 255, (count, 3, 2, 2))
        corners = np.where(rng.random((count, 1, 1, 1)) < 0.5, varied, plain)
        grid = on_device(corners, self._device)
        walls = functional.interpolate(grid, size=(height, width), mode="bilinear", align_corners=True)
        cells = rng.normal(0, 35, (count, 3, int(rng.integers(2, 9)), int(rng.integers(2, 12))))
        cells *= rng.random((count, 1, 1, 1)) < 0.3
        blotches = on_device(cells, self._device)
        walls += functional.interpolate(blotches, size=(height, width), mode="bilinear", align_corners=True)
        return walls.clamp_(0, 255)
