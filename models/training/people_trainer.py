"""Training of the network for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.training.people_losses import people_losses
from models.training.side_trainer import SideTrainer

if TYPE_CHECKING:
    from torch import Tensor

    from models.networks.layers import Outputs

NETWORK = "people"
SIZES = ((160, 256, 5), (192, 192, 2), (224, 160, 2))  # height, width and relative frequency of frames


class PeopleTrainer(SideTrainer):
    """A run of `people`. Targets: centres, offsets and where these count, as `Targets`, one batch each."""

    def losses(self, outputs: Outputs, targets: tuple[Tensor, ...]) -> dict[str, Tensor]:
        """The losses of centres and offsets by name."""
        return people_losses(outputs.logits, *targets)
