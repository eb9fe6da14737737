"""Optimisers and learning-rate schedules by name."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from models.training.config import TrainingConfig

OPTIMISERS: dict[str, Callable[..., torch.optim.Optimizer]] = {
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "sgd": partial(torch.optim.SGD, momentum=0.9),
}

# Progress of the run, 0 to 1, to the factor on the learning rate, 0 to 1.
SCHEDULES: dict[str, Callable[[float], float]] = {
    "linear": lambda progress: 1 - progress,
    "poly": lambda progress: (1 - progress) ** 0.9,  # BiSeNet, section 4.1
}


def make_optimiser(config: TrainingConfig, parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
    """Make the optimiser; weights of norms, biases and PReLU slopes have no weight decay."""
    parameters = list(parameters)
    groups: list[dict[str, Any]] = [
        {"params": [p for p in parameters if p.ndim > 1]},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]
    make = OPTIMISERS[config.optimiser]
    return make(groups, lr=config.learning_rate, weight_decay=config.weight_decay)


def learning_rate(config: TrainingConfig, step: int, progress: float) -> float:
    """Learning rate of a step: a linear warm-up times the schedule. progress: of the run, 0 to 1."""
    warmup = min(1.0, (step + 1) / config.warmup_steps)
    return config.learning_rate * warmup * max(config.end_rate, SCHEDULES[config.schedule](progress))
