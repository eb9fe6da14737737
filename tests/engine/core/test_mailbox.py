"""The mailbox."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from app.engine.core.mailbox import Mailbox


@given(st.lists(st.integers(), min_size=1))
def test_mailbox_keeps_newest_and_counts_drops(items: list[int]) -> None:
    box: Mailbox[int] = Mailbox()
    for item in items:
        box.put(item)
    assert box.get() == items[-1]
    assert box.drops == len(items) - 1
    assert box.get() is None


def test_waiting_get_returns_new_item() -> None:
    box: Mailbox[str] = Mailbox()
    threading.Timer(0.05, box.put, ["here"]).start()
    assert box.get(timeout_s=10) == "here"


def test_close_wakes_get_and_refuses_items() -> None:
    box: Mailbox[str] = Mailbox()
    answers: list[str | None] = []
    reader = threading.Thread(target=lambda: answers.append(box.get(timeout_s=60)))
    reader.start()
    box.close()
    reader.join(10)
    assert not reader.is_alive()
    box.put("late")
    assert answers == [None]
    assert box.get() is None
