"""Region proposals: anchors, the network that scores and moves them, and the choice of the best.

Ren et al., "Faster R-CNN", 1506.01497, section 3.1, on every level of the pyramid (1612.03144, section 4.1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from models.networks.instance.boxes import clip, decode, suppress
from models.networks.instance.pyramid import STRIDES
from models.networks.layers import conv, relu

if TYPE_CHECKING:
    from collections.abc import Sequence

ASPECTS = (1.0, 1.8, 3.2)
"""Height over width of the anchors: a seated person is nearly square, a standing one narrow."""

_ANCHOR_STRIDES = 8  # the side of an anchor, in strides of its level
_SUPPRESSED = -1e4  # added to the logit of a proposal that fell


def anchors(height: int, width: int, device: torch.device | None = None) -> Tensor:
    """All anchors of a frame, [A, 4]: level by level, row by row, column by column, aspect by aspect.

    Each has the area of a square of 8 strides and its middle in the middle of a cell.
    """
    levels = []
    for stride in STRIDES:
        y = (torch.arange(height // stride, device=device) + 0.5) * stride
        x = (torch.arange(width // stride, device=device) + 0.5) * stride
        aspects = torch.tensor(ASPECTS, device=device)
        half_width = _ANCHOR_STRIDES * stride / aspects.sqrt() / 2
        half = torch.stack([half_width, half_width * aspects], 1)
        middle = torch.stack(torch.meshgrid(y, x, indexing="ij")[::-1], -1)[:, :, None]
        levels.append(torch.cat([middle - half, middle + half], -1).reshape(-1, 4))
    return torch.cat(levels)


class ProposalHead(nn.Module):
    """Score and offsets of every anchor; one head for all levels."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.mix = nn.Sequential(conv(channels, channels, 3), relu(channels))
        self.score = nn.Conv2d(channels, len(ASPECTS), 1)
        self.offset = nn.Conv2d(channels, 4 * len(ASPECTS), 1)
        nn.init.normal_(self.score.weight, std=0.01)
        nn.init.normal_(self.offset.weight, std=0.01)
        nn.init.constant_(self.score.bias, -2.0)  # type: ignore[arg-type]  # most anchors show no person
        nn.init.zeros_(self.offset.bias)  # type: ignore[arg-type]

    def forward(self, levels: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        """Logits [N, A] and offsets [N, A, 4], in the order of `anchors`."""
        scores, offsets = [], []
        for level in levels:
            mixed = self.mix(level)
            frames = len(level)
            scores.append(self.score(mixed).permute(0, 2, 3, 1).reshape(frames, -1))
            offsets.append(self.offset(mixed).permute(0, 2, 3, 1).reshape(frames, -1, 4))
        return torch.cat(scores, 1), torch.cat(offsets, 1)


def propose(
    scores: Tensor, offsets: Tensor, size: tuple[int, int], before: int = 256, after: int = 48
) -> Tensor:
    """The best boxes of each frame, [N, after, 4], without gradient.

    size: height and width of the frame. before: anchors that reach non-maximum suppression at IoU 0.7. If too
    few stay, fallen ones follow, so that the number is always the same.
    """
    scores, offsets = scores.detach(), offsets.detach()
    best, index = scores.topk(before, dim=1)
    chosen = offsets.gather(1, index[..., None].expand(-1, -1, 4))
    boxes = clip(decode(chosen, anchors(*size, scores.device)[index]), *size)
    stays = suppress(boxes, best, 0.7)
    _, order = torch.where(stays, best, best + _SUPPRESSED).topk(after, dim=1)
    return boxes.gather(1, order[..., None].expand(-1, -1, 4))
