"""Training of an instance network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.data.people.frames import MOST_PEOPLE
from models.networks.instance.network import InstanceNetwork
from models.training import checkpoint
from models.training.instance.losses import compute_losses
from models.training.instance.targets import true_people
from models.training.simple.trainer import SimpleTrainer

if TYPE_CHECKING:
    from torch import Tensor

    from models.networks.layers import Network

DETECTOR = "pyramid.,proposal.,box."
"""`TrainingConfig.freeze` for a run that trains the mask head alone."""

SIZE = (192, 320)
"""Height and width of the training frames."""


class InstanceTrainer(SimpleTrainer):
    """A run of an instance network. Targets: maps of people, uint8 [N, H, W].

    It starts from a checkpoint of an instance network, or of `bisenet`, whose backbone is taken.
    """

    def prepared(self, network: Network) -> Network:
        """The network; its detector is frozen if the configuration says so. Raises CheckpointError."""
        if not isinstance(network, InstanceNetwork):
            raise checkpoint.CheckpointError(f"{self.config.network} is not an instance network")
        if self.config.freeze:
            network.freeze_detector()
        return network

    def renamed(self, weights: dict[str, Tensor]) -> dict[str, Tensor]:
        """The weights with those of `bisenet`'s backbone by the names that they have here."""
        return {
            name if name.startswith("pyramid.") else name.replace("backbone.", "pyramid.backbone.", 1): value
            for name, value in weights.items()
        }

    def losses(self, frames: Tensor, targets: tuple[Tensor, ...]) -> dict[str, Tensor]:
        """The losses of `compute_losses` by name."""
        assert isinstance(self.network, InstanceNetwork)
        return compute_losses(self.network, frames, true_people(targets[0], MOST_PEOPLE))
