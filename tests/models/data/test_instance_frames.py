from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from models.data.dataset import load_bank, read_index
from models.data.instance_frames import PeopleComposer, single_person, visible_people
from models.data.instance_stream import PeopleStream, compose_batch

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


def test_composer_of_the_same_seed_gives_the_same_batch(data: Path) -> None:
    composer = PeopleComposer(load_bank(data, read_index(data, "train")))
    one, two = (compose_batch(composer, 2, (64, 96), np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(one.frames, two.frames) and np.array_equal(one.people, two.people)


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
def test_stream_gives_the_batches_of_its_steps(data: Path) -> None:
    stream = PeopleStream([data], 2, (64, 96), seed=3, first=7)
    try:
        batch = next(iter(stream))
    finally:
        stream.close()
    composer = PeopleComposer(load_bank(data, read_index(data, "train")))
    expected = compose_batch(composer, 2, (64, 96), np.random.default_rng([3, 7]))
    assert np.array_equal(batch.frames, expected.frames) and np.array_equal(batch.people, expected.people)
