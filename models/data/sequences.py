"""Composed sequences with true alphas: a person moves in front of a background image or a clip.

A simulated webcam adds exposure changes, noise and compression. Sequence n depends only on the seed and n.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from models.data.augment import match_light, soften
from models.data.dataset import Box, DataError, Entry, Photo, Pixels, make_photo, pyramid
from models.data.motion import drift, placement, quick_motion
from models.data.warp import warp

FPS = 30.0
_MIN_PERSON, _MAX_PERSON = 0.08, 0.8  # share of the photo that the person covers
_MIN_ASPECT = 0.8  # height divided by width of the visible part of a person
# Heights as shares of the frame, from its top: the centre of a person's rotation, and a person's lower end.
_PIVOT, _LOWER_END = 1.05, 1.2

Background = Callable[[int], Pixels]  # from the index of a frame to the background image


@dataclass(frozen=True)
class Footage:
    """A video in memory. frames: uint8 [H, W, 3] BGR. alphas: the true ones, uint8 [H, W], 0 to 255."""

    name: str
    frames: list[Pixels]
    alphas: list[Pixels]


@dataclass(frozen=True)
class Material:
    """Input of sequences: labelled photos, background images, and clips without people."""

    entries: Sequence[Entry]
    backgrounds: Sequence[Pixels]
    clips: Sequence[Sequence[Pixels]] = ()
    hand_held_share: float = 0.5
    """Share of the sequences before background images with a hand-held camera, 0 to 1."""


def make_sequences(
    material: Material, count: int, frames: int, size: tuple[int, int], seed: int
) -> Iterator[Footage]:
    """Make `count` sequences of `frames` frames of `size` (height, width). Raises DataError."""
    if not material.backgrounds and not material.clips:
        raise DataError("there are neither background images nor clips")
    people = _people(material.entries, np.random.default_rng(seed))
    for number in range(count):
        rng = np.random.default_rng((seed, number))
        photo, box = next(people)
        background = _draw_background(material, size, rng)
        person = Person(photo, box, background(0), frames / FPS, rng)
        camera = Camera(rng)
        footage = Footage(f"{number:03d}", [], [])
        for index in range(frames):
            frame, alpha = person.compose(background(index), index / FPS)
            footage.frames.append(camera.capture(frame, index / FPS))
            footage.alphas.append(alpha)
        yield footage


def _people(entries: Sequence[Entry], rng: np.random.Generator) -> Iterator[tuple[Photo, Box]]:
    """Photos with the box of the person's visible part, without end: each source in turn, in random order."""
    by_source: dict[str, list[Entry]] = {}
    for number in rng.permutation(len(entries)):
        by_source.setdefault(entries[number].source, []).append(entries[number])
    sources = [by_source[source] for source in sorted(by_source)]
    any_suitable = True
    while any_suitable:
        any_suitable = False
        for turn in range(max(len(photos) for photos in sources)):
            for photos in sources:
                photo = make_photo(*photos[turn % len(photos)].read())
                box = suitable_box(photo.masks[0])
                if box is not None:
                    any_suitable = True
                    yield photo, box
    raise DataError("no photo shows a head and shoulders that its left and right borders do not cut off")


def suitable_box(mask: Pixels) -> Box | None:
    """Box of the person's visible part; None if it is too small, too large or too flat to be placed."""
    left, top, right, bottom = box = uncut_box(mask)
    share = float((mask > 127).mean())
    fits = _MIN_PERSON < share < _MAX_PERSON and bottom - top > _MIN_ASPECT * (right - left)
    return box if fits else None


def uncut_box(mask: Pixels) -> Box:
    """Box of the person above the first row in which the left or right border cuts them off."""
    near = max(2, len(mask) // 100)
    rows = np.flatnonzero(mask.max(1) > 127)
    touching = np.flatnonzero(np.hstack([mask[:, :near], mask[:, -near:]]).max(1) > 127)
    if not len(rows) or (len(touching) and touching[0] == rows[0]):
        return 0, 0, 0, 0
    bottom = int(touching[0] if len(touching) else rows[-1] + 1)
    columns = np.flatnonzero(mask[:bottom].max(0) > 127)
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, bottom


def _draw_background(material: Material, size: tuple[int, int], rng: np.random.Generator) -> Background:
    """A background image from a fixed or hand-held camera, or (half the time, if there are any) a clip."""
    height, width = size
    if material.clips and (not material.backgrounds or rng.random() < 0.5):
        clip = material.clips[int(rng.integers(len(material.clips)))]
        start = int(rng.integers(len(clip)))
        # Played forwards and backwards, so that a short clip has no jump.
        order = [*range(len(clip)), *range(len(clip) - 2, 0, -1)]
        return lambda index: _fill(clip[order[(start + index) % len(order)]], size)
    image = pyramid(material.backgrounds[int(rng.integers(len(material.backgrounds)))])
    image_height, image_width = image[0].shape[:2]
    scale = max(height / image_height, width / image_width) * float(rng.uniform(1.1, 1.5))
    hand_held = rng.random() < material.hand_held_share
    pan = [drift(rng, 0.03 * hand_held, (4.0, 9.0)) for _ in range(2)]
    shake = [drift(rng, 0.003 * hand_held, (0.25, 1.2)) for _ in range(2)]
    rotation = drift(rng, 0.01 * hand_held, (1.0, 4.0))

    def at(index: int) -> Pixels:
        time_s = index / FPS
        x, y = (0.5 + slow(time_s) + quick(time_s) for slow, quick in zip(pan, shake, strict=True))
        matrix = placement(
            (image_width / 2, image_height / 2), (x * width, y * height), scale, rotation(time_s)
        )
        return warp(image, matrix, size, cv2.BORDER_REFLECT_101)

    return at


def _fill(image: Pixels, size: tuple[int, int]) -> Pixels:
    """Scale and crop an image around its centre to `size` (height, width)."""
    image_height, image_width = image.shape[:2]
    scale = max(size[0] / image_height, size[1] / image_width)
    matrix = placement((image_width / 2, image_height / 2), (size[1] / 2, size[0] / 2), scale)
    return warp((image,), matrix, size, cv2.BORDER_REFLECT_101)


class Person:
    """A person who moves and rotates slowly and comes nearer; half of them also move quickly once."""

    def __init__(
        self, photo: Photo, box: Box, background: Pixels, length_s: float, rng: np.random.Generator
    ) -> None:
        """box: visible part of the person. background: the first one; the person's colours adapt to it."""
        height, width = background.shape[:2]
        left, top, right, bottom = box
        cover = np.asarray(photo.masks[0] / 255, np.float32)
        lit = match_light(photo.images[0], cover, background, float(rng.uniform(0, 0.8)))
        self._images, self._masks = pyramid(lit), photo.masks
        head = float(rng.uniform(0.05, 0.22))
        wide = float(rng.uniform(0.25, 0.5)) * width / (right - left)
        # So low that neither motion nor rotation shows the bottom of the box.
        self._scale = max(wide, (_LOWER_END - head) * height / (bottom - top))
        self._source = (left + right) / 2, top + (_PIVOT - head) * height / self._scale
        self._middle = float(rng.normal(0.5, 0.1))
        self._mirror = bool(rng.random() < 0.5)
        self._softness = float(rng.uniform(0.5, 1.2)), float(rng.choice((0.3, 0.5)))
        self._moves = [drift(rng, reach) for reach in (0.03, 0.05, 0.06, 0.08, 0.06)]
        reaches = (0.2, 0.15) if rng.random() < 0.5 else (0.0, 0.0)
        self._sidestep, self._lean = (quick_motion(rng, reach, length_s) for reach in reaches)

    def compose(self, background: Pixels, time_s: float) -> tuple[Pixels, Pixels]:
        """Compose the person onto a background; return the frame and the true alpha, uint8 [H, W]."""
        size = background.shape[0], background.shape[1]
        up, sideways, angle, growth, shear = (move(time_s) for move in self._moves)
        pivot = (self._middle + sideways + self._sidestep(time_s)) * size[1], (_PIVOT + up) * size[0]
        scale = self._scale * float(np.exp(growth))
        matrix = placement(self._source, pivot, scale, angle + self._lean(time_s), shear, self._mirror)
        image = warp(self._images, matrix, size, cv2.BORDER_REPLICATE)
        mask = warp(self._masks, matrix, size, cv2.BORDER_CONSTANT)
        alpha = np.round(soften(mask, *self._softness) * 255).astype(np.uint8)
        share = alpha.astype(np.float32) / 255
        return np.asarray(cv2.blendLinear(image, background, share, 1 - share), np.uint8), alpha


class Camera:
    """A simulated webcam: slowly changing exposure, sensor noise, mild JPEG compression."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._exposure = drift(rng, 0.08)
        self._read_noise, self._shot_noise = float(rng.uniform(0.5, 2.5)), float(rng.uniform(0.05, 0.25))
        self._quality = int(rng.integers(75, 96))

    def capture(self, image: Pixels, time_s: float) -> Pixels:
        """Return the image as this camera records it, uint8 [H, W, 3]; the noise is about 1 to 5 levels."""
        light = image * np.float32(1 + self._exposure(time_s))
        noise = self._rng.standard_normal(image.shape, np.float32)
        noise *= self._read_noise + self._shot_noise * np.sqrt(light)
        frame = np.clip(light + noise + 0.5, 0, 255).astype(np.uint8)
        _, data = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, self._quality])
        return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
