"""`soak`: a leak is found."""

from __future__ import annotations

import csv
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from app.commands.measurement.leaks import Outcome
from app.commands.soak import Soak
from app.engine.core.settings import NetworkSettings, Settings, SourceSettings
from app.engine.pipeline.pipeline import Pipeline

if TYPE_CHECKING:
    from pathlib import Path

    from tests.commands.conftest import Run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it reads /proc")


@pytest.mark.slow
def test_soak_short_run_with_changes(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "soak.csv"
    status, out, err = run("soak", "--frames", "400", "--churn", "40", "--csv", str(table), "--json")
    outcome = json.loads(out)
    assert outcome["frames"] >= 400 and outcome["changes"] >= 5 and outcome["messages"] == []
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows and 0 < int(rows[-1]["frames"]) <= outcome["frames"] and float(rows[-1]["memory_mb"]) > 10
    assert status in (0, 1) and err == "", "memory may seem to grow in such a short run"
    status, out, _ = run(
        "soak", "--minutes", "0.02", "--size", "320x180", "--network", NetworkSettings().name
    )
    assert "frames in" in out and out.endswith("leaks.\n")


def test_soak_reports_table_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    status, out, err = run("soak", "--csv", str(tmp_path / "missing" / "soak.csv"))
    assert status == 1 and out == "" and "soak.csv' cannot be written" in err


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
