"""Steps on several threads: same results in the same order, errors, memory, work at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from app.commands.processing.stages import Interruption, Stages, Step

Emit = Callable[[int], None]
_LONG_S = 60.0  # On a busy machine.


def feeding(count: int) -> Callable[[Emit], None]:
    def feed(emit: Emit) -> None:
        for number in range(count):
            emit(number)

    return feed


def same(item: int) -> int:
    return item


def threads() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("backdrop-step")]


class Memory:
    """A step with memory: adds up what it got, and notices if two use it at the same time."""

    def __init__(self) -> None:
        self.total = 0
        self._lock = threading.Lock()

    def __call__(self, item: int) -> int:
        assert self._lock.acquire(blocking=False), "two at the same time"
        self.total = self.total * 3 % 1009 + item
        self._lock.release()
        return self.total


def results(cores: int, most_items: int, count: int = 200) -> list[int]:
    steps = [Step(Memory(), True), Step(lambda item: item * 7), Step(Memory(), True), Step(lambda i: i + 1)]
    found: list[int] = []
    Stages(steps, cores, most_items).run(feeding(count), found.append)
    return found


@pytest.mark.parametrize("cores", [2, 3, 8])
@pytest.mark.parametrize("most_items", [1, 2, 20])
def test_several_cores_give_the_results_of_one_in_order(cores: int, most_items: int) -> None:
    assert results(cores, most_items) == results(1, most_items)
    assert threads() == []


def test_no_items_end_at_once() -> None:
    assert results(4, 4, 0) == []


def test_items_under_way_are_bounded() -> None:
    fed: list[int] = []
    is_full = threading.Event()

    def feed(emit: Emit) -> None:
        for number in range(100):
            fed.append(number)
            if len(fed) == 6:
                is_full.set()
            emit(number)

    def drain(item: int) -> None:
        assert is_full.wait(_LONG_S)
        assert len(fed) <= item + 5 + 1

    Stages([Step(same)], 3, 5).run(feed, drain)
    assert len(fed) == 100


@pytest.mark.parametrize("cores", [1, 2, 8])
def test_error_of_earliest_item_is_raised_after_earlier_items(cores: int) -> None:
    late = threading.Event()

    def fail(item: int) -> int:
        if item == 30:
            if cores > 1:
                late.wait(_LONG_S)  # Its error comes after the one of the item 31.
            raise ValueError("30")
        if item == 31:
            late.set()
            raise KeyError("31")
        return item

    found: list[int] = []
    with pytest.raises(ValueError, match="30"):
        Stages([Step(same, True), Step(fail), Step(same)], cores, 10).run(feeding(100), found.append)
    assert found == list(range(30))
    assert threads() == []


@pytest.mark.parametrize("cores", [1, 4])
def test_error_of_feed_is_raised_after_all_that_was_fed(cores: int) -> None:
    def feed(emit: Emit) -> None:
        feeding(12)(emit)
        raise OSError("gone")

    found: list[int] = []
    with pytest.raises(OSError, match="gone"):
        Stages([Step(same)], cores, 4).run(feed, found.append)
    assert found == list(range(12))
    assert threads() == []


@pytest.mark.parametrize("cores", [1, 4])
@pytest.mark.parametrize("failure", [OSError("full"), KeyboardInterrupt()])
def test_error_of_drain_ends_all_threads(cores: int, failure: BaseException) -> None:
    def drain(item: int) -> None:
        if item == 3:
            raise failure

    with pytest.raises(type(failure)):
        Stages([Step(same)], cores, 4).run(feeding(1000), drain)
    assert threads() == []


@pytest.mark.parametrize("cores", [1, 4])
def test_interruption_ends_run_from_another_thread(cores: int) -> None:
    interruption = Interruption()
    ended: list[BaseException] = []
    some = threading.Event()

    def run() -> None:
        try:
            Stages([Step(same)], cores, 4, interruption).run(feed, lambda item: None)
        except KeyboardInterrupt as error:
            ended.append(error)

    def feed(emit: Emit) -> None:
        number = 0
        while True:
            emit(number)
            number += 1
            if number == 10:
                some.set()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert some.wait(_LONG_S)
    interruption.set()
    thread.join(_LONG_S)
    assert not thread.is_alive() and ended and threads() == []


@pytest.mark.parametrize("cores", [2, 8])
def test_step_without_memory_works_on_an_item_for_each_core(cores: int) -> None:
    together = threading.Barrier(cores)
    Stages([Step(lambda item: item + 0 * together.wait(_LONG_S))], cores, cores).run(
        feeding(3 * cores), lambda item: None
    )


def test_steps_with_memory_work_on_different_items_at_the_same_time() -> None:
    later_has_begun, earlier_goes_on = threading.Event(), threading.Event()

    def earlier(item: int) -> int:
        if item == 1:  # It ends only once the later step works on item 0.
            assert later_has_begun.wait(_LONG_S)
            earlier_goes_on.set()
        return item

    def later(item: int) -> int:
        if item == 0:
            later_has_begun.set()
            assert earlier_goes_on.wait(_LONG_S)
        return item

    found: list[int] = []
    Stages([Step(earlier, True), Step(later, True)], 2, 4).run(feeding(5), found.append)
    assert found == list(range(5))
