"""The state of a training run and its training step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from models import build, complete_options
from models.data.loader import Batch, BatchShape
from models.training import checkpoint
from models.training.distributed import SINGLE_PROCESS, Group
from models.training.hints import Hints, backbone_channels, hint_loss, make_adapters, read_hints
from models.training.losses import LossWeights, compute_losses
from models.training.optimiser import learning_rate, make_optimiser

if TYPE_CHECKING:
    from models.networks.layers import Network
    from models.training.config import TrainingConfig


class Average:
    """Exponential moving average (EMA) of a network's weights and statistics."""

    def __init__(self, network: Network) -> None:
        self.state = {name: value.detach().clone() for name, value in network.state_dict().items()}

    def update(self, network: Network, decay: float) -> None:
        """Move the average towards the network's values by 1 - decay."""
        values = network.state_dict()
        floats = [name for name, value in values.items() if value.is_floating_point()]
        torch._foreach_lerp_([self.state[n] for n in floats], [values[n].detach() for n in floats], 1 - decay)


# From frames, uint8 [N, H, W, 3] BGR, to alphas, float [N, H, W], 0 to 1.
Teacher = Callable[[Tensor], Tensor]


class LossModule(nn.Module):
    """A network and its losses as one module, whose outputs are the losses.

    With a teacher the target is a mean of the label and the teacher's alpha, where the teacher has the weight
    `teacher_weight`, 0 to 1: Hinton et al., "Distilling the Knowledge in a Neural Network", 2015
    (arXiv 1503.02531), section 2, at temperature 1. `match` adds the hint loss. dtype: of the network's
    computation, float32 or bfloat16; losses are always float32.
    """

    def __init__(
        self,
        network: Network,
        weights: LossWeights,
        teacher: Teacher | None = None,
        teacher_weight: float = 0.0,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        super().__init__()
        self.network = network
        self._weights = weights
        self._teacher, self._teacher_weight = teacher, teacher_weight
        self._dtype = dtype
        self._hints: Hints | None = None
        self._hint_weight = 0.0
        self.adapters = nn.ModuleList()

    def match(self, hints: Hints, channels: Sequence[int], weight: float) -> None:
        """Add the hint loss for features with `channels` at strides 8, 16 and 32.

        Raises CheckpointError if the network has no features.
        """
        self._hints, self._hint_weight = hints, weight
        self.adapters = make_adapters(backbone_channels(self.network), channels)

    def forward(self, frames: Tensor, alphas: Tensor) -> dict[str, Tensor]:
        """Return the weighted losses by name. frames: uint8 [N, H, W, 3] BGR. alphas: uint8 [N, H, W]."""
        with torch.autocast(frames.device.type, torch.bfloat16, self._dtype == torch.bfloat16):
            outputs = self.network(self.network.normalise(frames))
            matched = [adapt(x) for adapt, x in zip(self.adapters, outputs.features, strict=False)]
        outputs = outputs._replace(
            logits=outputs.logits.float(),
            auxiliary=tuple(logits.float() for logits in outputs.auxiliary),
            outline=None if outputs.outline is None else outputs.outline.float(),
        )
        target = alphas.to(torch.float32) / 255
        if self._teacher is not None:
            target = target.lerp(self._teacher(frames), self._teacher_weight)
        losses = compute_losses(outputs, target, self._weights)
        if self._hints is not None:
            losses["hint"] = self._hint_weight * hint_loss(matched, self._hints(frames))
        return losses


def _read_teacher(path: str, device: torch.device) -> Teacher:
    network = checkpoint.restore(checkpoint.load(Path(path)))
    network = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]

    def predict(frames: Tensor) -> Tensor:
        with torch.no_grad():
            person: Tensor = network(network.normalise(frames)).logits.softmax(1)[:, 1]
            return person

    return predict


class Trainer:
    """A training run: network, moving average, optimiser and counters, as a checkpoint stores them.

    state: of a checkpoint to continue from. Raises BuildError if the network cannot be built, CheckpointError
    if the state does not fit it.
    """

    def __init__(
        self, config: TrainingConfig, state: dict[str, Any] | None = None, group: Group = SINGLE_PROCESS
    ) -> None:
        torch.manual_seed(config.seed)
        self.config = config
        self.group = group
        # A checkpoint stores all options, because defaults may have changed since.
        self._options = complete_options(config.network, state["options"] if state else config.options)
        network = group.sync_batch_norm(build(config.network, **self._options))
        network = network.to(group.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.network = network
        self.average = Average(self.network)
        frozen = tuple(filter(None, config.freeze.split(",")))
        for name, parameter in self.network.named_parameters():
            parameter.requires_grad_(not (frozen and name.startswith(frozen)))
        # A function instead of a module, so that it is neither put into training mode nor saved.
        teacher = _read_teacher(config.teacher, group.device) if config.teacher else None
        dtype = torch.bfloat16 if config.precision == "bfloat16" else torch.float32
        losses = LossModule(self.network, config.loss_weights(), teacher, config.taught, dtype)
        if config.hints:
            losses.match(*read_hints(config.hints, group.device, dtype), config.hint)
        losses = losses.to(group.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.adapters = losses.adapters
        self._parameters = [p for p in losses.parameters() if p.requires_grad]
        self.optimiser = make_optimiser(config, self._parameters)
        self.step = self.samples = 0
        self.seconds = 0.0
        if state:
            checkpoint.load_weights(self.network, state, "weights")
            self.average.state = {name: value.to(group.device) for name, value in state["average"].items()}
            self.optimiser.load_state_dict(state["optimiser"])
            self.step, self.samples, self.seconds = state["step"], state["samples"], state["seconds"]
            self.adapters.load_state_dict(state.get("adapters", {}))
            torch.set_rng_state(state["rng"])
        self._losses = group.data_parallel(losses, all_used=bool(config.auxiliary and config.detail))
        self._max_gradient_norm = torch.zeros((), device=group.device)

    def start_from(self, state: dict[str, Any]) -> None:
        """Start from the averaged weights of another checkpoint.

        Weights that the checkpoint lacks keep their initial values. Raises CheckpointError if the others do
        not fit.
        """
        average = {**self.network.state_dict(), **state["average"]}
        checkpoint.load_weights(self.network, {**state, "average": average}, "average")
        self.average = Average(self.network)

    def state(self) -> dict[str, Any]:
        """Return the state for a checkpoint: plain data and tensors only."""
        return {
            **checkpoint.describe(self.config.network, self.network, self._options),
            "recipe": asdict(self.config),
            "weights": self.network.state_dict(),
            "average": self.average.state,
            "adapters": self.adapters.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "samples": self.samples,
            "seconds": self.seconds,
            "rng": torch.get_rng_state(),
        }

    def progress(self, step: int | None = None) -> float:
        """Progress of the run, 0 to 1: at `step` (default: now), or by time if the run has minutes."""
        if self.config.steps:
            return min(1.0, (self.step if step is None else step) / self.config.steps)
        return min(1.0, self.seconds / (self.config.minutes * 60))

    def plan(self, step: int) -> BatchShape:
        """Draw the shape of the batch of `step`."""
        sizes = self.config.sizes(small=self.progress(step) < self.config.small_share)
        shares = np.array([size[2] for size in sizes], float)
        rng = np.random.default_rng([self.config.seed, step, 1])
        index = int(rng.choice(len(sizes), p=shares / shares.sum()))
        return BatchShape(self.config.batch, *sizes[index][:2])

    def learn(self, batch: Batch) -> dict[str, Tensor]:
        """Do one training step; return the losses by name, on the device. Raises FloatingPointError."""
        rate = learning_rate(self.config, self.step, self.progress())
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self._losses.train()
        losses = self._losses(self.group.to_device(batch.frames), self.group.to_device(batch.alphas))
        total: Tensor = torch.stack(list(losses.values())).sum()
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call]
        norm = torch.nn.utils.clip_grad_norm_(self._parameters, self.config.clip)
        self._max_gradient_norm = torch.maximum(self._max_gradient_norm, norm)
        if self.group.device.type == "cpu":  # on a GPU, reading the norm would wait for its queue
            self.check_gradients()
        self.optimiser.step()
        self.step += 1
        self.samples += len(batch.frames) * self.group.size
        self.average.update(self.network, min(self.config.average, (1 + self.step) / (10 + self.step)))
        return {name: value.detach() for name, value in {"total": total, **losses}.items()}

    def check_gradients(self) -> None:
        """Raise FloatingPointError if any gradient of this run was not finite, which ruins the weights.

        All processes raise it together, because gradients are averaged.
        """
        if not torch.isfinite(self._max_gradient_norm):
            raise FloatingPointError(
                f"the gradient is not finite at step {self.step}; use a lower learning rate"
            )
