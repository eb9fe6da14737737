"""`soak`: a leak is found."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from app.commands.measurement.leaks import Outcome
from app.commands.soak import Soak
from app.engine.core.settings import NetworkSettings, Settings, SourceSettings
from app.engine.pipeline.pipeline import Pipeline

if TYPE_CHECKING:
    from tests.commands.conftest import Run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it reads /proc")


@pytest.mark.slow
def test_soak_short_run_with_changes(run: Run) -> None:
    status, out, err = run("soak", "--frames", "400", "--churn", "--json")
    outcome = json.loads(out)
    assert outcome["frames"] >= 400 and outcome["changes"] >= 5 and outcome["messages"] == []
    assert status in (0, 1) and err == "", "memory may seem to grow in such a short run"
    status, out, _ = run(
        "soak", "--minutes", "0.02", "--size", "320x180", "--network", NetworkSettings().name
    )
    assert "frames in" in out and out.endswith("leaks.\n")


def outcome_of(**changes: object) -> Outcome:
    usual: dict[str, Any] = {
        "frames": 1,
        "seconds": 1.0,
        "changes": 0,
        "drops": 0,
        "placeholders": 0,
        "memory_mb": 100.0,
    }
    held = {"memory_growth": 0.001, "threads": (9, 9), "descriptors": (20, 20), "messages": []}
    return Outcome(**{**usual, **held, **changes})


def test_soak_verdict_depends_on_held_memory() -> None:
    assert not outcome_of().leaks and "Nothing leaks." in str(outcome_of())
    for kind, value in {"memory_growth": 0.011, "threads": (9, 10), "descriptors": (20, 21)}.items():
        assert outcome_of(**{kind: value}).leaks


@pytest.mark.slow
def test_soak_finds_a_leak(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[object] = []
    process = Pipeline.process

    def leaking(self: Pipeline, *args: Any) -> object:
        kept.append(bytearray(b"leak" * 50_000))
        return process(self, *args)

    monkeypatch.setattr(Pipeline, "process", leaking)
    soak = Soak(60.0, 1500, False, Settings(source=SourceSettings("demo", 160, 96)))
    soak.run()
    assert soak.outcome().memory_growth > 0.1
