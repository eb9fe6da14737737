"""What counts as late follows the pace of the last seconds."""

from __future__ import annotations

import pytest

from app.engine.pace import Pace


class Clock:
    """A time that the test advances."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s

    def advance(self, seconds: float) -> None:
        self.now_s += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pace(clock: Clock) -> Pace:
    return Pace(clock)


def compose(pace: Pace, clock: Clock, takes_s: float, count: int = 1, is_composite: bool = True) -> None:
    for _ in range(count):
        pace.begin()
        clock.advance(takes_s)
        pace.finish(is_composite)


def is_late_after(pace: Pace, clock: Clock, seconds: float) -> bool:
    clock.advance(seconds)
    return pace.is_late


def test_pace_without_composites_is_late_after_shortest_limit(pace: Pace, clock: Clock) -> None:
    assert not is_late_after(pace, clock, 0.7)
    assert is_late_after(pace, clock, 0.1)


@pytest.mark.parametrize(
    ("takes_s", "limit_s"), [(0.03, 0.75), (0.3, 0.75), (0.5, 1.0), (1.0, 2.0), (5, 3.0)]
)
def test_limit_is_twice_the_interval_within_bounds(
    pace: Pace, clock: Clock, takes_s: float, limit_s: float
) -> None:
    compose(pace, clock, takes_s, 3)
    assert pace.limit_s == pytest.approx(limit_s)
    assert not is_late_after(pace, clock, limit_s - 0.01)
    assert is_late_after(pace, clock, 0.02)


def test_first_composite_sets_limit_by_its_duration(pace: Pace, clock: Clock) -> None:
    clock.advance(60)  # until there is a camera
    compose(pace, clock, 1.0)
    assert pace.limit_s == pytest.approx(2.0)


def test_wait_between_composites_counts_as_interval(pace: Pace, clock: Clock) -> None:
    for _ in range(3):
        clock.advance(1.0)
        compose(pace, clock, 0.1)
    assert pace.limit_s == pytest.approx(2.2)


def test_slow_composite_is_forgotten_after_last_seconds(pace: Pace, clock: Clock) -> None:
    compose(pace, clock, 1.0, 3)
    compose(pace, clock, 0.1, 50)
    assert pace.limit_s == pytest.approx(2.0)
    compose(pace, clock, 0.1, 60)
    assert pace.limit_s == 0.75


def test_interruption_does_not_count_as_interval(pace: Pace, clock: Clock) -> None:
    compose(pace, clock, 0.1, 3)
    pace.interrupt()
    clock.advance(2.0)
    compose(pace, clock, 0.1, 3)
    assert pace.limit_s == 0.75


def test_failed_composites_do_not_count_as_interval(pace: Pace, clock: Clock) -> None:
    compose(pace, clock, 0.1, 3)
    compose(pace, clock, 1.0, 3, is_composite=False)
    assert pace.limit_s == 0.75
    compose(pace, clock, 0.1)
    assert pace.limit_s == 0.75


@pytest.mark.parametrize(("takes_s", "hangs_after_s"), [(0.03, 2.0), (0.5, 2.0), (1.3, 2.6), (4.0, 3.0)])
def test_frame_in_progress_hangs_after_limit_of_slow_composites(
    pace: Pace, clock: Clock, takes_s: float, hangs_after_s: float
) -> None:
    compose(pace, clock, takes_s, 3)
    clock.advance(9.0)
    assert not pace.is_hanging, "no frame is in progress"
    pace.begin()
    clock.advance(hangs_after_s - 0.01)
    assert not pace.is_hanging
    clock.advance(0.02)
    assert pace.is_hanging
    pace.finish(is_composite=True)
    assert not pace.is_hanging
