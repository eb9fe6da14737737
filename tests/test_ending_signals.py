"""Ctrl-C and SIGTERM where Qt runs: noted at any time, and no KeyboardInterrupt."""

from __future__ import annotations

import importlib
import signal

import pytest

from app import display_check
from app.ending_signals import ending_signals

BOTH = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])


@BOTH
def test_signal_before_there_is_something_to_end_counts(number: signal.Signals) -> None:
    ended: list[int] = []
    with ending_signals() as signals:
        assert not signals.received
        signal.raise_signal(number)
        assert signals.received and not ended
        signals.call(lambda: ended.append(1))
    assert ended == [1]


@BOTH
def test_signal_ends_what_was_named_last(number: signal.Signals) -> None:
    ended: list[str] = []
    with ending_signals() as signals:
        signals.call(lambda: ended.append("first"))
        with ending_signals() as inner:
            assert inner is signals
            inner.call(lambda: ended.append("second"))
            signal.raise_signal(number)
    assert ended == ["second"]


@BOTH
def test_handlers_are_restored_whatever_happens(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with pytest.raises(ZeroDivisionError), ending_signals():
        assert signal.getsignal(number) != before
        raise ZeroDivisionError
    assert signal.getsignal(number) == before
    with ending_signals() as signals:
        assert not signals.received


def test_interrupt_while_qt_is_loaded_is_no_missing_library(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = importlib.import_module

    def load(name: str) -> object:
        signal.raise_signal(signal.SIGINT)
        return usual(name)

    monkeypatch.setattr(importlib, "import_module", load)
    with pytest.raises(KeyboardInterrupt):
        display_check._missing_bindings()
