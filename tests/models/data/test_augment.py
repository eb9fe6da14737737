"""Augmentation: frame and alpha stay aligned. People are red, everything else is blue."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from models.data.augment import Augmenter, Mix, person_colours
from models.data.dataset import Bank, load_bank, make_photo, pyramid, read_index
from models.data.photometry import Photometry
from models.data.warp import warp
from tests.models.people import draw_person

if TYPE_CHECKING:
    from pathlib import Path


class BlueBackgrounds(Augmenter):
    """An augmenter whose backgrounds are blue."""

    def background(self, height: int, width: int, rng: np.random.Generator) -> np.ndarray:
        frame = np.zeros((height, width, 3), np.uint8)
        frame[..., 0] = rng.integers(100, 200)
        return frame


@pytest.fixture(scope="module")
def bank() -> Bank:
    photos = [make_photo(*draw_person(320, 240, seed)) for seed in range(4)]
    background = np.full((200, 300, 3), (150, 0, 0), np.uint8)
    return Bank({"one": photos[:2], "two": photos[2:]}, [pyramid(background)])


def is_person(frame: np.ndarray) -> np.ndarray:
    return np.asarray(frame[..., 2] > frame[..., 0])


# Where people overlap, a rim of a photo's blue wall may show inside the alpha.
@pytest.mark.slow_after_first
@pytest.mark.parametrize(
    ("kind", "options", "stray"),
    [
        ("crop", {}, 0),
        ("paste", {"count": 1}, 0),
        ("paste", {"count": 4}, 0.15),
        ("columns", {}, 0),
        ("empty", {}, 0),
    ],
)
@pytest.mark.parametrize("size", [(96, 160), (160, 96), (64, 64)])
def test_alpha_stays_aligned_with_the_person(
    bank: Bank, kind: str, options: dict[str, int], stray: float, size: tuple[int, int]
) -> None:
    maker = partial(getattr(BlueBackgrounds(bank), kind), **options)
    covered = 0.0
    for seed in range(25):
        frame, alpha = maker(*size, np.random.default_rng(seed))
        assert frame.shape == (*size, 3) and alpha.shape == size
        assert frame.dtype == alpha.dtype == np.uint8
        # Blending can move the visible edge by a pixel, so only pixels farther from it are compared.
        kernel = np.ones((5, 5), np.uint8)
        inside = cv2.erode(alpha, kernel) > 250
        outside = cv2.dilate(alpha, kernel) < 5
        assert is_person(frame)[inside].sum() >= (1 - stray) * inside.sum()
        assert not is_person(frame)[outside].any()
        covered += float((alpha > 127).mean()) / 25
    assert (covered == 0) if kind == "empty" else (0.1 < covered < 0.9)


def test_columns_show_several_people(bank: Bank) -> None:
    several = 0
    for seed in range(20):
        _, alpha = BlueBackgrounds(bank).columns(96, 160, np.random.default_rng(seed))
        several += int(cv2.connectedComponents((alpha > 127).astype(np.uint8))[0] > 2)
    assert several >= 5


@pytest.mark.slow
def test_pasted_people_have_soft_edges_and_different_sizes(bank: Bank) -> None:
    samples = [BlueBackgrounds(bank).paste(96, 160, np.random.default_rng(seed))[1] for seed in range(40)]
    assert np.mean([((a > 12) & (a < 243)).any() for a in samples]) > 0.9
    shares = [float((a > 127).mean()) for a in samples]
    assert min(shares) < 0.15 and max(shares) > 0.3


def test_samples_depend_only_on_the_generator(bank: Bank) -> None:
    first, second = Augmenter(bank), Augmenter(bank)
    second(64, 96, np.random.default_rng(99))  # an earlier sample has no influence
    for seed in range(12):
        one = first(64, 96, np.random.default_rng(seed))
        other = second(64, 96, np.random.default_rng(seed))
        assert np.array_equal(one[0], other[0]) and np.array_equal(one[1], other[1])


def test_augmenter_does_not_write_to_the_photos(bank: Bank) -> None:
    for photos in bank.photos.values():
        for photo in photos:
            for level in (*photo.images, *photo.masks):
                level.flags.writeable = False
    augmenter = Augmenter(bank, Mix(kinds={"crop": 1, "paste": 1}))
    for seed in range(10):
        augmenter(96, 160, np.random.default_rng(seed))


def test_warp_keeps_positions_at_every_pyramid_level() -> None:
    image = np.zeros((256, 256), np.uint8)
    cv2.circle(image, (128, 96), 24, 255, -1)
    for scale in (1.0, 0.5, 0.25, 0.12):
        matrix = np.array([[scale, 0, 0], [0, scale, 0]])
        side = round(256 * scale)
        small = warp(pyramid(image), matrix, (side, side), cv2.BORDER_CONSTANT).astype(float)
        rows, columns = np.mgrid[0:side, 0:side] + 0.5
        centre = (columns * small).sum() / small.sum(), (rows * small).sum() / small.sum()
        assert centre == pytest.approx((128.5 * scale, 96.5 * scale), abs=0.15)


def test_photometry_changes_light_and_not_its_input() -> None:
    image, _ = draw_person(96, 160, 0)
    image.flags.writeable = False
    photometry = Photometry()
    changed = [photometry(image, np.random.default_rng(seed)) for seed in range(60)]
    assert all(c.shape == image.shape and c.dtype == np.uint8 for c in changed)
    means = [float(c.mean()) for c in changed]
    assert max(means) > 1.3 * min(means)
    assert any(np.ptp(c.astype(int), axis=2).max() <= 40 for c in changed), "none of the sixty is grey"


def test_bank_has_every_training_photo_by_source(data: Path) -> None:
    bank = load_bank(data, read_index(data, "train"))
    assert {source: len(photos) for source, photos in bank.photos.items()} == {"alpha": 3, "beta": 3}
    assert len(bank.backgrounds) == 2
    photo = bank.photos["alpha"][0]
    assert photo.images[1].shape == (80, 60, 3) and photo.masks[2].shape == (40, 30)
    assert photo.cut[2] and photo.box[3] == 160  # the bottom border cuts the shoulders off


def test_person_colours_of_soft_edge_hide_the_old_background() -> None:
    person, room = np.array([40, 60, 200], np.float32), np.array([10, 220, 20], np.float32)
    cover = np.tile(np.clip(np.linspace(-8, 9, 96), 0, 1).astype(np.float32), (96, 1))
    image = (cover[..., None] * person + (1 - cover[..., None]) * room).astype(np.uint8)
    estimated = person_colours(image, cover)
    soft = (cover > 0.05) & (cover < 0.95)
    error = np.abs(estimated[soft].astype(float) - person).mean()
    assert error < 0.25 * np.abs(image[soft].astype(float) - person).mean()
    assert (estimated[cover == 1] == image[cover == 1]).all()
