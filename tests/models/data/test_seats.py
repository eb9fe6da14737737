"""Seats: they change the room around a person and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from models.data.seats import add_seats
from tests.models.people import draw_person

GREEN = np.full((120, 160, 3), (0, 200, 0), np.uint8)


@pytest.mark.parametrize("seed", range(12))
def test_seat_changes_background_pixels_near_the_person_only(seed: int) -> None:
    frame, alpha = draw_person(120, 160, seed)
    before, same_alpha = frame.copy(), alpha.copy()
    out = add_seats(frame, alpha, GREEN, np.random.default_rng(seed))
    assert np.array_equal(frame, before) and np.array_equal(alpha, same_alpha)
    assert np.array_equal(out[alpha == 255], frame[alpha == 255])
    assert (out[alpha == 0] != frame[alpha == 0]).any()


def test_seats_touch_the_person_in_most_frames() -> None:
    touching = 0
    for seed in range(40):
        frame, alpha = draw_person(120, 160, seed)
        out = add_seats(frame, alpha, GREEN, np.random.default_rng(seed))
        beside = np.zeros(alpha.shape, bool)
        beside[:, 1:] |= alpha[:, :-1] > 127
        beside[:, :-1] |= alpha[:, 1:] > 127
        beside &= alpha <= 127
        touching += bool((out != frame).any(2)[beside].any())
    assert touching >= 36


def test_frame_without_people_gets_no_seat() -> None:
    out = add_seats(GREEN, np.zeros((120, 160), np.uint8), GREEN, np.random.default_rng(0))
    assert np.array_equal(out, GREEN)


def test_seat_with_the_same_seed_is_the_same() -> None:
    frame, alpha = draw_person(120, 160, 5)
    first, second = (add_seats(frame, alpha, GREEN, np.random.default_rng(9)) for _ in range(2))
    assert np.array_equal(first, second)
