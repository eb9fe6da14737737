"""The state of a training run of a network with one kind of targets, and its training step."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import torch

from models import build, complete_options
from models.training import checkpoint
from models.training.optimiser import learning_rate, make_optimiser
from models.training.trainer import Average

if TYPE_CHECKING:
    from torch import Tensor

    from models.networks.layers import Network, Outputs
    from models.training.config import TrainingConfig

CPU = torch.device("cpu")


class SimpleTrainer(ABC):
    """A run: network, moving average, optimiser, clock; its state is a checkpoint.

    The network is that of the configuration, by its name in `REGISTRY`. state: of a checkpoint to continue
    from. Raises BuildError, CheckpointError.
    """

    def __init__(
        self, config: TrainingConfig, state: dict[str, Any] | None = None, device: torch.device = CPU
    ) -> None:
        torch.manual_seed(config.seed)
        self.config = config
        self.device = device
        # A checkpoint stores all options, because defaults may have changed since.
        self._options = complete_options(config.network, state["options"] if state else config.options)
        self.network = self.prepared(build(config.network, **self._options))
        self.network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._parameters = [p for p in self.network.parameters() if p.requires_grad]
        self.optimiser = make_optimiser(config, self._parameters)
        self.step = self.samples = 0
        self.seconds = 0.0
        if state:
            checkpoint.load_weights(self.network, state, "weights")
            self.optimiser.load_state_dict(state["optimiser"])
            self.step, self.samples, self.seconds = state["step"], state["samples"], state["seconds"]
            self.network.mean, self.network.std = tuple(state["mean"]), tuple(state["std"])
            torch.set_rng_state(state["rng"])
        self.average = Average(self.network)
        if state:
            self.average.state = {name: value.to(device) for name, value in state["average"].items()}

    def prepared(self, network: Network) -> Network:
        """The network as this run trains it: all of it, unless a subclass freezes a part."""
        return network

    @abstractmethod
    def losses(self, frames: Tensor, targets: tuple[Tensor, ...]) -> dict[str, Tensor]:
        """The losses by name. frames: as the network gets them, float [N, 3, H, W]."""

    def outputs(self, frames: Tensor) -> Outputs:
        """What the network makes of frames, in float32, computed in the precision of the run."""
        with torch.autocast(self.device.type, torch.bfloat16, self.config.precision == "bfloat16"):
            outputs: Outputs = self.network(frames)
        return outputs._replace(
            logits=outputs.logits.float(),
            auxiliary=tuple(logits.float() for logits in outputs.auxiliary),
            outline=None if outputs.outline is None else outputs.outline.float(),
        )

    def renamed(self, weights: dict[str, Tensor]) -> dict[str, Tensor]:
        """The weights of another network by the names that they have in this one."""
        return weights

    def start_from(self, state: dict[str, Any]) -> int:
        """Take all averaged weights of the same name and shape from a checkpoint; return their number."""
        own = self.network.state_dict()
        given = self.renamed(state["average"])
        same = {n: v for n, v in given.items() if n in own and own[n].shape == v.shape}
        self.network.load_state_dict({**own, **same})
        self.network.mean, self.network.std = tuple(state["mean"]), tuple(state["std"])
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

    def learn(self, frames: Tensor, *targets: Tensor) -> dict[str, float]:
        """One training step on a batch; return the losses by name. Raises FloatingPointError.

        frames: uint8 [N, H, W, 3] BGR.
        """
        rate = learning_rate(self.config, self.step, self.progress())
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.network.train()
        frames = frames.to(self.device, non_blocking=True)
        with torch.device(self.device):
            losses = self.losses(self.network.normalise(frames), tuple(t.to(self.device) for t in targets))
        total = torch.stack(list(losses.values())).sum()
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call]
        norm = torch.nn.utils.clip_grad_norm_(self._parameters, self.config.clip)
        if not torch.isfinite(norm):
            raise FloatingPointError(
                f"the gradient is not finite at step {self.step}; use a lower learning rate"
            )
        self.optimiser.step()
        self.step += 1
        self.samples += len(frames)
        self.average.update(self.network, min(self.config.average, (1 + self.step) / (10 + self.step)))
        return {name: float(value.detach()) for name, value in losses.items()}
