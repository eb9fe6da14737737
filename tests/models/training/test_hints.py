"""Feature hints, their adapters, and training in bfloat16."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from models.data.loader import Batch
from models.training import checkpoint
from models.training.config import TrainingConfig
from models.training.hints import hint_loss, make_adapters, read_hints
from models.training.trainer import Trainer

if TYPE_CHECKING:
    from pathlib import Path


def batch(seed: int = 0) -> Batch:
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (2, 8, 12, 3), np.uint8).repeat(8, 1).repeat(8, 2)
    return Batch(0, coarse, rng.integers(0, 2, (2, 8, 12), np.uint8).repeat(8, 1).repeat(8, 2) * 255)


@pytest.fixture
def teacher(tmp_path: Path) -> str:
    """A checkpoint of an untrained BiSeNet, which has other channels than the learner."""
    trainer = Trainer(TrainingConfig(network="bisenet_xception39", steps=1, options={"width": 0.25}))
    checkpoint.save(tmp_path / "teacher.pt", trainer.state())
    return str(tmp_path / "teacher.pt")


def learner(**settings: Any) -> TrainingConfig:
    options: dict[str, int | float | str] = {"width": 0.125, "refined": 8}
    return TrainingConfig(network="stdc", options=options, **{"steps": 30, "warmup_steps": 1, **settings})


def test_hint_loss_is_0_for_a_match_and_weights_channels_equally() -> None:
    features = torch.randn(2, 3, 8, 8) * torch.tensor([1.0, 10.0, 100.0])[:, None, None] + 5
    mean, spread = features.mean((0, 2, 3), keepdim=True), features.std((0, 2, 3), keepdim=True)
    assert float(hint_loss([(features - mean) / spread], [features])) < 1e-3
    losses = [float(hint_loss([torch.zeros(2, 1, 8, 8)], [features[:, c : c + 1]])) for c in range(3)]
    assert max(losses) < 1.3 * min(losses)


def test_adapters_have_the_teachers_channels() -> None:
    shapes = [
        a(torch.zeros(1, n, 4, 4)).shape[1]
        for a, n in zip(make_adapters((3, 5), (7, 9)), (3, 5), strict=True)
    ]
    assert shapes == [7, 9]


def test_features_of_the_teacher_are_constant_without_gradient(teacher: str) -> None:
    hints, channels = read_hints(teacher, torch.device("cpu"), torch.float32)
    frames = torch.from_numpy(batch().frames)
    features = hints(frames)
    assert [tuple(f.shape) for f in features] == [
        (2, c, 64 // s, 96 // s) for c, s in zip(channels, (8, 16, 32), strict=True)
    ]
    assert all(torch.equal(a, b) for a, b in zip(features, hints(frames), strict=True))
    assert not any(f.requires_grad for f in features)


@pytest.mark.slow
def test_hint_loss_falls_and_scales_with_its_weight(teacher: str) -> None:
    trainer = Trainer(learner(hints=teacher))
    losses = [float(trainer.learn(batch())["hint"]) for _ in range(25)]
    assert np.mean(losses[-5:]) < 0.8 * np.mean(losses[:5])
    once, twice = (float(Trainer(learner(hints=teacher, hint=w)).learn(batch())["hint"]) for w in (1.0, 2.0))
    assert twice == pytest.approx(2 * once, rel=1e-5)
    assert "hint" not in Trainer(learner()).learn(batch())


@pytest.mark.slow
def test_adapters_learn_and_are_stored_apart_from_the_network(teacher: str, tmp_path: Path) -> None:
    trainer = Trainer(learner(hints=teacher))
    before = {name: value.clone() for name, value in trainer.adapters.state_dict().items()}
    trainer.learn(batch())
    assert all(not torch.equal(before[n], v) for n, v in trainer.adapters.state_dict().items())
    checkpoint.save(tmp_path / "last.pt", trainer.state())
    state = checkpoint.load(tmp_path / "last.pt")
    restored = Trainer(trainer.config, state)
    for name, value in trainer.adapters.state_dict().items():
        assert torch.equal(restored.adapters.state_dict()[name], value)
    first, second = trainer.learn(batch(1)), restored.learn(batch(1))
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert not any("adapters" in name for name in checkpoint.restore(state).state_dict())
    fresh = Trainer(learner())
    fresh.start_from(state)
    assert "hint" not in fresh.learn(batch())


def test_checkpoint_without_hints_continues() -> None:
    state = Trainer(learner()).state()
    assert state.pop("adapters") == {}
    for name in ("precision", "hints", "hint"):
        del state["recipe"][name]
    restored = Trainer(TrainingConfig.from_checkpoint(state["recipe"]), state)
    assert restored.config.precision == "float32" and restored.learn(batch())["total"] > 0


def test_network_without_a_backbone_is_rejected(teacher: str, tmp_path: Path) -> None:
    with pytest.raises(checkpoint.CheckpointError, match="SINet has no backbone"):
        Trainer(TrainingConfig(network="sinet", steps=1, hints=teacher))
    with pytest.raises(checkpoint.CheckpointError, match="there is no file"):
        Trainer(learner(hints=str(tmp_path / "none.pt")))


@pytest.mark.slow
def test_bfloat16_losses_are_finite_and_close_to_float32(teacher: str) -> None:
    exact, near = (Trainer(learner(precision=p, hints=teacher)) for p in ("float32", "bfloat16"))
    first, other = exact.learn(batch()), near.learn(batch())
    for name, value in first.items():
        assert other[name].dtype == torch.float32
        assert float(other[name]) == pytest.approx(float(value), rel=0.05)
    for _ in range(5):
        losses = near.learn(batch())
    assert all(torch.isfinite(value) for value in losses.values())
    assert all(p.dtype == torch.float32 and torch.isfinite(p).all() for p in near.network.parameters())
