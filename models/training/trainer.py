"""One training run: what its checkpoint holds, and the step that moves it on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from models import build, complete_options
from models.data.loader import Batch, Shape
from models.networks.layers import Network
from models.training import checkpoint
from models.training.config import TrainingConfig
from models.training.distributed import ALONE, Group
from models.training.hints import Hints, backbone_channels, hint_loss, make_adapters, read_hints
from models.training.losses import LossWeights, compute_losses
from models.training.optimiser import learning_rate, make_optimiser


class Average:
    """Running mean of a network's weights and statistics (EMA)."""

    def __init__(self, network: Network) -> None:
        self.state = {name: value.detach().clone() for name, value in network.state_dict().items()}

    def update(self, network: Network, decay: float) -> None:
        """Move towards the network's values by 1 - decay."""
        values = network.state_dict()
        floats = [name for name, value in values.items() if value.is_floating_point()]
        torch._foreach_lerp_([self.state[n] for n in floats], [values[n].detach() for n in floats], 1 - decay)


Teacher = Callable[[Tensor], Tensor]  # frames, uint8 [N, H, W, 3] BGR -> alphas, [N, H, W], 0 to 1


class LossModule(nn.Module):
    """A network with its losses, and the opinion of a teacher if there is one.

    Targets are a mean of label and opinion: Hinton et al., "Distilling the Knowledge in a Neural Network",
    2015 (arXiv 1503.02531), section 2, at temperature 1. `match` adds the hint loss. dtype: float32, or
    bfloat16, in which the network then computes; the losses are in float32 all the same.
    """

    def __init__(
        self,
        network: Network,
        weights: LossWeights,
        teacher: Teacher | None = None,
        taught: float = 0.0,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        super().__init__()
        self.network = network
        self._weights = weights
        self._teacher, self._taught = teacher, taught
        self._dtype = dtype
        self._hints: Hints | None = None
        self._hint = 0.0
        self.adapters = nn.ModuleList()

    def match(self, hints: Hints, channels: Sequence[int], weight: float) -> None:
        """Learn to compute these features too, of `channels` at strides 8, 16 and 32.

        Raises CheckpointError where the network has no features.
        """
        self._hints, self._hint = hints, weight
        self.adapters = make_adapters(backbone_channels(self.network), channels)

    def forward(self, frames: Tensor, alphas: Tensor) -> dict[str, Tensor]:
        """Weighted losses by name; frames: uint8 [N, H, W, 3] BGR, alphas: uint8 [N, H, W]."""
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
            target = target.lerp(self._teacher(frames), self._taught)
        losses = compute_losses(outputs, target, self._weights)
        if self._hints is not None:
            losses["hint"] = self._hint * hint_loss(matched, self._hints(frames))
        return losses


def _read_teacher(path: str, device: torch.device) -> Teacher:
    network = checkpoint.restore(checkpoint.load(Path(path)))
    network = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]

    def opinion(frames: Tensor) -> Tensor:
        with torch.no_grad():
            person: Tensor = network(network.normalise(frames)).logits.softmax(1)[:, 1]
            return person

    return opinion


class Trainer:
    """One training run: what a checkpoint holds, and the step that moves it on.

    Raises BuildError for a network that cannot be, CheckpointError for a state that does not fit it.
    """

    def __init__(
        self, recipe: TrainingConfig, state: dict[str, Any] | None = None, group: Group = ALONE
    ) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe = recipe
        self.group = group
        # A checkpoint's own: they hold the defaults of its day.
        self._options = complete_options(recipe.network, state["options"] if state else recipe.options)
        network = group.share(build(recipe.network, **self._options))
        network = network.to(group.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.network = network
        self.average = Average(self.network)
        kept = tuple(filter(None, recipe.freeze.split(",")))
        for name, parameter in self.network.named_parameters():
            parameter.requires_grad_(not (kept and name.startswith(kept)))
        # A function, no module: it is not to be put into training mode, nor saved.
        teacher = _read_teacher(recipe.teacher, group.device) if recipe.teacher else None
        dtype = torch.bfloat16 if recipe.precision == "bfloat16" else torch.float32
        lesson = LossModule(self.network, recipe.losses(), teacher, recipe.taught, dtype)
        if recipe.hints:
            lesson.match(*read_hints(recipe.hints, group.device, dtype), recipe.hint)
        lesson = lesson.to(group.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.adapters = lesson.adapters
        self._learnt = [p for p in lesson.parameters() if p.requires_grad]
        self.optimiser = make_optimiser(recipe, self._learnt)
        self.step = self.samples = 0
        self.seconds = 0.0
        if state:
            checkpoint.fill(self.network, state, "weights")
            self.average.state = {name: value.to(group.device) for name, value in state["average"].items()}
            self.optimiser.load_state_dict(state["optimiser"])
            self.step, self.samples, self.seconds = state["step"], state["samples"], state["seconds"]
            self.adapters.load_state_dict(state.get("adapters", {}))
            torch.set_rng_state(state["rng"])
        all_learn = bool(recipe.auxiliary and recipe.detail)
        self._lesson = group.average(lesson, all_learn)
        self._steepest = torch.zeros((), device=group.device)

    def start_from(self, learnt: dict[str, Any]) -> None:
        """Begin with the averaged weights of another run, of any network of the same shape.

        Parts that the other had not yet keep what they began with. Raises CheckpointError.
        """
        own = self.network.state_dict()
        checkpoint.fill(self.network, {**learnt, "average": {**own, **learnt["average"]}}, "average")
        self.average = Average(self.network)

    def state(self) -> dict[str, Any]:
        """What `__init__` takes back; plain data only."""
        return {
            **checkpoint.describe(self.recipe.network, self.network, self._options),
            "recipe": asdict(self.recipe),
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
        """Share of the schedule done, 0 to 1: by steps (of `step`, when given) or by training time."""
        if self.recipe.steps:
            return min(1.0, (self.step if step is None else step) / self.recipe.steps)
        return min(1.0, self.seconds / (self.recipe.minutes * 60))

    def plan(self, step: int) -> Shape:
        """Shape of the batch for `step`."""
        sizes = self.recipe.sizes(small=self.progress(step) < self.recipe.small_share)
        shares = np.array([size[2] for size in sizes], float)
        rng = np.random.default_rng([self.recipe.seed, step, 1])
        index = int(rng.choice(len(sizes), p=shares / shares.sum()))
        return Shape(self.recipe.batch, *sizes[index][:2])

    def learn(self, batch: Batch) -> dict[str, Tensor]:
        """One step; the losses by name, still on the device. Raises FloatingPointError as `check` does."""
        recipe = self.recipe
        rate = learning_rate(recipe, self.step, self.progress())
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self._lesson.train()
        losses = self._lesson(self.group.carry(batch.frames), self.group.carry(batch.alphas))
        total: Tensor = torch.stack(list(losses.values())).sum()
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call]
        norm = torch.nn.utils.clip_grad_norm_(self._learnt, recipe.clip)
        self._steepest = torch.maximum(self._steepest, norm)
        if self.group.device.type == "cpu":  # a GPU would have to stop for it
            self.check()
        self.optimiser.step()
        self.step += 1
        self.samples += len(batch.frames) * self.group.size
        self.average.update(self.network, min(recipe.average, (1 + self.step) / (10 + self.step)))
        return {name: value.detach() for name, value in {"total": total, **losses}.items()}

    def check(self) -> None:
        """Raise FloatingPointError if a gradient since the start was not finite: the weights are lost then.

        Of all processes alike, since gradients are averaged.
        """
        if not torch.isfinite(self._steepest):
            raise FloatingPointError(
                f"the gradient is not finite at step {self.step}: lower the learning rate"
            )
