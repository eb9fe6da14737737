"""A mailbox with one slot or a few: the newest items win, and what they replaced unread is counted."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Mailbox(Generic[Item]):
    """Hands the newest items from one thread to another, oldest first; no more than `slots` ever queue."""

    def __init__(self, slots: int = 1) -> None:
        self._condition = threading.Condition()
        self._items: deque[Item] = deque(maxlen=slots)
        self._closed = False
        self._drops = 0

    @property
    def drops(self) -> int:
        """How many items were replaced before anyone read them."""
        with self._condition:
            return self._drops

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits to be read."""
        with self._condition:
            return not self._items

    def put(self, item: Item) -> None:
        """Leave an item; where all slots are taken it replaces the oldest. Does nothing once closed."""
        with self._condition:
            if self._closed:
                return
            self._drops += len(self._items) == self._items.maxlen
            self._items.append(item)
            self._condition.notify()

    def get(self, timeout_s: float = 0.0) -> Item | None:
        """Take an item, waiting up to `timeout_s` for one; None if none came or the mailbox is closed."""
        with self._condition:
            self._condition.wait_for(lambda: self._items or self._closed, timeout_s)
            return self._items.popleft() if self._items else None

    def close(self) -> None:
        """Wake whoever waits and drop what is unread: from now on `get` answers None at once."""
        with self._condition:
            self._closed = True
            self._items.clear()
            self._condition.notify_all()
