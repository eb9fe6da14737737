"""Only the main person is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.engine.core.settings import MatteSettings
from app.engine.pipeline.main_person import MainPerson
from app.engine.pipeline.matte import MatteStage
from tests.frames import still

if TYPE_CHECKING:
    from app.engine.core.types import Alpha


def scene(*persons: tuple[int, int]) -> Alpha:
    """Persons from one column to another, 30 rows high, with an edge of one column of alpha 0.5 each."""
    alpha = np.zeros((60, 100), np.float32)
    for left, right in persons:
        alpha[20:50, left:right] = 1
        alpha[20:50, left - 1] = alpha[20:50, right] = 0.4
    return alpha


def test_single_person_stays_unchanged() -> None:
    raw = scene((40, 60))
    assert np.array_equal(MainPerson().keep(raw), raw)


def test_empty_alpha_has_no_main_person() -> None:
    raw = np.full((60, 100), 0.2, np.float32)
    assert np.array_equal(MainPerson().keep(raw), raw)


def test_main_person_is_large_central_one_and_other_is_removed_at_once() -> None:
    raw = scene((35, 65), (80, 95))
    given = raw.copy()
    kept = MainPerson().keep(raw)
    assert np.array_equal(raw, given)
    assert np.array_equal(kept[:, :70], raw[:, :70])
    assert kept[:, 75:].max() == 0


def test_person_nearer_to_middle_does_not_become_main_person() -> None:
    keeper = MainPerson()
    keeper.keep(scene((20, 42)))
    for left in range(74, 50, -3):
        kept = keeper.keep(scene((20, 42), (left, left + 22)))
        assert kept[30, 30] == 1 and kept[30, left + 5] == 0


def test_new_main_person_fades_in() -> None:
    keeper = MainPerson()
    keeper.keep(scene((35, 65), (80, 95)))
    seen = [keeper.keep(scene((80, 95)))[30, 85] for _ in range(10)]
    steps = np.diff([0.0, *seen])
    assert seen[-1] == 1 and (steps >= 0).all() and steps.max() < 0.2


def test_main_person_setting_is_off_by_default_and_resets() -> None:
    raw, frame = scene((35, 65), (80, 95)), np.full((120, 200, 3), 90, np.uint8)
    assert MatteStage().apply(raw, still(frame), MatteSettings()).alpha[60, 174] > 0.9
    stage, settings = MatteStage(), MatteSettings(main_person_only=True)
    alpha = stage.apply(raw, still(frame), settings).alpha
    assert alpha[60, 100] > 0.9 and alpha[60, 150:].max() < 0.05
    stage.reset()
    assert stage.apply(scene((80, 95)), still(frame), settings).alpha[60, 174] > 0.9


def test_shift_moves_edge_and_keeps_certain_pixels() -> None:
    ramp = np.repeat(np.linspace(0, 1, 100, dtype=np.float32)[None], 60, 0)
    frame = np.full((60, 100, 3), 90, np.uint8)
    areas = []
    for shift in (-1.0, 0.0, 1.0):
        settings = MatteSettings(shift=shift, follow_edges=False, remove_uncertain=False)
        alpha = MatteStage().apply(ramp, still(frame), settings).alpha
        assert alpha[:, 0].max() == 0 and alpha[:, -1].min() == 1
        areas.append(alpha.mean())
    assert areas[0] + 0.1 < areas[1] < areas[2] - 0.1
