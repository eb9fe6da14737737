"""The table of the comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import build
from models.comparison import table
from models.comparison.train import PARTS
from models.evaluation.metrics import Summary
from models.training import checkpoint

if TYPE_CHECKING:
    from pathlib import Path


def _row(fgiou: float) -> table.Row:
    sources = {"a": Summary(3, fgiou, 0.9, 0.8, 0.02, 0.01), "b": Summary(3, fgiou, 0.9, 0.6, 0.04, 0.01)}
    return table.Row(1000, 2_000_000, 5e8, 3.0, 2.0, sources, 0.01, 0.9)


def test_table_begins_with_the_most_right_network_and_has_means_over_sources() -> None:
    lines = table.table({"worse": _row(0.7), "better": _row(0.9)}).splitlines()
    assert [line.split(" | ")[0] for line in lines[2:]] == ["| better", "| worse"]
    assert "| 0.900 / 0.700 | 30.0 | 10.0 / 0.900 |" in lines[2]


@pytest.mark.slow
def test_command_measures_and_plots_what_training_wrote(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    network = build("bisenet_xception39", width=0.125)
    state = checkpoint.describe("bisenet_xception39", network, {"width": 0.125})
    for part in (1, PARTS):
        stored = {**state, "average": network.state_dict(), "weights": {}, "samples": 7}
        checkpoint.save(tmp_path / f"small_{part}.pt", stored)
    plot = tmp_path / "plot.png"
    assert table.main([str(tmp_path), "--data", str(data), "--plot", str(plot)]) == 0
    assert "| small | 7 |" in capsys.readouterr().out and plot.is_file()


def test_command_without_weights_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert table.main([str(tmp_path), "--data", str(tmp_path)]) == 1
    assert "there are no final weights" in capsys.readouterr().err
