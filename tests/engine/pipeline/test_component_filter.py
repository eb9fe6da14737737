"""Uncertain components are removed, gradually."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.engine.pipeline.component_filter import ComponentFilter

if TYPE_CHECKING:
    from app.engine.core.types import Alpha


def test_uncertain_component_is_removed_and_second_person_stays() -> None:
    raw = np.full((96, 160), 0.04, np.float32)
    raw[20:90, 10:60] = 0.97  # the person
    raw[40:80, 80:100] = 0.96  # another person
    raw[10:50, 120:140] = 0.65  # a cupboard
    raw[0:4, 0:160] = 0.3  # low alpha that belongs to no component
    raw[60:66, 30:36] = 0.4  # an uncertain hole in the person
    raw[26:40, 45:55] = 0.02  # a certain gap: the room under an arm
    raw.setflags(write=False)
    kept = ComponentFilter().apply(raw)
    assert kept[20:90, 10:44].min() > 0.96 and kept[40:90, 10:60].min() > 0.96, "the person has no hole"
    assert kept[40:80, 80:100].min() > 0.95
    assert kept[28:38, 47:53].max() < 0.03, "a true gap stays"
    assert (kept[10:50, 120:140] == 0).all() and (kept[:4] == 0).all()


def test_largest_component_always_stays() -> None:
    raw = np.zeros((32, 32), np.float32)
    raw[8:24, 8:24] = 0.6
    assert (ComponentFilter().apply(raw)[8:24, 8:24] > 0.59).all()
    nothing = np.full((8, 12), 0.4, np.float32)
    assert (ComponentFilter().apply(nothing) < 0.5).all()


def scene(cupboard: float) -> Alpha:
    """A person, and beside them a cupboard that the network takes for a person with this alpha."""
    raw = np.zeros((64, 96), np.float32)
    raw[10:60, 10:50] = 0.97
    raw[20:50, 70:90] = cupboard
    raw.setflags(write=False)
    return raw


def test_uncertain_component_fades_out_gradually() -> None:
    component_filter = ComponentFilter()
    for _ in range(5):
        component_filter.apply(scene(0.92))
    seen = [float(component_filter.apply(scene(0.7))[35, 80]) for _ in range(40)]
    steps = -np.diff(seen)
    assert seen[0] > 0.5 and seen[-1] < 0.01
    assert steps.min() >= 0 and steps.max() < 0.2


def test_certain_person_appears_at_once_after_uncertainty() -> None:
    component_filter = ComponentFilter()
    for _ in range(40):
        component_filter.apply(scene(0.7))
    assert component_filter.apply(scene(1.0))[35, 80] > 0.99


def test_component_filter_reset_clears_memory() -> None:
    component_filter, fresh = ComponentFilter(), ComponentFilter()
    for _ in range(40):
        component_filter.apply(scene(0.7))
    component_filter.reset()
    assert np.array_equal(component_filter.apply(scene(0.92)), fresh.apply(scene(0.92)))
    for _ in range(40):
        component_filter.apply(scene(0.7))
    other = np.full((32, 32), 0.9, np.float32)  # another size resets the memory too
    assert np.array_equal(component_filter.apply(other), ComponentFilter().apply(other))
