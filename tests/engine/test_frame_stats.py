"""Frame rate and latency."""

from __future__ import annotations

import pytest

from app.engine.frame_stats import FrameStats, Reading


def test_frame_stats_report_rate_and_latency(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    speed = FrameStats()
    assert speed.read() == Reading()
    for index in range(60):
        now = 100.0 + index * 0.04
        speed.add(now - 0.012, {"network": float(index)})
    reading = speed.read()
    assert reading.fps == pytest.approx(25.0)
    assert reading.latency_ms == pytest.approx(12.0)
    assert reading.stage_ms == {"network": 59.0}
    now += 10.0
    assert speed.read() == Reading(), "old frames do not count"
