"""Layers that several networks share."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from models.data.loader import Batch
from models.networks.layers import PooledNorm
from models.training.config import TrainingConfig
from models.training.trainer import Trainer


def norms() -> tuple[PooledNorm, nn.BatchNorm2d]:
    """A pooled norm and a batch norm with the same state."""
    torch.manual_seed(0)
    pooled, usual = PooledNorm(4), nn.BatchNorm2d(4)
    for values in (pooled.running_mean, pooled.weight, pooled.bias):
        nn.init.normal_(values)  # type: ignore[arg-type]
    nn.init.uniform_(pooled.running_var, 0.5, 2)  # type: ignore[arg-type]
    usual.load_state_dict(pooled.state_dict())
    return pooled, usual


@pytest.mark.parametrize("shape", [(2, 4, 1, 1), (1, 4, 1, 2)])
def test_pooled_norm_equals_batch_norm_for_several_values(shape: tuple[int, ...]) -> None:
    pooled, usual = norms()
    x = torch.randn(shape)
    assert torch.equal(pooled(x), usual(x))
    for name, value in usual.state_dict().items():
        assert torch.equal(pooled.state_dict()[name], value), name
    assert torch.equal(pooled.eval()(x), usual.eval()(x))


def test_pooled_norm_of_one_value_uses_running_statistics() -> None:
    pooled, usual = norms()
    x = torch.randn(1, 4, 1, 1, requires_grad=True)
    before = {name: value.clone() for name, value in pooled.state_dict().items()}
    output = pooled(x)
    assert torch.equal(output, usual.eval()(x))
    assert all(torch.equal(value, before[name]) for name, value in pooled.state_dict().items())
    output.square().sum().backward()
    assert pooled.weight.grad is not None and x.grad is not None
    assert bool((x.grad != 0).all()) and bool((pooled.weight.grad != 0).all())


@pytest.mark.parametrize("name", ["sinet", "bisenet_xception39", "stdc"])
def test_batch_of_one_changes_every_parameter(name: str) -> None:
    trainer = Trainer(TrainingConfig(network=name, steps=10, batch=1))
    rng = np.random.default_rng(0)
    frames = rng.integers(0, 256, (1, 64, 96, 3), np.uint8)
    before = {name: p.detach().clone() for name, p in trainer.network.named_parameters()}
    trainer.learn(Batch(0, frames, rng.integers(0, 2, (1, 64, 96), np.uint8) * 255))
    same = [name for name, p in trainer.network.named_parameters() if torch.equal(p, before[name])]
    assert same == []
