"""Training of the network for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.training.simple.people_losses import people_losses
from models.training.simple.trainer import SimpleTrainer

if TYPE_CHECKING:
    from torch import Tensor

NETWORK = "people"
SIZES = ((160, 256, 5), (192, 192, 2), (224, 160, 2))  # height, width and relative frequency of frames


class PeopleTrainer(SimpleTrainer):
    """A run of `people`. Targets: centres, offsets and where these count, as `Targets`, one batch each."""

    def losses(self, frames: Tensor, targets: tuple[Tensor, ...]) -> dict[str, Tensor]:
        """The losses of centres and offsets by name."""
        return people_losses(self.outputs(frames).logits, *targets)
