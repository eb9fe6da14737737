"""Every number that decides what a run learns, in one place, each with its reason."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from typing import Any

from models.training.checkpoint import CheckpointError
from models.training.losses import LossWeights

PRECISIONS = ("float32", "bfloat16")  # of the forward pass; weights and losses stay in float32
STEP = 32  # networks take multiples of it
USUAL_PIXELS = 160 * 288  # what the sizes below are meant for

# Frames as height, width and how often. Wide as a webcam's, upright as the photos: both are seen in use.
Sizes = tuple[tuple[int, int, int], ...]
SMALL: Sizes = ((96, 160, 5), (128, 128, 2), (128, 96, 2), (160, 96, 1))
LARGE: Sizes = ((160, 288, 5), (224, 224, 2), (256, 192, 3))


@dataclass(frozen=True)
class TrainingConfig:
    """Everything that decides what a run learns. The defaults are what SINet was trained with."""

    network: str = "sinet"
    options: dict[str, int | float | str] = field(default_factory=dict)  # of the network's builder
    seed: int = 1
    minutes: float = 0.0  # training time after which the learning rate has fallen to its end; or
    steps: int = 0  # the same in steps, which makes a run repeatable to the bit
    batch: int = 24  # more steps teach a small network more than cleaner gradients do
    small_share: float = (
        0.45  # of the run at small frames: thrice the photos per second, most is learnt there
    )
    optimiser: str = "adamw"  # of `OPTIMISERS`
    schedule: str = "linear"  # of `SCHEDULES`: how the learning rate falls
    learning_rate: float = 4e-3  # highest that stayed stable
    end_rate: float = 0.01  # of the learning rate, at the end
    warmup_steps: int = 200
    weight_decay: float = 1e-2  # on convolutions only
    freeze: str = ""  # beginnings of names, with commas: what begins so keeps its convolutions' weights
    clip: float = 5.0  # norm of the gradient; the SE gates have no sigmoid and can kick
    average: float = 0.998  # decay of the weights' running mean, ramped up at the start
    boundary: float = 0.3  # with the band of 7 below: about three times the weight near the outline
    dice: float = 0.5
    auxiliary: float = 0.4
    detail: float = 1.0  # only networks with an outline head have it
    lovasz: float = 0.0  # IoU itself, where cross-entropy has brought the masks near; SINet's code has it too
    band_px: int = 7
    teacher: str = ""  # a larger network's checkpoint, from which this one also learns (distillation)
    taught: float = 0.5  # share of the teacher's opinion in what is to be found, the rest is the label's
    precision: str = "float32"  # of `PRECISIONS`; bfloat16 is faster on processors that multiply it
    hints: str = ""  # checkpoint whose backbone's features this network's are to match (FitNets)
    hint: float = 1.0  # weight of that loss
    working_pixels: int = USUAL_PIXELS  # frames are larger or smaller in proportion

    @classmethod
    def recall(cls, kept: dict[str, Any]) -> TrainingConfig:
        """The recipe that a checkpoint keeps; what is younger than the checkpoint takes its default.

        Raises CheckpointError for what this program does not know.
        """
        unknown = kept.keys() - {known.name for known in fields(cls)}
        if unknown:
            raise CheckpointError(
                f"the checkpoint was written by another version: its recipe has {', '.join(sorted(unknown))}"
            )
        return cls(**kept)

    def sizes(self, small: bool) -> Sizes:
        """Frames of the run's first part, or of the rest, for `working_pixels`."""
        scale = math.sqrt(self.working_pixels / USUAL_PIXELS)

        def fit(side: int) -> int:
            return max(1, round(side * scale / STEP)) * STEP

        return tuple((fit(height), fit(width), share) for height, width, share in (SMALL if small else LARGE))

    def losses(self) -> LossWeights:
        """The weights as the losses take them."""
        return LossWeights(
            boundary=self.boundary,
            dice=self.dice,
            auxiliary=self.auxiliary,
            band_px=self.band_px,
            detail=self.detail,
            lovasz=self.lovasz,
        )
