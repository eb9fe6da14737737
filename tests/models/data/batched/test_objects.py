"""Random objects and light for a batch."""

from __future__ import annotations

import numpy as np
import torch

from models.data.batched.objects import front_covers, headset_covers, object_covers
from models.data.batched.photometry import change_light

CPU = torch.device("cpu")


def test_object_covers_are_soft_masks_of_moderate_size() -> None:
    covers = object_covers((96, 160), 60, np.random.default_rng(0), CPU)
    assert covers.shape == (60, 1, 96, 160)
    assert covers.min() == 0 and covers.max() == 1
    share = covers.mean((1, 2, 3))
    assert 0.01 < share.mean() < 0.3 and share.max() < 0.6


def test_front_covers_are_between_0_and_1() -> None:
    covers = front_covers((96, 160), 20, np.random.default_rng(0), CPU)
    assert covers.shape == (20, 1, 96, 160) and covers.min() >= 0 and covers.max() <= 1
    assert covers.mean() > 0.01


def test_headset_touches_a_head_and_nothing_else() -> None:
    alphas = torch.zeros(2, 96, 96)
    rows, columns = torch.meshgrid(torch.arange(96.0), torch.arange(96.0), indexing="ij")
    head = ((columns - 48) / 16) ** 2 + ((rows - 30) / 20) ** 2 < 1
    alphas[0, head | (rows > 60)] = 1.0
    covers = headset_covers(alphas, np.random.default_rng(1))
    assert covers[0].max() == 1 and covers[1].max() == 0, "the second frame has no person"
    assert covers[0, 0, 60:].max() == 0, "not below the head"


def test_change_light_keeps_shape_and_range() -> None:
    frames = torch.full((40, 3, 32, 48), 128.0)
    noise = torch.Generator().manual_seed(0)
    changed = change_light(frames, np.random.default_rng(0), noise)
    assert changed.shape == frames.shape and changed.min() >= 0 and changed.max() <= 255
    assert (frames == 128).all(), "the input stays"
    assert changed.mean((1, 2, 3)).std() > 5, "frames get different light"
