"""Optimisers and learning-rate schedules by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import torch
from torch import nn

from models.training.config import TrainingConfig

OPTIMISERS: dict[str, Callable[..., torch.optim.Optimizer]] = {
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "sgd": partial(torch.optim.SGD, momentum=0.9),
}

# Share of the run done, 0 to 1, to the share of the learning rate.
SCHEDULES: dict[str, Callable[[float], float]] = {
    "linear": lambda progress: 1 - progress,
    "poly": lambda progress: (1 - progress) ** 0.9,  # BiSeNet, section 4.1
}


def make_optimiser(recipe: TrainingConfig, learnt: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
    """The recipe's optimiser of all that is learnt; norms, biases and slopes do not decay."""
    parameters = list(learnt)
    groups: list[dict[str, Any]] = [
        {"params": [p for p in parameters if p.ndim > 1]},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]
    make = OPTIMISERS[recipe.optimiser]
    return make(groups, lr=recipe.learning_rate, weight_decay=recipe.weight_decay)


def learning_rate(recipe: TrainingConfig, step: int, progress: float) -> float:
    """Learning rate of a step: up to the recipe's over the first steps, then down by its schedule."""
    risen = min(1.0, (step + 1) / recipe.warmup_steps)
    return recipe.learning_rate * risen * max(recipe.end_rate, SCHEDULES[recipe.schedule](progress))
