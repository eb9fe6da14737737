from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from models.data.dataset import DataError, load_bank, read_index
from models.data.people.frames import PeopleComposer, masks_of, single_person, visible_people
from models.data.people.stream import people_stream
from models.data.people.targets import make_targets

if TYPE_CHECKING:
    from pathlib import Path


def test_composer_gives_each_visible_person_a_number(data: Path) -> None:
    composer = PeopleComposer(load_bank(data, read_index(data, "train")))
    seen = []
    for seed in range(12):
        frame, people = composer(96, 160, np.random.default_rng(seed), 3)
        assert frame.shape == (96, 160, 3) and people.shape == (96, 160)
        numbers = np.unique(people[people > 0]).tolist()
        assert numbers == list(range(1, len(numbers) + 1))
        seen.append(len(numbers))
    assert max(seen) == 3 and min(seen) >= 1


@pytest.mark.parametrize("count", [0, 1, 5])
def test_composer_of_the_same_seed_gives_the_same_frame_of_at_most_so_many_people(
    data: Path, count: int
) -> None:
    composer = PeopleComposer(load_bank(data, read_index(data, "train")))
    one, two = (composer(64, 96, np.random.default_rng(5), count) for _ in range(2))
    assert np.array_equal(one[0], two[0]) and np.array_equal(one[1], two[1])
    assert one[1].max() <= count and (count == 0) == (one[1].max() == 0)


def test_masks_of_a_map_are_one_per_person() -> None:
    people = np.zeros((6, 8), np.uint8)
    people[:2], people[4:, :3] = 2, 5
    masks = masks_of(people)
    assert masks.shape == (2, 6, 8) and masks.sum((1, 2)).tolist() == [16, 6]
    assert masks_of(np.zeros((6, 8), np.uint8)).shape == (0, 6, 8)


def test_visible_people_leaves_out_the_nearly_hidden_and_numbers_the_others() -> None:
    people = np.zeros((40, 40), np.uint8)
    people[:20, :20], people[:2, :20], people[20:, 20:] = 1, 2, 3
    shown = visible_people(people, [400, 400, 400])
    assert np.unique(shown).tolist() == [0, 1, 2]
    assert (shown[:2, :20] == 0).all() and (shown[20:, 20:] == 2).all()


def test_single_person_is_false_for_two_components() -> None:
    mask = np.zeros((40, 40), np.uint8)
    mask[:20, :10] = 255
    assert single_person(mask)
    mask[:20, 20:30] = 255
    assert not single_person(mask)
    assert not single_person(np.zeros((40, 40), np.uint8))


@pytest.mark.slow
def test_stream_gives_the_same_batches_from_any_number_of_workers_and_first_step(data: Path) -> None:
    found = []
    for first, workers, wanted in ((0, 1, 4), (0, 2, 4), (2, 1, 2)):
        stream = people_stream([data], ((64, 96, 1), (96, 64, 1)), 2, 3, first, workers, make_targets)
        batches = iter(stream)
        found.append([next(batches) for _ in range(wanted)][-2:])
        stream.close()
    for other in found[1:]:
        for batch, same in zip(found[0], other, strict=True):
            assert len(batch) == 4 and all(torch.equal(a, b) for a, b in zip(batch, same, strict=True))


def test_stream_without_data_says_so(tmp_path: Path) -> None:
    stream = people_stream([tmp_path], ((64, 96, 1),), 2, 3)
    with pytest.raises(DataError, match=r"index\.csv"):
        next(iter(stream))
    stream.close()
