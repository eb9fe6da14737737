"""The state of a training run of a network beside the portrait networks, and its training step."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import torch

from models import build
from models.training import checkpoint
from models.training.optimiser import learning_rate, make_optimiser
from models.training.trainer import Average

if TYPE_CHECKING:
    from models.networks.layers import Outputs
    from models.training.config import TrainingConfig


class SideTrainer(ABC):
    """A run: network, moving average, optimiser, clock; its state is a checkpoint.

    The network is that of the configuration, by its name in `REGISTRY`.
    """

    def __init__(self, config: TrainingConfig, state: dict[str, Any] | None) -> None:
        self.config = config
        self.network = build(config.network, **config.options).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.optimiser = make_optimiser(config, self.network.parameters())
        self.step = self.samples = 0
        self.seconds = 0.0
        if state:
            checkpoint.load_weights(self.network, state, "weights")
            self.optimiser.load_state_dict(state["optimiser"])
            self.step, self.samples, self.seconds = state["step"], state["samples"], state["seconds"]
            self.network.mean, self.network.std = tuple(state["mean"]), tuple(state["std"])
        self.average = Average(self.network)
        if state:
            self.average.state = state["average"]

    @abstractmethod
    def losses(self, outputs: Outputs, targets: tuple[torch.Tensor, ...]) -> dict[str, torch.Tensor]:
        """The losses by name. outputs: of the network, in float32."""

    def start_from(self, state: dict[str, Any]) -> int:
        """Take all averaged weights of the same name and shape from a checkpoint; return their number."""
        own = self.network.state_dict()
        same = {n: v for n, v in state["average"].items() if n in own and own[n].shape == v.shape}
        self.network.load_state_dict({**own, **same})
        self.network.mean, self.network.std = tuple(state["mean"]), tuple(state["std"])
        self.average = Average(self.network)
        return len(same)

    def state(self) -> dict[str, Any]:
        """The state for a checkpoint."""
        return {
            **checkpoint.describe(self.config.network, self.network, self.config.options),
            "recipe": vars(self.config),
            "weights": self.network.state_dict(),
            "average": self.average.state,
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "samples": self.samples,
            "seconds": self.seconds,
        }

    def progress(self) -> float:
        """Progress of the run by time, 0 to 1."""
        return min(1.0, self.seconds / (self.config.minutes * 60))

    def learn(self, frames: torch.Tensor, *targets: torch.Tensor) -> dict[str, float]:
        """One training step; return the losses by name. Raises FloatingPointError."""
        rate = learning_rate(self.config, self.step, self.progress())
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.network.train()
        with torch.autocast("cpu", torch.bfloat16, self.config.precision == "bfloat16"):
            outputs = self.network(self.network.normalise(frames))
        outputs = outputs._replace(
            logits=outputs.logits.float(),
            auxiliary=tuple(logits.float() for logits in outputs.auxiliary),
            outline=None if outputs.outline is None else outputs.outline.float(),
        )
        losses = self.losses(outputs, targets)
        total = torch.stack(list(losses.values())).sum()
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call]
        norm = torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.config.clip)
        if not torch.isfinite(norm):
            raise FloatingPointError(
                f"the gradient is not finite at step {self.step}; use a lower learning rate"
            )
        self.optimiser.step()
        self.step += 1
        self.samples += len(frames)
        self.average.update(self.network, min(self.config.average, (1 + self.step) / (10 + self.step)))
        return {name: float(value.detach()) for name, value in losses.items()}
