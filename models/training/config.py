"""The training configuration: every number that decides what a run learns."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from models.networks.layers import SIZE_MULTIPLE
from models.training.checkpoint import CheckpointError
from models.training.losses import LossWeights

PRECISIONS = ("float32", "bfloat16")  # of the forward pass; weights and losses stay in float32
USUAL_PIXELS = 160 * 288  # the working pixels that the sizes below are for

# Height, width and relative frequency of training frames: wide as a webcam's, upright as the photos.
Sizes = tuple[tuple[int, int, int], ...]
SMALL: Sizes = ((96, 160, 5), (128, 128, 2), (128, 96, 2), (160, 96, 1))
LARGE: Sizes = ((160, 288, 5), (224, 224, 2), (256, 192, 3))

Value = TypeVar("Value", int, float, str)


def _option(default: Value, text: str) -> Value:
    """A field that `python -m models.train` has as an option with this help text."""
    return field(default=default, metadata={"help": text})


@dataclass(frozen=True)
class TrainingConfig:
    """Everything that decides what a run learns; the defaults are those SINet was trained with.

    Checkpoints store the fields by name (key "recipe"), so a field is never renamed.
    """

    network: str = "sinet"
    options: dict[str, int | float | str] = field(default_factory=dict)  # arguments of the network's builder
    # One of the two is above 0. Only a run counted in steps repeats bit by bit.
    minutes: float = 0.0  # training time at which the schedule ends
    steps: int = 0  # step at which the schedule ends

    seed: int = _option(1, "seed of everything random")
    # A small network learns more from many steps than from large batches.
    batch: int = _option(24, "frames per step and process")
    working_pixels: int = _option(USUAL_PIXELS, "frame sizes are scaled to suit these pixels")
    # Small frames give three times the photos per second, and most is learnt on them.
    small_share: float = _option(0.45, "share of the run at small frames, 0 to 1")

    optimiser: str = _option("adamw", "optimiser")
    schedule: str = _option("linear", "how the learning rate falls")
    learning_rate: float = _option(4e-3, "highest learning rate")  # the default is the highest stable one
    end_rate: float = 0.01  # lowest learning rate, as a share of the highest
    warmup_steps: int = 200
    weight_decay: float = _option(1e-2, "weight decay of convolutions and linear layers")
    freeze: str = _option("", "parameters to leave unchanged: beginnings of names, separated by commas")
    # Largest norm of the gradient. The squeeze-excite gates have no sigmoid and give large gradients.
    clip: float = 5.0
    average: float = _option(0.998, "decay of the moving average of the weights, ramped up at the start")

    # With a band of 7 pixels, 0.3 gives the outline about three times the weight of other pixels.
    boundary: float = _option(0.3, "weight of the boundary loss")
    band_px: int = _option(7, "width of the boundary band in pixels, odd")
    dice: float = _option(0.5, "weight of the Dice loss")
    auxiliary: float = _option(0.4, "weight of the auxiliary losses")
    detail: float = _option(1.0, "weight of the detail loss, for networks with an outline output")
    # Helps networks that cross-entropy has already trained well. SINet's code has it too.
    lovasz: float = _option(0.0, "weight of the Lovasz loss")
    band_l1: float = _option(0.0, "weight of the absolute error of alpha in the boundary band")
    laplacian: float = _option(0.0, "weight of the Laplacian pyramid loss")

    teacher: str = _option("", "checkpoint of a larger network to learn from as well (distillation)")
    taught: float = _option(0.5, "weight of the teacher's alpha in the target, 0 to 1; the rest is the label")
    hints: str = _option(
        "", "checkpoint of a network whose backbone features this one learns to match (FitNets)"
    )
    hint: float = _option(1.0, "weight of the hint loss")
    # bfloat16 is faster on processors with instructions for it.
    precision: str = _option("float32", "precision of the forward pass")

    @classmethod
    def from_checkpoint(cls, stored: dict[str, Any]) -> TrainingConfig:
        """The configuration stored in a checkpoint; fields that are newer than it have their defaults.

        Raises CheckpointError for an unknown field.
        """
        unknown = stored.keys() - {field.name for field in fields(cls)}
        if unknown:
            names = ", ".join(sorted(unknown))
            raise CheckpointError(f"another version wrote the checkpoint; unknown configuration: {names}")
        return cls(**stored)

    def sizes(self, small: bool) -> Sizes:
        """Frame sizes of the first part of the run (`small`) or of the rest, scaled to `working_pixels`."""
        scale = math.sqrt(self.working_pixels / USUAL_PIXELS)

        def fit(side: int) -> int:
            return max(1, round(side * scale / SIZE_MULTIPLE)) * SIZE_MULTIPLE

        return tuple((fit(height), fit(width), share) for height, width, share in (SMALL if small else LARGE))

    def loss_weights(self) -> LossWeights:
        """The weights of the losses."""
        return LossWeights(
            boundary=self.boundary,
            dice=self.dice,
            auxiliary=self.auxiliary,
            band_px=self.band_px,
            detail=self.detail,
            lovasz=self.lovasz,
            band_l1=self.band_l1,
            laplacian=self.laplacian,
        )
