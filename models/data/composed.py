"""Composed frames with true soft alphas: people from photos before other rooms, as a webcam shows them.

Frame n depends only on the seed, n and the photos.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from models.data.augment import match_light, person_colours
from models.data.dataset import DataError, Photo, Pixels, make_photo, pyramid
from models.data.motion import placement
from models.data.seats import add_seats
from models.data.sequences import Camera, suitable_box
from models.data.warp import warp, window_matrix

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from models.data.dataset import Box
    from models.data.warp import Matrix

SIZES = ((360, 640), (480, 360), (640, 360))  # height, width
_SIZE_SHARES = (0.7, 0.15, 0.15)
LIGHTS = ("normal", "bright", "dim")
_LIGHT_SHARES = (0.5, 0.3, 0.2)
_LOWER_END = 1.03  # least position of the visible part's lower end, as a share of the frame's height
_MAX_SCALE = 2.0  # enlarging a photo more than this leaves nothing sharp in it


@dataclass(frozen=True)
class Composed:
    """A composed frame. frame: uint8 [H, W, 3] BGR. alpha: the true one, uint8 [H, W], 0 to 255."""

    name: str
    frame: Pixels
    alpha: Pixels


@dataclass(frozen=True)
class CutOut:
    """A photo whose mask is a soft alpha, and the box of the person's visible part."""

    photo: Photo
    box: Box


def cut_out(image: Pixels, alpha: Pixels) -> CutOut | None:
    """A person to place in a frame; None if a border of the photo cuts off too much of them.

    image: uint8 [H, W, 3]. alpha: soft, uint8 [H, W], 0 to 255.
    """
    box = suitable_box(alpha)
    # A person whose hair the photo's upper border cuts off would have a straight edge there.
    if box is None or box[1] < 2:
        return None
    return CutOut(make_photo(image, alpha), box)


def make_composed(
    people: Mapping[str, Sequence[CutOut]],
    backgrounds: Sequence[Pixels],
    count: int,
    seed: int,
    seats: float = 0.0,
) -> Iterator[Composed]:
    """Make `count` frames: each source of people in turn, each background once before any twice.

    seats: share of frames, 0 to 1, whose person touches a seat. Raises DataError if there are no people or no
    backgrounds.
    """
    sources = [source for source in sorted(people) if people[source]]
    if not sources or not backgrounds:
        raise DataError(
            f"there are no {'backgrounds' if sources else 'suitable people'} to compose frames of"
        )
    rng = np.random.default_rng(seed)
    orders = {source: rng.permutation(len(people[source])) for source in sources}
    rooms = rng.permutation(len(backgrounds))
    for number in range(count):
        turn, index = divmod(number, len(sources))
        source = sources[index]
        person = people[source][orders[source][turn % len(orders[source])]]
        background = backgrounds[rooms[number % len(rooms)]]
        light = LIGHTS[int(np.random.default_rng((seed, number, 1)).choice(len(LIGHTS), p=_LIGHT_SHARES))]
        fabric = None
        if np.random.default_rng((seed, number, 2)).random() < seats:
            fabric = backgrounds[rooms[(number + 1) % len(rooms)]]
        frame, alpha = _compose(person, background, fabric, light, np.random.default_rng((seed, number)))
        yield Composed(f"{number:03d}_{source}_{light}", frame, alpha)


def _compose(
    person: CutOut, background: Pixels, fabric: Pixels | None, light: str, rng: np.random.Generator
) -> tuple[Pixels, Pixels]:
    size = SIZES[int(rng.choice(len(SIZES), p=_SIZE_SHARES))]
    room = pyramid(background)
    frame = warp(room, window_matrix(room[0].shape, size, rng, None), size, cv2.BORDER_REFLECT_101)
    matrix = _matrix(person.box, size, rng)
    image = warp(person.photo.images, matrix, size, cv2.BORDER_REPLICATE)
    alpha = warp(person.photo.masks, matrix, size, cv2.BORDER_CONSTANT)
    cover = alpha.astype(np.float32) / np.float32(255)
    image = person_colours(image, cover)
    image = match_light(image, cover, frame, float(rng.uniform(0, 0.5)))
    composed = np.asarray(cv2.blendLinear(image, frame, cover, 1 - cover), np.uint8)
    if fabric is not None:
        texture = cv2.resize(fabric, (size[1], size[0]), interpolation=cv2.INTER_AREA)
        composed = add_seats(composed, alpha, np.asarray(texture, np.uint8), rng)
    return _record(composed, light, rng), alpha


def _matrix(box: Box, size: tuple[int, int], rng: np.random.Generator) -> Matrix:
    """Place the head below the upper edge, and the end of the person's visible part below the lower edge."""
    height, width = size
    left, top, right, bottom = box
    head = float(rng.uniform(0.05, 0.25) if width > height else rng.uniform(0.12, 0.4))
    lowest = (_LOWER_END - head) * height / (bottom - top)
    scale = max(lowest, float(rng.uniform(0.25, 0.6)) * width / (right - left))
    scale = max(lowest, min(scale, _MAX_SCALE))
    target = float(rng.normal(0.5, 0.12)) * width, head * height
    angle, mirror = float(rng.uniform(-0.03, 0.03)), bool(rng.random() < 0.5)
    return placement(((left + right) / 2, float(top)), target, scale, angle, 0.0, mirror)


def _record(image: Pixels, light: str, rng: np.random.Generator) -> Pixels:
    """The frame as a webcam records it. `bright` is also sharpened and has neither noise nor compression."""
    if light == "bright":
        blurred = cv2.GaussianBlur(image, (0, 0), 1.2)
        sharp = cv2.addWeighted(image, 1.8, blurred, -0.8, 0)
        return np.asarray(cv2.convertScaleAbs(sharp, alpha=float(rng.uniform(1.15, 1.5))), np.uint8)
    if light == "dim":
        image = np.asarray(cv2.convertScaleAbs(image, alpha=float(rng.uniform(0.35, 0.6))), np.uint8)
    return Camera(rng).capture(image, 0.0)
