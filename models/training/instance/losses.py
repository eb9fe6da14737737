"""The losses of the instance networks: proposals, boxes, masks, semantic and direction logits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn.functional import (
    binary_cross_entropy_with_logits,
    cross_entropy,
    smooth_l1_loss,
)

from models.networks.instance.boundary_region import refined, training_region
from models.networks.instance.boxes import encode
from models.networks.instance.proposals import anchors, propose
from models.networks.instance.refinemask import FIRST_REFINED, INFERENCE_WIDTH, TRAINING_WIDTH, RefineMaskHead
from models.training.instance.targets import (
    POSITIVES,
    REGIONS,
    Truth,
    anchor_targets,
    direction_target,
    draw_regions,
    mask_targets,
    moved_boxes,
    semantic_target,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.networks.instance.network import InstanceNetwork, MaskOutputs

STAGE_WEIGHTS = (0.25, 0.5, 0.75, 1.0)
"""Of RefineMask's stages (section 3.4); the last ones, for a head with fewer stages."""

_BETA = 1.0  # offset at which the box loss turns from square to linear


def _mean(values: Tensor, weights: Tensor) -> Tensor:
    """Weighted mean; 0 without weights."""
    return (values * weights).sum() / weights.sum().clamp(min=1)


def proposal_losses(
    scores: Tensor, offsets: Tensor, size: tuple[int, int], truth: Truth
) -> dict[str, Tensor]:
    """Score and offset losses of the anchors that learn (Faster R-CNN, equation 1)."""
    all_anchors = anchors(*size)
    index, label, person = anchor_targets(all_anchors, truth)
    chosen = scores.gather(1, index)
    score = binary_cross_entropy_with_logits(chosen, label.clamp(min=0).float(), reduction="none")
    true = truth.boxes.gather(1, person[..., None].expand(-1, -1, 4))
    found = offsets.gather(1, index[..., None].expand(-1, -1, 4))
    offset = smooth_l1_loss(found, encode(true, all_anchors[index]), reduction="none", beta=_BETA).sum(2)
    return {"anchor": _mean(score, (label >= 0).float()), "anchor_box": _mean(offset, (label == 1).float())}


def stage_losses(
    outputs: MaskOutputs, targets: Sequence[Tensor], weights: Tensor, refines: bool
) -> list[Tensor]:
    """Cross-entropy of each stage, where it counts. weights: of the regions, [R].

    refines: from `FIRST_REFINED` on, only pixels near the edge of the truth or of the mask before count.
    """
    losses = []
    mask = outputs.stages[0].detach().sigmoid()
    for stage, (logits, target) in enumerate(zip(outputs.stages, targets, strict=True)):
        where = weights[:, None, None, None].expand_as(logits)
        found = logits.detach().sigmoid()
        if refines and stage >= FIRST_REFINED:
            where = where * training_region(targets[stage - 1], mask, TRAINING_WIDTH)
            found = refined(mask, found, INFERENCE_WIDTH)
        losses.append(_mean(binary_cross_entropy_with_logits(logits, target, reduction="none"), where))
        mask = found
    return losses


def frame_losses(outputs: MaskOutputs, truth: Truth) -> dict[str, Tensor]:
    """Losses of the logits of the whole frame: persons everywhere, directions within persons."""
    losses = {}
    if outputs.semantic is not None:
        losses["semantic"] = binary_cross_entropy_with_logits(outputs.semantic, semantic_target(truth))
    if outputs.directions is not None:
        target = direction_target(truth)
        pixels = cross_entropy(outputs.directions, target, ignore_index=-1, reduction="sum")
        losses["direction"] = pixels / (target >= 0).sum().clamp(min=1)
    return losses


def compute_losses(network: InstanceNetwork, frames: Tensor, truth: Truth) -> dict[str, Tensor]:
    """All losses by name. frames: normalised [N, 3, H, W]. Those of a frozen detector are left out."""
    size = (frames.shape[2], frames.shape[3])
    learns = network.detector_learns()
    losses: dict[str, Tensor] = {}
    with torch.set_grad_enabled(learns):
        features = network.pyramid(frames)
        scores, offsets = network.proposal(features.levels)
    candidates = torch.cat([propose(scores, offsets, size), moved_boxes(truth, size)], 1)
    regions = draw_regions(candidates, truth, REGIONS if learns else POSITIVES)
    if learns:
        losses.update(proposal_losses(scores, offsets, size, truth))
        logits, found = network.box(features, regions.boxes)
        true = truth.boxes.gather(1, regions.person[..., None].expand(-1, -1, 4))
        score = binary_cross_entropy_with_logits(logits, regions.positive.float(), reduction="none")
        offset = smooth_l1_loss(found, encode(true, regions.boxes), reduction="none", beta=_BETA).sum(2)
        losses["score"] = _mean(score, regions.counted.float())
        losses["box"] = _mean(offset, regions.positive.float())
    boxes, person = regions.boxes[:, :POSITIVES], regions.person[:, :POSITIVES]
    outputs = network.mask(features, boxes)
    targets = mask_targets(truth, boxes, person, network.mask.sizes)
    counted = regions.positive[:, :POSITIVES].float().flatten()
    stages = stage_losses(outputs, targets, counted, isinstance(network.mask, RefineMaskHead))
    weighted = zip(stages, STAGE_WEIGHTS[-len(stages) :], strict=True)
    losses.update({f"mask{index}": weight * loss for index, (loss, weight) in enumerate(weighted, 1)})
    return {**losses, **frame_losses(outputs, truth)}
