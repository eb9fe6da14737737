"""Training of the network for parts of the face."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.training.simple.parts_losses import parts_losses
from models.training.simple.trainer import SimpleTrainer

if TYPE_CHECKING:
    from torch import Tensor

NETWORK = "face_parts"
SMALL_PX, LARGE_PX = 128, 192  # sides of the windows in the first and second part of a run


class FaceTrainer(SimpleTrainer):
    """A run of `face_parts`. Targets: parts, int64 [N, S, S]."""

    def plan(self, step: int) -> tuple[int, int]:
        """Number of windows and their side in pixels: small ones first."""
        del step
        return self.config.batch, SMALL_PX if self.progress() < self.config.small_share else LARGE_PX

    def losses(self, frames: Tensor, targets: tuple[Tensor, ...]) -> dict[str, Tensor]:
        """The losses of the parts by name."""
        return parts_losses(self.outputs(frames), targets[0])
