"""Windows' named objects, on Windows itself."""

from __future__ import annotations

import os
import sys

import pytest

from app.engine.devices.windows_objects import OBS_CLASS, named_objects

pytestmark = pytest.mark.skipif(sys.platform != "win32", reason="they exist on Windows only")

NAME = f"BackdropTest_{os.getpid()}"


def test_memory_is_shared_by_name_until_it_is_closed() -> None:
    objects = named_objects()
    assert not objects.memory_exists(NAME)
    made = objects.create_memory(NAME, 10_000)
    assert objects.memory_exists(NAME)
    opened = objects.open_memory(NAME)
    assert opened is not None
    made.memory[9_990:9_993] = b"abc"
    assert bytes(opened.memory[9_990:9_993]) == b"abc"
    opened.close()
    made.close()
    assert not objects.memory_exists(NAME)


def test_event_is_taken_once() -> None:
    objects = named_objects()
    assert objects.open_event(f"{NAME}_event") is None
    event = objects.create_event(f"{NAME}_event")
    other = objects.open_event(f"{NAME}_event")
    assert event is not None and other is not None
    objects.signal(other)
    assert objects.wait(event, 1000)
    assert not objects.wait(event, 0)
    other.close()
    event.close()


def test_what_is_not_there_opens_as_none() -> None:
    objects = named_objects()
    assert objects.open_mutex(f"{NAME}_mutex") is None
    assert objects.open_memory(f"{NAME}_memory") is None
    assert isinstance(objects.is_registered(OBS_CLASS), bool)
    assert not objects.is_registered("{00000000-0000-0000-0000-00000000BACD}")
