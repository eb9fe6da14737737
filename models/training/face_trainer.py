"""The state of a training run of the network for parts of the face, and its training step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from models.networks.face_parts import face_parts
from models.training import checkpoint
from models.training.optimiser import learning_rate, make_optimiser
from models.training.parts_losses import parts_losses
from models.training.trainer import Average

if TYPE_CHECKING:
    from models.training.config import TrainingConfig

NETWORK = "face_parts"
SMALL_PX, LARGE_PX = 128, 192  # sides of the windows in the first and second part of a run


class FaceTrainer:
    """A run: network, moving average, optimiser, clock; its state is a checkpoint."""

    def __init__(self, config: TrainingConfig, state: dict[str, Any] | None) -> None:
        self.config = config
        self.network = face_parts(**config.options)  # type: ignore[arg-type]  # the stored options are its arguments
        self.network = self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
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
            **checkpoint.describe(NETWORK, self.network, self.config.options),
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

    def plan(self, step: int) -> tuple[int, int]:
        """Number of windows and their side in pixels: small ones first."""
        del step
        return self.config.batch, SMALL_PX if self.progress() < self.config.small_share else LARGE_PX

    def learn(self, frames: torch.Tensor, parts: torch.Tensor) -> dict[str, float]:
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
        losses = parts_losses(outputs, parts)
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
