"""A mailbox with one slot: the newest item wins, and what it replaced unread is counted."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Latest(Generic[Item]):
    """Hands the newest item from one thread to another; nothing ever queues."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._item: Item | None = None
        self._closed = False
        self._drops = 0

    @property
    def drops(self) -> int:
        """How many items were replaced before anyone read them."""
        with self._condition:
            return self._drops

    def put(self, item: Item) -> None:
        """Leave an item, replacing an unread one. Does nothing once closed."""
        with self._condition:
            if self._closed:
                return
            self._drops += self._item is not None
            self._item = item
            self._condition.notify()

    def get(self, timeout_s: float = 0.0) -> Item | None:
        """Take the item, waiting up to `timeout_s` for one; None if none came or the mailbox is closed."""
        with self._condition:
            self._condition.wait_for(lambda: self._item is not None or self._closed, timeout_s)
            item, self._item = self._item, None
            return item

    def close(self) -> None:
        """Wake whoever waits and drop what is unread: from now on `get` answers None at once."""
        with self._condition:
            self._closed = True
            self._item = None
            self._condition.notify_all()
