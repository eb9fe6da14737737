"""Seats for a batch."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from models.data.batched.seats import add_seats


def _sitting(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Frames of red people before grey walls, and their alphas; the last frame has nobody."""
    alphas = torch.zeros(count, 1, 96, 128)
    alphas[:-1, :, 20:, 40:90] = 1
    red = torch.tensor((20.0, 20.0, 220.0))[:, None, None]
    return torch.lerp(torch.full((count, 3, 96, 128), 128.0), red.expand(count, 3, 96, 128), alphas), alphas


def test_seats_change_the_room_beside_people_and_never_people() -> None:
    frames, alphas = _sitting(40)
    before = frames.clone()
    seated = add_seats(frames, alphas, torch.full_like(frames, 60.0), np.random.default_rng(0))
    assert torch.equal(frames, before), "the input stays"
    assert torch.equal(seated[alphas.expand_as(seated) == 1], frames[alphas.expand_as(frames) == 1])
    assert torch.equal(seated[-1], frames[-1]), "nobody sits there"
    changed = ((seated - frames).abs().amax(1) > 4).float().mean((1, 2))
    assert (changed[:-1] > 0.01).float().mean() > 0.9 and changed.max() < 0.6
    assert seated.min() >= 0 and seated.max() <= 255


def test_seats_of_the_same_generator_are_equal() -> None:
    frames, alphas = _sitting(6)
    textures = torch.rand(6, 3, 96, 128, generator=torch.Generator().manual_seed(0)) * 255
    one, two = (add_seats(frames, alphas, textures, np.random.default_rng(3)) for _ in range(2))
    assert torch.equal(one, two)


@pytest.mark.parametrize("seed", range(3))
def test_seats_touch_the_person(seed: int) -> None:
    frames, alphas = _sitting(30)
    seated = add_seats(frames, alphas, torch.full_like(frames, 60.0), np.random.default_rng(seed))
    changed = ((seated - frames).abs().amax(1) > 4)[:-1]
    beside = torch.nn.functional.max_pool2d(alphas[:-1], 5, 1, 2)[:, 0] > 0.5
    touched = (changed & beside).flatten(1).any(1).float().mean()
    assert touched > 0.8
