"""The trainer: frame sizes, moving average, starting weights, targets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from models import build
from models.data.loader import Batch
from models.training import checkpoint
from models.training.config import LARGE, SMALL, TrainingConfig
from models.training.trainer import Trainer

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def test_frame_sizes_and_progress_follow_steps_or_minutes() -> None:
    trainer = Trainer(TrainingConfig(steps=100, small_share=0.5))
    small, large = ({size[:2] for size in sizes} for sizes in (SMALL, LARGE))
    assert {(s.height, s.width) for s in map(trainer.plan, range(50))} == small
    assert {(s.height, s.width) for s in map(trainer.plan, range(50, 100))} == large
    timed = Trainer(TrainingConfig(minutes=10))
    timed.seconds = 300
    assert timed.progress() == pytest.approx(0.5)
    timed.seconds = 900
    assert timed.progress() == 1


def test_average_moves_towards_the_weights(data: Path) -> None:
    trainer = Trainer(TrainingConfig(steps=10, batch=2))
    name = "classify.weight"
    start = trainer.average.state[name].clone()
    with torch.no_grad():
        trainer.network.state_dict()[name].add_(1.0)
    trainer.average.update(trainer.network, 0.75)
    torch.testing.assert_close(trainer.average.state[name], start + 0.25)


def test_default_network_options_are_stored_too() -> None:
    assert checkpoint.describe("stdc", build("stdc"))["options"] == {"width": 0.5, "refined": 0}
    state = Trainer(TrainingConfig(network="stdc", steps=1, options={"width": 0.125})).state()
    assert Trainer(TrainingConfig(network="stdc", steps=1), state).state()["options"] == {
        "width": 0.125,
        "refined": 0,
    }


def test_frame_sizes_scale_with_working_pixels() -> None:
    assert TrainingConfig().sizes(small=True) == SMALL and TrainingConfig().sizes(small=False) == LARGE
    sizes = TrainingConfig(working_pixels=256 * 448).sizes(small=False)
    assert sizes == ((256, 448, 5), (352, 352, 2), (416, 288, 3))


def test_start_keeps_initial_values_of_new_parts() -> None:
    small = Trainer(TrainingConfig(network="bisenet", options={"refined": 0, "width": 0.125}, steps=1))
    state = {**small.state(), "average": dict(small.state()["average"])}
    del state["average"]["spatial.0.0.weight"]  # 7x7 there, 3x3 here
    grown = Trainer(TrainingConfig(network="bisenet", options={"refined": 8, "width": 0.125}, steps=1))
    grown.start_from(state)
    weights = grown.network.state_dict()
    assert all(torch.equal(weights[name], value) for name, value in state["average"].items())


def test_target_is_the_mean_of_label_and_teacher(tmp_path: Path) -> None:
    teacher = Trainer(TrainingConfig(steps=1))
    checkpoint.save(tmp_path / "teacher.pt", teacher.state())
    rng = np.random.default_rng(0)
    frames = rng.integers(0, 256, (2, 64, 96, 3), np.uint8)
    labels = rng.integers(0, 2, (2, 64, 96), np.uint8) * 255
    with torch.no_grad():
        network = checkpoint.restore(teacher.state())
        taught_alpha = network(network.normalise(torch.from_numpy(frames))).logits.softmax(1)[:, 1]

    def loss(labels: NDArray[np.uint8], **settings: Any) -> float:
        trainer = Trainer(TrainingConfig(steps=1, boundary=0, dice=0, auxiliary=0, **settings))
        return float(trainer.learn(Batch(0, frames, labels))["segmentation"])

    settings = {"teacher": str(tmp_path / "teacher.pt")}
    both = np.asarray((labels / 255 + taught_alpha.numpy()) * 127.5 + 0.5, np.uint8)
    assert loss(labels, **settings, taught=0.5) == pytest.approx(loss(both), rel=1e-3)
    assert loss(labels, **settings, taught=0.0) == loss(labels)
    with pytest.raises(checkpoint.CheckpointError, match="there is no file"):
        loss(labels, teacher="gone.pt")
