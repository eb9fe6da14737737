"""Training frames of one to five people with known instance masks: beside, before and behind one another.

A frame comes with a map of people: 0 background, n the visible part of person n, the farthest first.
Photos of several people are left out, and people of whom too little shows.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np

from models.data.augment import Augmenter, match_light, person_colours, soften
from models.data.photometry import Photometry
from models.data.seats import add_seats
from models.data.warp import person_matrix, random_matrix, warp

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.data.augment import Sample
    from models.data.dataset import Bank, Photo, Pixels
    from models.data.warp import Matrix

MOST_PEOPLE = 5
_PEOPLE_SHARES = (0.03, 0.2, 0.29, 0.22, 0.13, 0.13)  # of frames with 0, 1 ... people
_LEAST_SHARE = 0.15  # share of a person that must be visible; less is room for nobody
_LEAST_PX = 60
_LARGEST_COMPONENT = 0.97  # a mask with less in its largest component shows several people


def single_person(mask: Pixels) -> bool:
    """Whether a mask, uint8 [H, W], is one connected component, so that it shows one person."""
    solid = (mask > 127).astype(np.uint8)
    _, _, statistics, _ = cv2.connectedComponentsWithStats(solid)
    areas = statistics[1:, cv2.CC_STAT_AREA]
    return bool(len(areas) and areas.max() >= _LARGEST_COMPONENT * areas.sum())


class PeopleComposer(Augmenter):
    """Composes frames with a map of people from a bank; photos with several people are left out."""

    def __init__(self, bank: Bank) -> None:
        photos = {
            source: [photo for photo in photos if single_person(photo.masks[0])]
            for source, photos in bank.photos.items()
        }
        bank = type(bank)({source: found for source, found in photos.items() if found}, bank.backgrounds)
        super().__init__(bank)
        self._light = Photometry()

    def __call__(self, height: int, width: int, rng: np.random.Generator, count: int | None = None) -> Sample:
        """A frame, uint8 [H, W, 3], and its map of people, uint8 [H, W]. count: None draws 0 to 5."""
        frame = self.background(height, width, rng)
        people = np.zeros((height, width), np.uint8)
        whole = []
        if count is None:
            count = int(rng.choice(MOST_PEOPLE + 1, p=_PEOPLE_SHARES))
        for number, (photo, matrix) in enumerate(self._arrange(count, height, width, rng), 1):
            person = warp(photo.images, matrix, (height, width), cv2.BORDER_REPLICATE)
            mask = warp(photo.masks, matrix, (height, width), cv2.BORDER_CONSTANT)
            cover = soften(mask, float(rng.uniform(0.35, 0.7)), float(rng.choice((0.0, 0.3))))
            person = person_colours(person, cover)
            person = match_light(person, cover, frame, float(rng.uniform(0, 0.6)))
            frame = np.asarray(cv2.blendLinear(person, frame, cover, 1 - cover), np.uint8)
            people[cover > 0.5] = number
            whole.append(int((cover > 0.5).sum()))
        if rng.random() < 0.15:
            alpha = np.where(people > 0, 255, 0).astype(np.uint8)
            frame = add_seats(frame, alpha, self.texture(height, width, rng), rng)
        return self._light(frame, rng), visible_people(people, whole)

    def _arrange(
        self, count: int, height: int, width: int, rng: np.random.Generator
    ) -> list[tuple[Photo, Matrix]]:
        """Photos and their matrices, the farthest first: free, or side by side as on a sofa."""
        photos = [self._draw(rng) for _ in range(count)]
        if not photos:
            return []
        if count == 1:
            size = float(rng.uniform(0.4, 1.35))
            return [(photos[0], person_matrix(photos[0], (height, width), size, False, rng))]
        if rng.random() < 0.45:
            return _in_a_row(photos, height, width, rng)
        sizes = np.sort(rng.uniform(0.25, 0.95, count))
        return [
            (photo, person_matrix(photo, (height, width), float(size), True, rng))
            for photo, size in zip(photos, sizes, strict=True)
        ]


def _in_a_row(
    photos: list[Photo], height: int, width: int, rng: np.random.Generator
) -> list[tuple[Photo, Matrix]]:
    """People of about one size who touch or overlap, in a random order from far to near."""
    size = float(rng.uniform(0.5, 0.95)) * height
    scales = [size * float(rng.uniform(0.85, 1.15)) / (photo.box[3] - photo.box[1]) for photo in photos]
    # A photo of head and shoulders alone is wide: it would hide its neighbours.
    widths = [
        min((photo.box[2] - photo.box[0]) * scale, 0.6 * width)
        for photo, scale in zip(photos, scales, strict=True)
    ]
    scales = [
        min(scale, across / (photo.box[2] - photo.box[0]))
        for photo, scale, across in zip(photos, scales, widths, strict=True)
    ]
    steps = [float(rng.uniform(0.45, 1.0)) * (a + b) / 2 for a, b in pairwise(widths)]
    positions = np.concatenate([[0.0], np.cumsum(steps)])
    positions += width / 2 - positions.mean() + float(rng.normal(0, 0.08)) * width
    foot = float(rng.uniform(0.95, 1.25)) * height
    placed = []
    for photo, scale, middle in zip(photos, scales, positions, strict=True):
        left, _, right, bottom = photo.box
        floor = foot + float(rng.normal(0, 0.03)) * height
        matrix = random_matrix(((left + right) / 2, float(bottom)), (float(middle), floor), scale, rng)
        placed.append((photo, matrix))
    return [placed[index] for index in rng.permutation(len(placed))]


def masks_of(people: Pixels) -> NDArray[np.bool_]:
    """The mask of each person in a map, bool [P, H, W]."""
    numbers = np.unique(people[people > 0])
    return np.asarray(people == numbers[:, None, None], np.bool_)


def visible_people(people: Pixels, whole: list[int]) -> Pixels:
    """The map with consecutive numbers, without people of whom too little is visible.

    whole: areas in pixels of the people, with nothing before them.
    """
    out = np.zeros_like(people)
    number = 0
    for index, area in enumerate(whole, 1):
        mask = people == index
        if mask.sum() >= max(_LEAST_PX, _LEAST_SHARE * area):
            number += 1
            out[mask] = number
    return out
