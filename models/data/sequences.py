"""Composed sequences: a cut-out person with known alpha moves before an image or a clip, as a webcam sees it.

All randomness follows from the seed: sequence n does not depend on the number of sequences.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from models.data.augment import match_light, soften, warp
from models.data.dataset import Box, DataError, Entry, Photo, Pixels, make_photo, pyramid
from models.data.motion import dart, drift, placed

FPS = 30.0
_LEAST_PERSON, _MOST_PERSON = 0.08, 0.8  # Share of the photo: less is a passer-by, more leaves no outline.
_LEAST_SHAPE = 0.8  # height to width of what may be seen of a person
_HIPS, _FLOOR = 1.05, 1.2  # heights of the frame: what people turn about, and where they may be cut

Backdrop = Callable[[int], Pixels]  # number of a frame -> what is behind the person then


@dataclass(frozen=True)
class Footage:
    """A video in memory. frames: uint8 [H, W, 3] BGR. alphas: the truth, uint8 [H, W], 0 to 255."""

    name: str
    frames: list[Pixels]
    alphas: list[Pixels]


@dataclass(frozen=True)
class Material:
    """The material of sequences: labelled photos, background images, and clips without people."""

    entries: Sequence[Entry]
    rooms: Sequence[Pixels]
    clips: Sequence[Sequence[Pixels]] = ()


def make_sequences(
    material: Material, count: int, frames: int, size: tuple[int, int], seed: int
) -> Iterator[Footage]:
    """`count` sequences of `frames` frames of `size` (height, width). Raises DataError."""
    if not material.rooms and not material.clips:
        raise DataError("there are neither rooms nor clips to put behind the people")
    people = _people(material.entries, np.random.default_rng(seed))
    for number in range(count):
        rng = np.random.default_rng((seed, number))
        photo, box = next(people)
        backdrop = _draw_backdrop(material, size, rng)
        person = Person(photo, box, backdrop(0), frames / FPS, rng)
        camera = Camera(rng)
        footage = Footage(f"{number:03d}", [], [])
        for index in range(frames):
            picture, alpha = person.before(backdrop(index), index / FPS)
            footage.frames.append(camera.sees(picture, index / FPS))
            footage.alphas.append(alpha)
        yield footage


def _people(entries: Sequence[Entry], rng: np.random.Generator) -> Iterator[tuple[Photo, Box]]:
    """Photos of each source in turn, in an order drawn, and the part of their person that can be shown."""
    by_source: dict[str, list[Entry]] = {}
    for number in rng.permutation(len(entries)):
        by_source.setdefault(entries[number].source, []).append(entries[number])
    sources = [by_source[source] for source in sorted(by_source)]
    found = True
    while found:
        found = False
        for turn in range(max(len(own) for own in sources)):
            for own in sources:
                photo = make_photo(*own[turn % len(own)].read())
                left, top, right, floor = box = uncut(photo.masks[0])
                share = float((photo.masks[0] > 127).mean())
                if _LEAST_PERSON < share < _MOST_PERSON and floor - top > _LEAST_SHAPE * (right - left):
                    found = True
                    yield photo, box
    raise DataError("no photo shows a person whose head and shoulders lie between its left and right borders")


def uncut(mask: Pixels) -> Box:
    """The box of the person down to the first row in which they reach the left or right border."""
    near = max(2, len(mask) // 100)
    rows = np.flatnonzero(mask.max(1) > 127)
    touching = np.flatnonzero(np.hstack([mask[:, :near], mask[:, -near:]]).max(1) > 127)
    if not len(rows) or (len(touching) and touching[0] == rows[0]):
        return 0, 0, 0, 0
    floor = int(touching[0] if len(touching) else rows[-1] + 1)
    columns = np.flatnonzero(mask[:floor].max(0) > 127)
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, floor


def _draw_backdrop(material: Material, size: tuple[int, int], rng: np.random.Generator) -> Backdrop:
    """A background image with a still, panning or hand-held camera; or a clip, every other time if any."""
    height, width = size
    if material.clips and (not material.rooms or rng.random() < 0.5):
        clip = material.clips[int(rng.integers(len(material.clips)))]
        start = int(rng.integers(len(clip)))
        # Forwards and backwards, so that a short clip has no cut.
        order = [*range(len(clip)), *range(len(clip) - 2, 0, -1)]
        return lambda index: _filling(clip[order[(start + index) % len(order)]], size)
    room = pyramid(material.rooms[int(rng.integers(len(material.rooms)))])
    down, across = room[0].shape[:2]
    scale = max(height / down, width / across) * float(rng.uniform(1.1, 1.5))
    held = rng.random() < 0.5
    pan = [drift(rng, 0.03 * held, (4.0, 9.0)) for _ in range(2)]
    shake = [drift(rng, 0.003 * held, (0.25, 1.2)) for _ in range(2)]
    turn = drift(rng, 0.01 * held, (1.0, 4.0))

    def at(index: int) -> Pixels:
        time_s = index / FPS
        x, y = (0.5 + slow(time_s) + quick(time_s) for slow, quick in zip(pan, shake, strict=True))
        matrix = placed((across / 2, down / 2), (x * width, y * height), scale, turn(time_s))
        return warp(room, matrix, size, cv2.BORDER_REFLECT_101)

    return at


def _filling(picture: Pixels, size: tuple[int, int]) -> Pixels:
    """A picture that fills `size` (height, width) about its middle."""
    down, across = picture.shape[:2]
    matrix = placed((across / 2, down / 2), (size[1] / 2, size[0] / 2), max(size[0] / down, size[1] / across))
    return warp((picture,), matrix, size, cv2.BORDER_REFLECT_101)


class Person:
    """A cut-out that sways, leans and comes nearer, and in every second sequence moves aside fast."""

    def __init__(
        self, photo: Photo, box: Box, background: Pixels, length_s: float, rng: np.random.Generator
    ) -> None:
        """box: the part to be seen. background: the first; the person's light is drawn towards it."""
        height, width = background.shape[:2]
        left, top, right, floor = box
        cover = np.asarray(photo.masks[0] / 255, np.float32)
        lit = match_light(photo.images[0], cover, background, float(rng.uniform(0, 0.8)))
        self._images, self._masks = pyramid(lit), photo.masks
        head = float(rng.uniform(0.05, 0.22))
        wide = float(rng.uniform(0.25, 0.5)) * width / (right - left)
        # Low enough that neither a move nor a turn shows where the box ends.
        self._scale = max(wide, (_FLOOR - head) * height / (floor - top))
        self._source = (left + right) / 2, top + (_HIPS - head) * height / self._scale
        self._middle = float(rng.normal(0.5, 0.1))
        self._mirror = bool(rng.random() < 0.5)
        self._softness = float(rng.uniform(0.5, 1.2)), float(rng.choice((0.3, 0.5)))
        self._moves = [drift(rng, reach) for reach in (0.03, 0.05, 0.06, 0.08, 0.06)]
        reaches = (0.2, 0.15) if rng.random() < 0.5 else (0.0, 0.0)
        self._aside, self._lean = (dart(rng, reach, length_s) for reach in reaches)

    def before(self, background: Pixels, time_s: float) -> tuple[Pixels, Pixels]:
        """The person before a background, and the alpha, uint8 [H, W], that composed them."""
        size = background.shape[0], background.shape[1]
        up, aside, angle, nearer, shear = (move(time_s) for move in self._moves)
        hips = (self._middle + aside + self._aside(time_s)) * size[1], (_HIPS + up) * size[0]
        scale = self._scale * float(np.exp(nearer))
        matrix = placed(self._source, hips, scale, angle + self._lean(time_s), shear, self._mirror)
        picture = warp(self._images, matrix, size, cv2.BORDER_REPLICATE)
        mask = warp(self._masks, matrix, size, cv2.BORDER_CONSTANT)
        alpha = np.round(soften(mask, *self._softness) * 255).astype(np.uint8)
        share = alpha.astype(np.float32) / 255
        return np.asarray(cv2.blendLinear(picture, background, share, 1 - share), np.uint8), alpha


class Camera:
    """Exposure that drifts, sensor noise new in each frame, mild compression."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._exposure = drift(rng, 0.08)
        self._read_noise, self._shot_noise = float(rng.uniform(0.5, 2.5)), float(rng.uniform(0.05, 0.25))
        self._quality = int(rng.integers(75, 96))

    def sees(self, picture: Pixels, time_s: float) -> Pixels:
        """The picture as the camera gives it, uint8 [H, W, 3], new. Noise: about 1 to 5 levels."""
        light = picture * np.float32(1 + self._exposure(time_s))
        noise = self._rng.standard_normal(picture.shape, np.float32)
        noise *= self._read_noise + self._shot_noise * np.sqrt(light)
        seen = np.clip(light + noise + 0.5, 0, 255).astype(np.uint8)
        _, data = cv2.imencode(".jpg", seen, [cv2.IMWRITE_JPEG_QUALITY, self._quality])
        return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
