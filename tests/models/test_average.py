"""Mean of the weights of two checkpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch

from models import average, build
from models.training import checkpoint

if TYPE_CHECKING:
    from pathlib import Path


def saved(path: Path, seed: int, name: str = "sinet") -> Path:
    torch.manual_seed(seed)
    network = build(name)
    state: dict[str, Any] = {
        **checkpoint.describe(name, network),
        "recipe": {"seed": seed},
        "average": network.state_dict(),
        "step": seed,
        "samples": seed,
        "seconds": 1.0,
    }
    checkpoint.save(path, state)
    return path


def test_average_lies_between_both_checkpoints(tmp_path: Path) -> None:
    first, second = saved(tmp_path / "first.pt", 1), saved(tmp_path / "second.pt", 2)
    out = tmp_path / "out.pt"
    assert average.main([str(first), str(second), str(out), "--share", "0.25"]) == 0
    states = [checkpoint.load(path)["average"] for path in (first, second, out)]
    for name, mean in states[2].items():
        if mean.is_floating_point():
            torch.testing.assert_close(mean, states[0][name] * 0.25 + states[1][name] * 0.75)
    assert checkpoint.load(out)["recipe"] == {"seed": 1}
    checkpoint.restore(checkpoint.load(out))


def test_average_with_share_one_is_the_first_checkpoint(tmp_path: Path) -> None:
    first, second = saved(tmp_path / "first.pt", 1), saved(tmp_path / "second.pt", 2)
    state = average.average(checkpoint.load(first), checkpoint.load(second), 1.0)
    torch.testing.assert_close(state["average"], checkpoint.load(first)["average"])


def test_average_of_different_networks_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = saved(tmp_path / "first.pt", 1), saved(tmp_path / "second.pt", 2, "stdc")
    assert average.main([str(first), str(second), str(tmp_path / "out.pt")]) == 1
    assert "differ in options" in capsys.readouterr().err and not (tmp_path / "out.pt").exists()


def test_average_share_outside_of_0_to_1_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        average.main(["a.pt", "b.pt", "out.pt", "--share", "1.5"])
