"""Run steps on several threads at the same time: the first step of one item beside the last of another."""

from __future__ import annotations

import os
import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Item = TypeVar("Item")

_NAME = "backdrop-step"
_LOOK_S = 0.2  # Windows delivers Ctrl-C to a thread only between its waits.


def usable_cores() -> int:
    """The number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


class Step(NamedTuple, Generic[Item]):
    """One step. `in_order`: it has memory, so it gets the items in their order, one after another."""

    run: Callable[[Item], Item]
    in_order: bool = False


class Interruption:
    """Ctrl-C for the threads that Python does not tell of it."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.is_set = False

    def set(self) -> None:
        """Stop every `Stages` that was made with this."""
        with self.changed:
            self.is_set = True
            self.changed.notify_all()


@dataclass(frozen=True, slots=True)
class _Failure:
    """Takes the place of an item, so that the errors of earlier items come first, as on one core."""

    error: BaseException


class _Stopped(BaseException):
    """Ends a thread whose work nobody waits for any more."""


class Stages(Generic[Item]):
    """Takes items through steps, on one core or on several, with the same results in the same order.

    As many workers as cores take whatever can be done, the last steps first. So the slowest step that must
    keep the order alone limits the speed, and no core waits while there is work.
    """

    def __init__(
        self,
        steps: list[Step[Item]],
        cores: int,
        most_items: int,
        interruption: Interruption | None = None,
    ) -> None:
        """most_items: under way at a time, which bounds the memory. With one core there are no threads."""
        self._steps, self._cores, self._most_items = steps, cores, most_items
        self._interruption = interruption or Interruption()
        self._changed = self._interruption.changed
        # What waits for each step, by its number, and last what is finished.
        self._waiting: list[dict[int, Item | _Failure]] = [{} for _ in range(len(steps) + 1)]
        self._next = [0] * len(steps)
        self._fed = self._drained = 0
        self._has_fed_all = self._is_stopped = False

    def run(self, feed: Callable[[Callable[[Item], None]], None], drain: Callable[[Item], None]) -> None:
        """Run once: `feed` is called with a function that takes the items, `drain` with each result in order.

        `drain` is called on this thread, `feed` on one of its own. The error of `feed`, of a step or of
        `drain` that comes first in the order of the items is raised; nothing later is drained, and no thread
        is left. Raises KeyboardInterrupt if the interruption is set.
        """
        if self._cores == 1:
            feed(lambda item: self._at_once(item, drain))
            return
        threads = [threading.Thread(target=self._feed, args=(feed,), name=f"{_NAME}-feed", daemon=True)]
        threads += [
            threading.Thread(target=self._work, name=f"{_NAME}-{number}", daemon=True)
            for number in range(self._cores)
        ]
        started: list[threading.Thread] = []
        try:
            for thread in threads:
                thread.start()
                started.append(thread)
            self._drain(drain)
        finally:
            self._stop(started)

    def _at_once(self, item: Item, drain: Callable[[Item], None]) -> None:
        if self._interruption.is_set:
            raise KeyboardInterrupt
        for step in self._steps:
            item = step.run(item)
        drain(item)

    def _feed(self, feed: Callable[[Callable[[Item], None]], None]) -> None:
        try:
            feed(self._put)
        except _Stopped:
            return
        except BaseException as error:  # It is raised again where the items are drained.
            self._add(_Failure(error))
        with self._changed:
            self._has_fed_all = True
            self._changed.notify_all()

    def _put(self, item: Item) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._must_stop or self._fed - self._drained < self._most_items)
            if self._must_stop:
                raise _Stopped
        self._add(item)

    def _add(self, item: Item | _Failure) -> None:
        with self._changed:
            self._waiting[0][self._fed] = item
            self._fed += 1
            self._changed.notify_all()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._must_stop or self._ready() is not None)
                found = self._ready()
                if self._must_stop or found is None:
                    return
                index, number = found
                item = self._waiting[index].pop(number)
            step = self._steps[index]
            if not isinstance(item, _Failure):
                try:
                    item = step.run(item)
                except BaseException as error:  # It is raised again where the items are drained.
                    item = _Failure(error)
            with self._changed:
                self._waiting[index + 1][number] = item
                self._next[index] = number + 1
                self._changed.notify_all()
            del item  # While the worker waits, it keeps no picture.

    def _ready(self) -> tuple[int, int] | None:
        """A step and the number of an item that it can take now; the last step that there is."""
        for index in reversed(range(len(self._steps))):
            waiting = self._waiting[index]
            if not waiting:
                continue
            if not self._steps[index].in_order:
                return index, min(waiting)
            # While an item is in the step, its number stays the next one, so no other can be taken.
            if self._next[index] in waiting:
                return index, self._next[index]
        return None

    def _drain(self, drain: Callable[[Item], None]) -> None:
        finished = self._waiting[-1]
        while True:
            with self._changed:
                while not (self._must_stop or self._drained in finished or self._has_drained_all):
                    self._changed.wait(_LOOK_S)
                if self._must_stop:
                    raise KeyboardInterrupt
                if self._has_drained_all:
                    return
                item = finished.pop(self._drained)
            if isinstance(item, _Failure):
                raise item.error
            drain(item)
            del item
            with self._changed:
                self._drained += 1
                self._changed.notify_all()

    @property
    def _has_drained_all(self) -> bool:
        return self._has_fed_all and self._drained == self._fed

    @property
    def _must_stop(self) -> bool:
        return self._is_stopped or self._interruption.is_set

    def _stop(self, threads: list[threading.Thread]) -> None:
        """End the threads. A second Ctrl-C waits too: they use files that the caller closes next."""
        interrupted: KeyboardInterrupt | None = None
        while True:
            try:
                with self._changed:
                    self._is_stopped = True
                    self._changed.notify_all()
                for thread in threads:
                    while thread.is_alive():
                        thread.join(_LOOK_S)
                break
            except KeyboardInterrupt as again:
                interrupted = again
        if interrupted:
            raise interrupted
