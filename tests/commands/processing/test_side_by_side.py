"""Steps side by side: order, memory, errors, and how many items are worked on at once."""

from __future__ import annotations

import threading
from itertools import count, islice
from typing import TYPE_CHECKING

import pytest

from app.commands.processing.side_by_side import SideBySide, usable_cores

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONG_S = 60.0


def test_results_come_in_the_order_of_the_items() -> None:
    first_may_end = threading.Event()

    def work(item: int) -> int:
        if item == 0:
            assert first_may_end.wait(_LONG_S)
        elif item == 3:
            first_may_end.set()  # The first item ends after the fourth one.
        return item * 2

    with SideBySide() as steps:
        assert list(steps.step(range(20), work, workers=4)) == [2 * i for i in range(20)]


@pytest.mark.parametrize("workers", [1, 8])
def test_step_works_on_as_many_items_at_once_as_it_has_workers(workers: int) -> None:
    together = threading.Barrier(workers)
    with SideBySide() as steps:
        assert (
            len(list(steps.step(range(workers * 3), lambda _: together.wait(_LONG_S), workers)))
            == workers * 3
        )


def test_steps_in_a_chain_work_at_the_same_time() -> None:
    last_has_begun, first_goes_on = threading.Event(), threading.Event()

    def first(item: int) -> int:
        if item == 1:  # It ends only once the last step works on item 0.
            assert last_has_begun.wait(_LONG_S)
            first_goes_on.set()
        return item

    def last(item: int) -> int:
        if item == 0:
            last_has_begun.set()
            assert first_goes_on.wait(_LONG_S)
        return item

    with SideBySide() as steps:
        assert list(steps.step(steps.step(range(5), first), last)) == list(range(5))


def test_step_takes_few_items_ahead() -> None:
    taken = 0

    def items() -> Iterator[int]:
        nonlocal taken
        while True:
            taken += 1
            yield taken

    with SideBySide() as steps:
        results = steps.step(steps.step(steps.ahead(items()), abs), abs, workers=3)
        assert list(islice(results, 50)) == list(range(1, 51))
    assert taken < 50 + 1 + 2 + 2 + 4 + 1


@pytest.mark.parametrize("at", [0, 7])
def test_error_in_a_step_ends_the_chain_after_results_in_order(at: int) -> None:
    def fail(item: int) -> int:
        if item == at:
            raise ZeroDivisionError
        return item

    done = []
    with SideBySide() as steps, pytest.raises(ZeroDivisionError):
        for result in steps.step(steps.step(range(20), fail, workers=3), abs):
            done.append(result)
    assert done == list(range(len(done))) and at - 2 <= len(done) <= at


def test_error_of_the_items_comes_after_the_items_before_it() -> None:
    def items() -> Iterator[int]:
        yield from range(4)
        raise KeyError

    done = []
    with SideBySide() as steps, pytest.raises(KeyError):
        for result in steps.ahead(items()):
            done.append(result)
    assert done == [0, 1, 2, 3]


def test_threads_end_with_the_block() -> None:
    before = threading.active_count()
    with SideBySide() as steps:
        next(steps.step(steps.ahead(count()), abs, workers=4))
        assert threading.active_count() > before
    assert threading.active_count() == before


def test_usable_cores_is_at_least_one() -> None:
    assert usable_cores() >= 1
