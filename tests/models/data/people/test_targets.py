"""What the network for people is to say of a frame."""

from __future__ import annotations

import numpy as np
import pytest

from models.data.people.targets import centre_of, make_targets
from models.networks.people import OFFSET_UNIT_PX, STRIDE


def test_centre_is_in_the_upper_part_of_what_is_seen() -> None:
    mask = np.zeros((96, 96), bool)
    mask[10:90, 40:60] = True
    x, y = centre_of(mask)
    assert x == pytest.approx(49.5, abs=0.5) and 10 < y < 45


def test_targets_point_from_every_cell_to_its_person() -> None:
    people = np.zeros((96, 160), np.uint8)
    people[16:96, 16:56], people[24:96, 88:136] = 1, 2
    targets = make_targets(people)
    assert targets.centres.shape == (12, 20) and targets.offsets.shape == (2, 12, 20)
    assert (targets.centres > 0.999).sum() == 2
    for number in (1, 2):
        x, y = centre_of(people == number)
        assert targets.centres[int(y // STRIDE), int(x // STRIDE)] == 1
        rows, columns = np.nonzero(people[4::STRIDE, 4::STRIDE] == number)
        reached_x = (columns + 0.5) * STRIDE + targets.offsets[0, rows, columns] * OFFSET_UNIT_PX
        reached_y = (rows + 0.5) * STRIDE + targets.offsets[1, rows, columns] * OFFSET_UNIT_PX
        assert np.allclose(reached_x, x, atol=1e-3) and np.allclose(reached_y, y, atol=1e-3)
    assert np.array_equal(targets.inside, people[4::STRIDE, 4::STRIDE] > 0)


def test_speck_of_a_person_is_nobody() -> None:
    people = np.zeros((96, 160), np.uint8)
    people[3:6, 3:6] = 1
    targets = make_targets(people)
    assert targets.centres.max() == 0 and not targets.inside.any()
