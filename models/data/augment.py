"""Training frames from photos: crops, people pasted onto backgrounds, crops side by side, empty backgrounds.

The photos are upright portraits; webcam frames are wide, with one or more people, often low or at a side.
Each kind of frame is made by a method that returns a frame, uint8 [H, W, 3] BGR, and its alpha, uint8 [H, W].
Frame and alpha are warped by the same matrix.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import cv2
import numpy as np

from models.data.dataset import Bank, Photo, Pixels
from models.data.occluders import add_behind, add_headset, cover_front
from models.data.photometry import Photometry
from models.data.seats import add_seats
from models.data.warp import person_matrix, random_matrix, warp, window_matrix

if TYPE_CHECKING:
    from numpy.typing import NDArray

Sample = tuple[Pixels, Pixels]
_SURE = 0.98  # alpha, 0 to 1, above which a pixel shows the person alone


@dataclass(frozen=True)
class Mix:
    """Relative frequencies of the kinds of frames and of the sources, and the share of frames with seats.

    Sources that the bank lacks are ignored; sources that are not listed have the weight 1.
    """

    kinds: dict[str, float] = field(
        default_factory=lambda: {"crop": 0.38, "paste": 0.48, "columns": 0.08, "empty": 0.06}
    )
    sources: dict[str, float] = field(
        default_factory=lambda: {"eg1800": 1.5, "celebamask": 0.7, "ccp": 0.9, "hagrid": 1.2, "street": 0.7}
    )
    seats: float = 0.3


class Augmenter:
    """Makes samples from a bank; the generator in each call is the only source of randomness."""

    def __init__(self, bank: Bank, mix: Mix | None = None) -> None:
        mix = mix or Mix()
        self._bank = bank
        self._sources = list(bank.photos)
        weights = np.array([mix.sources.get(source, 1.0) for source in self._sources])
        self._source_share = weights / weights.sum()
        self._makers = {"crop": self.crop, "paste": self.paste, "columns": self.columns, "empty": self.empty}
        self._kinds = list(mix.kinds)
        shares = np.array(list(mix.kinds.values()))
        self._kind_share = shares / shares.sum()
        self._seats = mix.seats
        self._photometry = Photometry()

    def __call__(self, height: int, width: int, rng: np.random.Generator) -> Sample:
        """Make one sample of the given size, with random objects, light and colour."""
        kind = self._kinds[int(rng.choice(len(self._kinds), p=self._kind_share))]
        frame, alpha = self._makers[kind](height, width, rng)
        frame, alpha = self.add_objects(frame, alpha, rng)
        return self._photometry(frame, rng), alpha

    def add_objects(self, frame: Pixels, alpha: Pixels, rng: np.random.Generator) -> Sample:
        """Add, each with some probability, seats and objects behind people, a desk in front, a headset."""
        height, width = alpha.shape
        if rng.random() < self._seats:
            frame = add_seats(frame, alpha, self.texture(height, width, rng), rng)
        if rng.random() < 0.35:
            for _ in range(int(rng.integers(1, 4))):
                frame = add_behind(frame, alpha, self.texture(height, width, rng), rng)
        if rng.random() < 0.06:
            frame, alpha = add_headset(frame, alpha, rng)
        if rng.random() < 0.08:
            frame, alpha = cover_front(frame, alpha, self.background(height, width, rng), rng)
        return frame, alpha

    def texture(self, height: int, width: int, rng: np.random.Generator) -> Pixels:
        """A texture for objects: a background or the clothes of a person."""
        if rng.random() < 0.5:
            return self.background(height, width, rng)
        photo = self._draw(rng)
        left, top, right, bottom = photo.box
        # From the chest downwards: a face as the texture of an object would be labelled as background.
        x, y = (left + right) / 2, top + float(rng.uniform(0.65, 0.9)) * (bottom - top)
        scale = width / max(8.0, (right - left) * float(rng.uniform(0.3, 0.8)))
        return warp(
            photo.images,
            random_matrix((x, y), (width / 2, height / 2), scale, rng),
            (height, width),
            cv2.BORDER_REFLECT_101,
        )

    def crop(self, height: int, width: int, rng: np.random.Generator) -> Sample:
        """A window of one photo, mostly around the upper part of the person."""
        photo = self._draw(rng)
        matrix = window_matrix(photo.masks[0].shape, (height, width), rng, photo.box)
        frame = warp(photo.images, matrix, (height, width), cv2.BORDER_REFLECT_101)
        return frame, warp(photo.masks, matrix, (height, width), cv2.BORDER_REFLECT_101)

    def paste(self, height: int, width: int, rng: np.random.Generator, count: int | None = None) -> Sample:
        """Paste people onto a background, the largest last. count: of people; None draws 1 to 5."""
        frame = self.background(height, width, rng)
        alpha = np.zeros((height, width), np.float32)
        drawn = int(rng.choice((1, 2, 3, 4, 5), p=(0.55, 0.18, 0.13, 0.08, 0.06)))
        count = count or drawn
        sizes = np.sort(rng.uniform(0.25, 0.95, count)) if count > 1 else rng.uniform(0.4, 1.35, 1)
        for size in sizes:
            photo = self._draw(rng)
            matrix = person_matrix(photo, (height, width), float(size), count > 1, rng)
            person = warp(photo.images, matrix, (height, width), cv2.BORDER_REPLICATE)
            mask = warp(photo.masks, matrix, (height, width), cv2.BORDER_CONSTANT)
            inset = float(rng.choice((0.0, 0.3, 0.5), p=(0.6, 0.25, 0.15)))
            cover = soften(mask, float(rng.uniform(0.35, 0.8)), inset)
            person = person_colours(person, cover)
            person = match_light(person, cover, frame, float(rng.uniform(0, 0.8)))
            frame = np.asarray(cv2.blendLinear(person, frame, cover, 1 - cover), np.uint8)
            alpha += cover * (1 - alpha)
        return frame, np.round(alpha * 255).astype(np.uint8)

    def columns(self, height: int, width: int, rng: np.random.Generator) -> Sample:
        """Two or three crops side by side: several people with real edges and surroundings."""
        count = 3 if width > height and rng.random() < 0.5 else 2
        jitter = np.r_[0, rng.uniform(-0.1, 0.1, count - 1) * width / count, 0]
        widths = np.diff(np.round(np.linspace(0, width, count + 1) + jitter).astype(int))
        parts = [self.crop(height, int(across), rng) for across in widths]
        return np.hstack([frame for frame, _ in parts]), np.hstack([alpha for _, alpha in parts])

    def empty(self, height: int, width: int, rng: np.random.Generator) -> Sample:
        """A background without people."""
        return self.background(height, width, rng), np.zeros((height, width), np.uint8)

    def background(self, height: int, width: int, rng: np.random.Generator) -> Pixels:
        """A background image, an empty window of a photo or a plain wall; sometimes out of focus."""
        kind = rng.random()
        frame: Pixels | None = None
        if kind < 0.2:
            frame = self._empty_window(height, width, rng)
        elif kind < 0.28 or not self._bank.backgrounds:
            frame = _plain_wall(height, width, rng)
        if frame is None:
            images = self._bank.backgrounds
            if not images:
                return _plain_wall(height, width, rng)
            image = images[int(rng.integers(len(images)))]
            matrix = window_matrix(image[0].shape, (height, width), rng, None)
            frame = warp(image, matrix, (height, width), cv2.BORDER_REFLECT_101)
        if rng.random() < 0.25:
            sigma = float(rng.uniform(0.01, 0.035)) * height
            frame = np.asarray(cv2.GaussianBlur(frame, (0, 0), sigma), np.uint8)
        return frame

    def _draw(self, rng: np.random.Generator) -> Photo:
        photos = self._bank.photos[self._sources[int(rng.choice(len(self._sources), p=self._source_share))]]
        return photos[int(rng.integers(len(photos)))]

    def _empty_window(self, height: int, width: int, rng: np.random.Generator) -> Pixels | None:
        """A window of a photo beside its person, or None if four attempts give none."""
        for _ in range(4):
            photo = self._draw(rng)
            mask = photo.masks[2]
            share = rng.uniform(0.3, 0.6)
            size = min(mask.shape[1], mask.shape[0] * width / height) * share
            across, down = int(size), int(size * height / width)
            left = int(rng.integers(0, mask.shape[1] - across + 1))
            top = int(rng.integers(0, mask.shape[0] - down + 1))
            if across > 8 and down > 8 and mask[top : top + down, left : left + across].max(initial=0) < 26:
                scale = width / (4 * across)
                matrix = np.array([[scale, 0, -left * 4 * scale], [0, scale, -top * 4 * scale]])
                return warp(photo.images, matrix, (height, width), cv2.BORDER_REFLECT_101)
        return None


def soften(mask: Pixels, sigma_px: float, inset: float) -> NDArray[np.float32]:
    """Soft alpha, 0 to 1, of a mask.

    inset: share of the slope, 0 to below 1, that is cut off, so that the photo's background does not show.
    """
    blurred = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), sigma_px)
    return np.clip((blurred / 255 - inset) / (1 - inset), 0, 1).astype(np.float32)


def person_colours(image: Pixels, cover: NDArray[np.float32]) -> Pixels:
    """Replace colours where alpha is below 1, so that the photo's background does not show there.

    A soft pixel gets the mean of the sure pixels of the person around it. image: uint8 [H, W, 3]. cover:
    alpha, 0 to 1.
    """
    side = max(3, image.shape[0] // 8) | 1
    # A pixel of half alpha still counts a little, for hair that is far from every sure pixel.
    weight = cover**6 + np.float32(1e-5)
    mean = cv2.blur(image * weight[..., None], (side, side)) / cv2.blur(weight, (side, side))[..., None]
    return np.where(cover[..., None] > _SURE, image, mean.astype(np.uint8))


def match_light(person: Pixels, cover: NDArray[np.float32], frame: Pixels, amount: float) -> Pixels:
    """Move the person's mean colour towards the background's by `amount`, 0 to 1."""
    where = (cover > 0.5).astype(np.uint8)
    person_mean = np.array(cv2.mean(person, where)[:3]) + 8
    frame_mean = np.array(cv2.mean(frame)[:3]) + 8
    gain = np.clip((frame_mean / person_mean) ** amount, 0.35, 2.5)
    table = np.clip(np.arange(256)[:, None] * gain, 0, 255).astype(np.uint8)[None]
    return np.asarray(cv2.LUT(person, table), np.uint8)


def _plain_wall(height: int, width: int, rng: np.random.Generator) -> Pixels:
    """A wall: a colour gradient, sometimes with stripes or blotches."""
    corners = rng.uniform(0, 255, 3) + rng.normal(0, 20, (2, 2, 3))
    if rng.random() < 0.5:
        corners = rng.uniform(0, 255, (2, 2, 3))
    if rng.random() < 0.3:
        grid = (int(rng.integers(2, 9)), int(rng.integers(2, 12)), 3)
        corners = corners.mean((0, 1)) + rng.normal(0, 35, grid)
    wall = cv2.resize(corners.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.clip(wall, 0, 255).astype(np.uint8)
