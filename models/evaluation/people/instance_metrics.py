"""Average precision of persons' masks, as COCO defines it, and boundary AP.

Lin et al., "Microsoft COCO", 1405.0312, and pycocotools: greedy matching by score, ten thresholds, precision
at 101 recalls. Cheng et al., "Boundary IoU", 2103.16562: the overlap is the smaller of mask and boundary IoU.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Masks = NDArray[np.bool_]
    Values = NDArray[np.float64]

THRESHOLDS = np.linspace(0.5, 0.95, 10)
_RECALLS = np.linspace(0, 1, 101)
_BOUNDARY_SHARE = 0.02  # width of the boundary, as a share of the frame's diagonal


@dataclass(frozen=True)
class FrameResult:
    """What was found in one frame: scores [D], and IoUs with the true persons [D, P], 0 to 1."""

    scores: Values
    mask_ious: Values
    boundary_ious: Values

    @property
    def people(self) -> int:
        """The number of true persons."""
        return int(self.mask_ious.shape[1])


def boundary(mask: Masks, width_px: int) -> Masks:
    """The pixels of a mask [H, W] within `width_px` of its edge; the frame's border counts as an edge."""
    padded = np.pad(mask.astype(np.uint8), 1)
    inner = cv2.erode(padded, np.ones((3, 3), np.uint8), iterations=width_px)[1:-1, 1:-1]
    return np.asarray(mask & (inner == 0), np.bool_)


def boundary_width_px(height: int, width: int) -> int:
    """2% of the diagonal, at least 1."""
    return max(1, round(_BOUNDARY_SHARE * float(np.hypot(height, width))))


def pair_ious(found: Masks, true: Masks) -> Values:
    """IoU of each pair of masks, [D, H, W] and [P, H, W] to [D, P]; 0 for two empty masks."""
    one, two = (masks.reshape(len(masks), -1).astype(np.float32) for masks in (found, true))
    common = (one @ two.T).astype(np.float64)
    union = one.sum(1)[:, None].astype(np.float64) + two.sum(1)[None].astype(np.float64) - common
    return np.asarray(common / np.maximum(union, 1), np.float64)


def compare(scores: Values, found: Masks, true: Masks, void: Masks | None = None) -> FrameResult:
    """Compare the masks of one frame.

    scores: [D], higher is surer. found: [D, H, W]. true: [P, H, W]. void: [H, W], pixels that do not count.
    """
    if void is not None:
        found, true = found & ~void, true & ~void
    width = boundary_width_px(*true.shape[1:])
    edges = [
        np.array([boundary(mask, width) for mask in masks], bool).reshape(masks.shape)
        for masks in (found, true)
    ]
    return FrameResult(np.asarray(scores, np.float64), pair_ious(found, true), pair_ious(*edges))


def _matches(ious: Values, order: NDArray[np.int64], threshold: float) -> NDArray[np.bool_]:
    """Whether each found mask, in `order`, is right: it takes the free true person that it overlaps most."""
    free = np.ones(ious.shape[1], bool)
    right = np.zeros(len(order), bool)
    for place, index in enumerate(order):
        overlaps = np.where(free, ious[index], -1.0)
        if len(overlaps) and overlaps.max() >= threshold:
            free[int(overlaps.argmax())] = False
            right[place] = True
    return right


def precision_at_recalls(scores: Values, right: NDArray[np.bool_], people: int) -> float:
    """Mean precision at 101 recalls; each counts the best precision at that recall or a higher one."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(right[order])
    recall = hits / people
    precision = hits / np.arange(1, len(order) + 1)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    places = np.searchsorted(recall, _RECALLS, side="left")
    reached = places < len(best)
    return float(np.where(reached, best[np.minimum(places, len(best) - 1)], 0).mean()) if len(best) else 0.0


def average_precision(ious: Sequence[Values], scores: Sequence[Values], threshold: float) -> float:
    """AP at one threshold over all frames, 0 to 1; nan without a true person."""
    people = sum(frame.shape[1] for frame in ious)
    if not people:
        return float("nan")
    orders = [np.argsort(-frame, kind="stable") for frame in scores]
    right = [_matches(frame, order, threshold) for frame, order in zip(ious, orders, strict=True)]
    ranked = [frame[order] for frame, order in zip(scores, orders, strict=True)]
    return precision_at_recalls(np.concatenate(ranked), np.concatenate(right), people)


def summarise(results: Sequence[FrameResult]) -> dict[str, float]:
    """AP, AP50, AP75 and boundary AP (all 0 to 1) over frames; nan without a true person."""
    if not results:
        return dict.fromkeys(("ap", "ap50", "ap75", "boundary_ap"), float("nan"))
    scores = [result.scores for result in results]
    masks = [result.mask_ious for result in results]
    edges = [np.minimum(result.mask_ious, result.boundary_ious) for result in results]
    by_threshold = [average_precision(masks, scores, float(threshold)) for threshold in THRESHOLDS]
    by_edge = [average_precision(edges, scores, float(threshold)) for threshold in THRESHOLDS]
    return {
        "ap": float(np.mean(by_threshold)),
        "ap50": by_threshold[0],
        "ap75": by_threshold[5],
        "boundary_ap": float(np.mean(by_edge)),
    }
