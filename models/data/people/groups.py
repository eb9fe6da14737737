"""Frames of one to five people whose outlines are known: side by side, touching, behind one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from models.data.augment import Augmenter, match_light, person_colours, soften
from models.data.motion import placement
from models.data.photometry import Photometry
from models.data.warp import warp

if TYPE_CHECKING:
    from models.data.dataset import Bank, Photo, Pixels
    from models.data.warp import Matrix

_COUNTS = {0: 0.03, 1: 0.17, 2: 0.36, 3: 0.22, 4: 0.13, 5: 0.09}
_ROW_SHARE = 0.65  # of the frames with people side by side, as on a sofa; the others stand at any depth
_LEAST_HEIGHT = 1.1  # height divided by width of a person's box; flatter ones hide all others
_TRIES = 8


class GroupMaker:
    """Makes frames from a bank; the generator in each call is the only source of randomness."""

    def __init__(self, bank: Bank) -> None:
        self._photos = [photo for photos in bank.photos.values() for photo in photos]
        self._augmenter = Augmenter(bank)
        self._photometry = Photometry()

    def __call__(
        self, height: int, width: int, rng: np.random.Generator, count: int | None = None
    ) -> tuple[Pixels, Pixels]:
        """A frame, uint8 [H, W, 3], and who is where, uint8 [H, W]: 0 for nobody, else a person's number.

        count: of people; None draws it. The person with the highest number is in front.
        """
        if count is None:
            count = int(rng.choice(list(_COUNTS), p=list(_COUNTS.values())))
        frame = self._augmenter.background(height, width, rng)
        people = np.zeros((height, width), np.uint8)
        for number, (head_x, head_y, across) in enumerate(_places(count, height, width, rng), 1):
            photo = self._draw(rng)
            matrix = _matrix(photo, (head_x, head_y), across, (height, width), rng)
            image = warp(photo.images, matrix, (height, width), cv2.BORDER_REPLICATE)
            mask = warp(photo.masks, matrix, (height, width), cv2.BORDER_CONSTANT)
            cover = soften(mask, float(rng.uniform(0.35, 0.8)), float(rng.choice((0.0, 0.3))))
            image = person_colours(image, cover)
            image = match_light(image, cover, frame, float(rng.uniform(0, 0.8)))
            frame = np.asarray(cv2.blendLinear(image, frame, cover, 1 - cover), np.uint8)
            people[cover > 0.5] = number
        return self._photometry(frame, rng), people

    def _draw(self, rng: np.random.Generator) -> Photo:
        """A photo of somebody tall enough whom no side border cuts off, if a few tries find one."""
        photo = self._photos[int(rng.integers(len(self._photos)))]
        for _ in range(_TRIES):
            left, top, right, bottom = photo.box
            if not (photo.cut[0] or photo.cut[1]) and bottom - top >= _LEAST_HEIGHT * (right - left):
                break
            photo = self._photos[int(rng.integers(len(self._photos)))]
        return photo


def _places(
    count: int, height: int, width: int, rng: np.random.Generator
) -> list[tuple[float, float, float]]:
    """Where people are, the hindmost first: x and y of the upper end of the head, and the person's width."""
    if not count:
        return []
    if count == 1:
        across = float(rng.uniform(0.2, 0.75)) * width
        return [(float(rng.normal(0.5, 0.18)) * width, float(rng.uniform(0.02, 0.4)) * height, across)]
    if rng.random() < _ROW_SHARE:
        pitch = width * float(rng.uniform(0.6, 1.0)) / count
        level = float(rng.uniform(0.03, 0.35)) * height
        start = (width - pitch * (count - 1)) / 2 + float(rng.normal(0, 0.06)) * width
        places = [
            (
                start + pitch * (number + float(rng.normal(0, 0.12))),
                level + float(rng.normal(0, 0.06)) * height,
                pitch * float(rng.uniform(0.9, 1.9)),
            )
            for number in range(count)
        ]
        return [places[index] for index in rng.permutation(count)]
    widths = np.sort(np.exp(rng.uniform(np.log(0.1), np.log(0.6), count))) * width
    return [
        (float(rng.uniform(0.08, 0.92)) * width, float(rng.uniform(0.0, 0.45)) * height, float(across))
        for across in widths
    ]


def _matrix(
    photo: Photo, head: tuple[float, float], across: float, size: tuple[int, int], rng: np.random.Generator
) -> Matrix:
    """Matrix that places a person. One whom the photo's lower border cuts off reaches the frame's, mostly."""
    left, top, right, bottom = photo.box
    scale = across / (right - left)
    x, y = head
    if photo.cut[2] and rng.random() < 0.85:
        y = max(y, 1.02 * size[0] - (bottom - top) * scale)
        y = min(y, 0.75 * size[0])
        scale = max(scale, (1.02 * size[0] - y) / (bottom - top))
    angle, mirror = float(rng.normal(0, 0.06)), bool(rng.random() < 0.5)
    return placement(((left + right) / 2, float(top)), (x, y), scale, angle, 0.0, mirror)
