"""The state of a training run of an instance network, and its training step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from models import build, complete_options
from models.data.instance_frames import MOST_PEOPLE
from models.networks.instance.network import InstanceNetwork
from models.training import checkpoint
from models.training.instance.losses import compute_losses
from models.training.instance.targets import true_people
from models.training.optimiser import learning_rate, make_optimiser
from models.training.trainer import Average

if TYPE_CHECKING:
    from models.data.instance_stream import PeopleBatch
    from models.training.config import TrainingConfig

DETECTOR = "pyramid.,proposal.,box."
"""`TrainingConfig.freeze` for a run that trains the mask head alone."""

SIZE = (192, 320)
"""Height and width of the training frames."""


class InstanceTrainer:
    """A run: network, moving average, optimiser, clock; its state is a checkpoint.

    state: of a checkpoint to continue from. Raises BuildError, CheckpointError.
    """

    def __init__(self, config: TrainingConfig, state: dict[str, Any] | None = None) -> None:
        torch.manual_seed(config.seed)
        self.config = config
        self._options = complete_options(config.network, state["options"] if state else config.options)
        network = build(config.network, **self._options)
        if not isinstance(network, InstanceNetwork):
            raise checkpoint.CheckpointError(f"{config.network} is not an instance network")
        self.network = network
        if config.freeze:
            self.network.freeze_detector()
        self._parameters = [p for p in self.network.parameters() if p.requires_grad]
        self.optimiser = make_optimiser(config, self._parameters)
        self.step = self.samples = 0
        self.seconds = 0.0
        if state:
            checkpoint.load_weights(self.network, state, "weights")
            self.optimiser.load_state_dict(state["optimiser"])
            self.step, self.samples, self.seconds = state["step"], state["samples"], state["seconds"]
            torch.set_rng_state(state["rng"])
        self.average = Average(self.network)
        if state:
            self.average.state = state["average"]

    def start_from(self, state: dict[str, Any]) -> int:
        """Take all averaged weights of the same name and shape from a checkpoint; return their number.

        The checkpoint is of an instance network, or of `bisenet`, whose backbone is taken.
        """
        given = {
            name if name.startswith("pyramid.") else name.replace("backbone.", "pyramid.backbone.", 1): value
            for name, value in state["average"].items()
        }
        own = self.network.state_dict()
        same = {n: v for n, v in given.items() if n in own and own[n].shape == v.shape}
        self.network.load_state_dict({**own, **same})
        self.average = Average(self.network)
        return len(same)

    def state(self) -> dict[str, Any]:
        """The state for a checkpoint."""
        return {
            **checkpoint.describe(self.config.network, self.network, self._options),
            "recipe": vars(self.config),
            "weights": self.network.state_dict(),
            "average": self.average.state,
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "samples": self.samples,
            "seconds": self.seconds,
            "rng": torch.get_rng_state(),
        }

    def progress(self) -> float:
        """Progress of the run, 0 to 1: by steps, or by time."""
        if self.config.steps:
            return min(1.0, self.step / self.config.steps)
        return min(1.0, self.seconds / (self.config.minutes * 60))

    def learn(self, batch: PeopleBatch) -> dict[str, float]:
        """One training step; return the losses by name. Raises FloatingPointError."""
        rate = learning_rate(self.config, self.step, self.progress())
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.network.train()
        truth = true_people(torch.from_numpy(batch.people), MOST_PEOPLE)
        losses = compute_losses(self.network, self.network.normalise(torch.from_numpy(batch.frames)), truth)
        self.optimiser.zero_grad(set_to_none=True)
        torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]
        norm = torch.nn.utils.clip_grad_norm_(self._parameters, self.config.clip)
        if not torch.isfinite(norm):
            raise FloatingPointError(
                f"the gradient is not finite at step {self.step}; use a lower learning rate"
            )
        self.optimiser.step()
        self.step += 1
        self.samples += len(batch.frames)
        self.average.update(self.network, min(self.config.average, (1 + self.step) / (10 + self.step)))
        return {name: float(value.detach()) for name, value in losses.items()}
