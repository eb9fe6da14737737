"""Textures: photos of a data folder as tensors, sampled by matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from models.data.batched.textures import Textures, load_textures, shrink
from models.data.dataset import DataError

if TYPE_CHECKING:
    from pathlib import Path

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def textures(data: Path) -> Textures:
    return load_textures(data, CPU, 128)


def matrix(scale: float, dx: float = 0.0, dy: float = 0.0) -> np.ndarray:
    return np.array([[[scale, 0, dx], [0, scale, dy]]])


def test_textures_hold_photos_by_source_then_background_images(textures: Textures) -> None:
    assert {name: len(i) for name, i in textures.photos.items()} == {"alpha": 3, "beta": 3}
    assert list(textures.backgrounds) == [6, 7]
    assert [level.shape[-1] for level in textures.levels] == [128, 64, 32]
    assert tuple(textures.sizes[0]) == (128, 96), "160x120 photos are shrunk to a side of 128"
    assert textures.levels[0][6:, 3].max() == 0, "background images have no person"


def test_boxes_surround_the_person(textures: Textures) -> None:
    for index in range(6):
        left, top, right, bottom = textures.boxes[index]
        rows, columns = np.nonzero(textures.levels[0][index, 3].numpy() > 127)
        assert left <= columns.min() + 1 and top <= rows.min() + 1
        assert right >= 0.9 * columns.max() and bottom == pytest.approx(128, abs=1)


def test_sample_by_identity_is_the_photo(textures: Textures) -> None:
    sampled = textures.sample(np.array([0]), matrix(1.0), (128, 96), "reflect")
    torch.testing.assert_close(sampled[0], textures.levels[0][0, :, :, :96].float(), atol=0.01, rtol=0)


def test_sample_shrunk_uses_the_mean_of_pixels(textures: Textures) -> None:
    sampled = textures.sample(np.array([0]), matrix(0.25), (32, 24), "reflect")
    expected = torch.nn.functional.avg_pool2d(textures.levels[0][:1, :, :, :96].float(), 4)
    assert (sampled - expected).abs().mean() < 1.0


def test_sample_outside_of_the_photo_is_mirrored_or_transparent(textures: Textures) -> None:
    shifted = matrix(1.0, dx=20.0)
    mirrored = textures.sample(np.array([0]), shifted, (128, 96), "reflect")[0]
    photo = textures.levels[0][0, :, :, :96].float()
    torch.testing.assert_close(mirrored[:, :, :20], photo[:, :, :20].flip(2), atol=0.01, rtol=0)
    transparent = textures.sample(np.array([0]), shifted, (128, 96), "transparent")[0]
    assert transparent[3, :, :19].max() == 0
    torch.testing.assert_close(transparent[:, :, 21:], photo[:, :, 1:76], atol=0.01, rtol=0)


def test_shrink_leaves_a_small_image_unchanged() -> None:
    image = np.zeros((40, 60, 3), np.uint8)
    assert shrink(image, 60) is image and shrink(image, 30).shape == (20, 30, 3)


def test_data_without_background_images_is_refused(data: Path, tmp_path: Path) -> None:
    (tmp_path / "index.csv").write_text((data / "index.csv").read_text())
    with pytest.raises(DataError, match="background images"):
        load_textures(tmp_path, CPU, 128)
