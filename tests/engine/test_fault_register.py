"""The register of current faults: reported at once, logged once a minute."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from app.engine.core.errors import BackdropError
from app.engine.faults import FaultRegister

if TYPE_CHECKING:
    import pytest


def test_first_fault_is_shown_until_cleared() -> None:
    faults = FaultRegister()
    assert faults.first == "" and not faults.has_fault("source")
    faults.set_fault("source", BackdropError("No camera."))
    faults.set_fault("compose", ValueError("secret"))
    assert faults.first == "No camera." and faults.has_fault("source")
    faults.set_fault("source", None)
    assert faults.first == "Something went wrong; Backdrop keeps trying."
    faults.set_fault("compose", None)
    assert faults.first == ""


def test_recurring_fault_is_logged_once_a_minute(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now_s = 100.0
    monkeypatch.setattr("time.monotonic", lambda: now_s)
    faults = FaultRegister()
    with caplog.at_level(logging.WARNING):
        for _ in range(5):
            faults.set_fault("source", BackdropError("A loose plug."))
            faults.set_fault("source", None)
        assert caplog.messages == ["source: A loose plug."]
        now_s += 61
        faults.set_fault("source", BackdropError("A loose plug."))
        assert len(caplog.messages) == 2
