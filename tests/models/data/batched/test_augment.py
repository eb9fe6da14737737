"""Batched frames: alpha stays aligned with the person. People are red, everything else is blue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from models.data.augment import Mix
from models.data.batched import augment
from models.data.batched.augment import BatchAugmenter
from models.data.batched.pasting import match_light, person_colours
from models.data.batched.textures import Textures, load_textures

if TYPE_CHECKING:
    from pathlib import Path

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def textures(data: Path) -> Textures:
    return load_textures(data, CPU, 160)


def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """No objects and no change of light, so that colour tells person from background."""
    monkeypatch.setattr(augment, "change_light", lambda frames, rng, noise: frames)
    monkeypatch.setattr(BatchAugmenter, "_add_objects", lambda *_: None)

    def blue(self: BatchAugmenter, count: int, height: int, width: int, rng: object) -> torch.Tensor:
        frames = torch.zeros(count, 3, height, width)
        frames[:, 0] = 150
        return frames

    monkeypatch.setattr(BatchAugmenter, "backgrounds", blue)


@pytest.mark.parametrize("kind", ["crop", "paste", "columns", "empty"])
@pytest.mark.parametrize("size", [(96, 160), (160, 96)])
def test_alpha_stays_aligned_with_the_person(
    textures: Textures, monkeypatch: pytest.MonkeyPatch, kind: str, size: tuple[int, int]
) -> None:
    plain(monkeypatch)
    maker = BatchAugmenter(textures, Mix(kinds={kind: 1.0}))
    frames, alphas = maker(24, *size, np.random.default_rng(1))
    assert frames.shape == (24, *size, 3) and alphas.shape == (24, *size)
    assert frames.dtype == alphas.dtype == torch.uint8
    red = frames[..., 2].int() > frames[..., 0].int() + 60
    blue = frames[..., 0].int() > frames[..., 2].int() + 60
    person, background = alphas > 230, alphas < 25
    assert (person.sum() > 1000) == (kind != "empty")
    # Where people overlap, a rim of a photo's blue wall may show inside the alpha.
    assert (blue & person).sum() <= 0.02 * person.sum() + 5
    assert (red & background).sum() <= 0.01 * background.sum()


def test_frames_depend_on_the_generator_only(textures: Textures) -> None:
    maker = BatchAugmenter(textures)
    first = maker(12, 64, 96, np.random.default_rng(3))
    again = maker(12, 64, 96, np.random.default_rng(3))
    other = maker(12, 64, 96, np.random.default_rng(4))
    assert torch.equal(first[0], again[0]) and torch.equal(first[1], again[1])
    assert not torch.equal(first[0], other[0])


def test_person_colours_are_kept_where_alpha_is_1_and_taken_from_there_elsewhere() -> None:
    image = torch.zeros(1, 3, 64, 64)
    image[:, 0] = 200.0
    image[:, :, :, 20:44] = torch.tensor([10.0, 20.0, 220.0])[:, None, None]
    covers = torch.zeros(1, 1, 64, 64)
    covers[..., 20:44] = 1.0
    covers[..., 44:48] = 0.4
    colours = person_colours(image, covers)
    assert torch.equal(colours[..., 20:44], image[..., 20:44])
    assert (colours[:, 2, :, 44:48] > 180).all() and (colours[:, 0, :, 44:48] < 40).all()


def test_match_light_by_the_full_amount_moves_the_mean_to_the_background() -> None:
    people = torch.full((1, 3, 32, 32), 60.0)
    covers = torch.ones(1, 1, 32, 32)
    lit = match_light(people, covers, torch.full((1, 3, 32, 32), 120.0), torch.ones(1, 1, 1, 1))
    assert lit.mean().item() == pytest.approx(120, abs=8)
    same = match_light(people, covers, torch.full((1, 3, 32, 32), 120.0), torch.zeros(1, 1, 1, 1))
    torch.testing.assert_close(same, people)
