"""Bounded queue that drops the oldest item when full and counts the drops."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Mailbox(Generic[Item]):
    """Passes items between threads, oldest first; at most `slots` items wait."""

    def __init__(self, slots: int = 1) -> None:
        self._condition = threading.Condition()
        self._items: deque[Item] = deque(maxlen=slots)
        self._closed = False
        self._drops = 0

    @property
    def drops(self) -> int:
        """The number of items that were dropped unread."""
        with self._condition:
            return self._drops

    @property
    def is_empty(self) -> bool:
        """Whether no item waits."""
        with self._condition:
            return not self._items

    def put(self, item: Item) -> None:
        """Add an item; if all slots are full, drop the oldest. Does nothing once closed."""
        with self._condition:
            if self._closed:
                return
            self._drops += len(self._items) == self._items.maxlen
            self._items.append(item)
            self._condition.notify()

    def get(self, timeout_s: float = 0.0) -> Item | None:
        """Take an item, waiting up to `timeout_s` seconds; None if none came or the mailbox is closed."""
        with self._condition:
            self._condition.wait_for(lambda: self._items or self._closed, timeout_s)
            return self._items.popleft() if self._items else None

    def close(self) -> None:
        """Wake all waiting threads and drop all items: from now on `get` returns None at once."""
        with self._condition:
            self._closed = True
            self._items.clear()
            self._condition.notify_all()
