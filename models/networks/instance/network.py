"""Mask R-CNN for persons (He et al., 1703.06870): pyramid, proposals, boxes and one of several mask heads."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.networks.efficientnet import IMAGENET_MEAN, IMAGENET_STD
from models.networks.instance.boxes import clip, decode, suppress
from models.networks.instance.proposals import ProposalHead, propose
from models.networks.instance.pyramid import Features, Pyramid
from models.networks.instance.roi_align import pyramid_align
from models.networks.layers import Network

CHANNELS = 64
"""Of every level of the pyramid; the paper has 256."""

DETECTIONS = 10
"""Persons that are found at most in one frame."""

_POOLED, _HIDDEN = 7, 256
_OVERLAP = 0.6  # IoU above which two boxes show one person; 0.5 in the paper, but people sit close together


class Detections(NamedTuple):
    """The persons found in each frame, the surest first; a score of 0 means that there are no more.

    boxes: [N, D, 4]. scores: [N, D], 0 to 1. masks: within the boxes, [N, D, S, S], 0 to 1.
    """

    boxes: Tensor
    scores: Tensor
    masks: Tensor


class MaskOutputs(NamedTuple):
    """What a mask head says of boxes [N, K, 4].

    stages: logits [N * K, 1, s, s], coarse to fine. semantic: logits of persons in the whole frame,
    [N, 1, H/4, W/4]. directions: logits of the 8 directions, [N, 8, H/4, W/4].
    """

    stages: tuple[Tensor, ...]
    semantic: Tensor | None = None
    directions: Tensor | None = None


class MaskHead(nn.Module):
    """Base class of the mask heads. sizes: the sides of the stages' masks."""

    sizes: tuple[int, ...] = ()

    def forward(self, features: Features, boxes: Tensor) -> MaskOutputs:
        """Logits for boxes [N, K, 4]."""
        raise NotImplementedError

    def masks(self, outputs: MaskOutputs) -> Tensor:
        """The final masks, [N * K, 1, S, S], 0 to 1."""
        return outputs.stages[-1].sigmoid()


class BoxHead(nn.Module):
    """Score and offsets of each proposal: RoIAlign to 7x7, two linear layers (1612.03144, section 4.2)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.hidden = nn.Sequential(
            *(nn.Linear(channels * _POOLED**2, _HIDDEN), nn.ReLU(inplace=True)),
            *(nn.Linear(_HIDDEN, _HIDDEN), nn.ReLU(inplace=True)),
        )
        self.score, self.offset = nn.Linear(_HIDDEN, 1), nn.Linear(_HIDDEN, 4)
        nn.init.normal_(self.offset.weight, std=0.001)
        nn.init.zeros_(self.offset.bias)

    def forward(self, features: Features, boxes: Tensor) -> tuple[Tensor, Tensor]:
        """Boxes [N, K, 4] to logits [N, K] and offsets [N, K, 4]."""
        hidden = self.hidden(pyramid_align(features.levels, boxes, _POOLED).flatten(2))
        score: Tensor = self.score(hidden)
        return score[..., 0], self.offset(hidden)


class InstanceNetwork(Network):
    """A network that finds persons and their masks. Everything but `mask` is the detector."""

    mean, std = IMAGENET_MEAN, IMAGENET_STD
    working_pixels = 192 * 320

    def __init__(self, mask: MaskHead, channels: int = CHANNELS) -> None:
        super().__init__()
        self.pyramid = Pyramid(channels)
        self.proposal = ProposalHead(channels)
        self.box = BoxHead(channels)
        self.mask = mask

    def detect(self, features: Features, size: tuple[int, int]) -> tuple[Tensor, Tensor]:
        """Boxes [N, D, 4] and scores [N, D] of the persons in frames of this height and width."""
        anchor_scores, anchor_offsets = self.proposal(features.levels)
        proposals = propose(anchor_scores, anchor_offsets, size)
        logits, offsets = self.box(features, proposals)
        boxes, scores = clip(decode(offsets, proposals), *size), logits.sigmoid()
        scores, order = (scores * suppress(boxes, scores, _OVERLAP)).topk(DETECTIONS, dim=1)
        return boxes.gather(1, order[..., None].expand(-1, -1, 4)), scores

    def forward(self, frame: Tensor) -> Detections:  # type: ignore[override]  # not one alpha but persons
        """[N, 3, H, W], normalised, to the persons in each frame."""
        features: Features = self.pyramid(frame)
        boxes, scores = self.detect(features, (int(frame.shape[2]), int(frame.shape[3])))
        masks = self.mask.masks(self.mask(features, boxes))
        return Detections(boxes, scores, masks.reshape(*boxes.shape[:2], *masks.shape[-2:]))

    def freeze_detector(self) -> None:
        """Leave everything but the mask head unchanged in training."""
        for name, parameter in self.named_parameters():
            parameter.requires_grad_(name.startswith("mask."))

    def detector_learns(self) -> bool:
        """Whether the detector is not frozen."""
        return any(parameter.requires_grad for parameter in self.box.parameters())

    def train(self, mode: bool = True) -> InstanceNetwork:
        """Training mode; a frozen detector keeps its statistics too."""
        super().train(mode)
        for part in (self.pyramid, self.proposal, self.box):
            if not any(parameter.requires_grad for parameter in part.parameters()):
                part.eval()
        return self


def initialise(module: nn.Module) -> None:
    """Kaiming initialisation of the convolutions of a mask head."""
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


def flat(pooled: Tensor) -> Tensor:
    """[N, K, C, s, s] to [N * K, C, s, s]."""
    return pooled.flatten(0, 1)


def enlarged(x: Tensor, size: int) -> Tensor:
    """[R, C, s, s] to [R, C, size, size], bilinear."""
    return torch.nn.functional.interpolate(x, size=(size, size), mode="bilinear", align_corners=False)
