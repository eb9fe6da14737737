"""The time for which a camera has given the same frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.engine.capture.freeze_detector import FreezeDetector

if TYPE_CHECKING:
    import pytest


def test_time_restarts_with_every_change(monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = 100.0
    monkeypatch.setattr("time.monotonic", lambda: now_s)
    detector = FreezeDetector()
    black = np.zeros((64, 64, 3), np.uint8)
    black.setflags(write=False)
    detector.add(black)
    now_s = 101.0
    detector.add(black.copy())
    assert detector.seconds == 1.0
    detector.add(np.ones((64, 64, 3), np.uint8))
    assert detector.seconds == 0.0
    now_s = 102.0
    detector.add(np.ones((32, 64, 3), np.uint8))
    assert detector.seconds == 0.0, "another size is a change"


def test_array_that_is_written_again_counts_as_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = 100.0
    monkeypatch.setattr("time.monotonic", lambda: now_s)
    detector = FreezeDetector()
    reused = np.ones((32, 64, 3), np.uint8)
    detector.add(reused)
    now_s = 101.0
    reused[:] = 2
    detector.add(reused)
    assert detector.seconds == 0.0
