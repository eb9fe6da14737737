"""Work on several items at once, in steps on threads of their own, with the results in order."""

from __future__ import annotations

import os
import sys
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import repeat
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future
    from types import TracebackType

Item = TypeVar("Item")
Result = TypeVar("Result")


def usable_cores() -> int:
    """The number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


class SideBySide:
    """Chains steps: while a step works on one item, the steps before it work on the next ones.

    A step with one worker gets its items one at a time, in order, and may have memory. An error ends
    the chain; a few results before it may be missing. At the end of the block the steps stop, after at most
    one item per worker.
    """

    def __enter__(self) -> SideBySide:
        self._pools = ExitStack()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pools.close()

    def ahead(self, items: Iterator[Item]) -> Iterator[Item]:
        """The items, which a thread takes from the iterator before they are needed."""
        end = object()
        for item in self.step(repeat(end), lambda _: next(items, end)):
            if item is end:
                return
            yield item  # type: ignore[misc]  # No type says "Item, but not this object".

    def step(
        self, items: Iterable[Item], work: Callable[[Item], Result], workers: int = 1
    ) -> Iterator[Result]:
        """The results of `work`, in the order of the items. At most `workers` + 1 items are in the step."""
        pool = ThreadPoolExecutor(workers, "backdrop-step")
        self._pools.callback(pool.shutdown, wait=True, cancel_futures=True)
        waiting: deque[Future[Result]] = deque()
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
