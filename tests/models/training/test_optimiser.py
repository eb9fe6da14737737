"""Optimisers and schedules, and their options of the train command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from models import train
from models.data.loader import Batch
from models.training import checkpoint
from models.training.config import TrainingConfig
from models.training.optimiser import OPTIMISERS, make_optimiser
from models.training.trainer import Trainer

if TYPE_CHECKING:
    from pathlib import Path


def command(data: Path, run: Path, *more: str) -> list[str]:
    return ["sinet", "--data", str(data), "--run", str(run), "--batch", "2", "--check-every", "0", *more]


def rate_at(trainer: Trainer, progress: float) -> float:
    """The learning rate of a step at that progress, 0 to 1."""
    trainer.step = round(progress * trainer.config.steps)
    frames = np.zeros((2, 64, 64, 3), np.uint8)
    trainer.learn(Batch(trainer.step, frames, frames[..., 0]))
    return float(trainer.optimiser.param_groups[0]["lr"])


@pytest.mark.parametrize(("schedule", "half"), [("linear", 0.5), ("poly", 0.5**0.9)])
def test_schedules_warm_up_then_fall_to_the_end_rate(schedule: str, half: float) -> None:
    trainer = Trainer(TrainingConfig(steps=1000, warmup_steps=100, learning_rate=1e-3, schedule=schedule))
    rates = [rate_at(trainer, progress) for progress in (0.049, 0.5, 0.999)]
    early = {"linear": 0.951, "poly": 0.951**0.9}[schedule]
    assert rates == pytest.approx([1e-3 * 0.5 * early, 1e-3 * half, 1e-5])


def test_optimisers_follow_their_papers() -> None:
    weights = {}
    for name in OPTIMISERS:
        weight = torch.nn.Parameter(torch.ones(2, 2))
        config = TrainingConfig(optimiser=name, learning_rate=0.1, weight_decay=0.5)
        optimiser = make_optimiser(config, [weight])
        for _ in range(2):
            weight.grad = torch.full((2, 2), 2.0)
            optimiser.step()
        weights[name] = float(weight.detach()[0, 0])
    # Adam's first steps have the length of the learning rate for any gradient; AdamW also shrinks the weight.
    assert weights["adam"] == pytest.approx(0.8, abs=1e-3)
    assert weights["adamw"] == pytest.approx((0.95 - 0.1) * 0.95 - 0.1, abs=1e-3)
    # Velocity 2.5, then 0.9 * 2.5 + 2 + 0.5 * 0.75.
    assert weights["sgd"] == pytest.approx(1 - 0.25 - 0.4625, abs=1e-6)


@pytest.mark.slow
def test_options_of_the_papers_reach_the_checkpoint(data: Path, tmp_path: Path) -> None:
    sinet = ["--optimiser", "adam", "--learning-rate", "5e-4", "--boundary", "0.9", "--band-px", "15"]
    assert train.main(command(data, tmp_path / "a", "--steps", "1", *sinet)) == 0
    recipe = checkpoint.load(tmp_path / "a" / "last.pt")["recipe"]
    assert (recipe["optimiser"], recipe["boundary"], recipe["band_px"]) == ("adam", 0.9, 15)
    bisenet = command(data, tmp_path / "b", "--optimiser", "sgd", "--schedule", "poly")
    for steps in ("1", "2"):  # the second run continues with the momentum of the first
        assert train.main([*bisenet, "--steps", steps]) == 0
    state = checkpoint.load(tmp_path / "b" / "last.pt")
    assert (state["recipe"]["optimiser"], state["recipe"]["schedule"], state["step"]) == ("sgd", "poly", 2)
    assert all("momentum_buffer" in memory for memory in state["optimiser"]["state"].values())


def test_even_band_is_rejected_by_the_parser(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        train.main(command(tmp_path, tmp_path, "--steps", "1", "--band-px", "8"))
    assert "--band-px" in capsys.readouterr().err
