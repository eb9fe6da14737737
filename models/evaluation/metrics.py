"""Measures of an alpha against a true mask. All take float or uint8 alphas at the photo's own size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

Mask = NDArray[np.bool_]


def iou(found: Mask, true: Mask) -> float:
    """Intersection over union of two masks, 0 to 1; two empty masks agree."""
    union = int((found | true).sum())
    return 1.0 if union == 0 else int((found & true).sum()) / union


def boundary_f(found: Mask, true: Mask, tolerance: float = 0.0075) -> float:
    """F-measure of the outlines, 0 to 1: an outline pixel counts as met within `tolerance` of the diagonal.

    The frame's own border is no outline. Two masks without outline agree; one without fails.
    """
    lines = [_outline(mask) for mask in (found, true)]
    if not lines[0].any() or not lines[1].any():
        return float(lines[0].any() == lines[1].any())
    reach = max(1, round(tolerance * float(np.hypot(*found.shape))))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    near = [cv2.dilate(line.astype(np.uint8), disc) > 0 for line in lines]
    precision = float(near[1][lines[0]].mean())
    recall = float(near[0][lines[1]].mean())
    return 0.0 if precision + recall == 0 else 2 * precision * recall / (precision + recall)


def _outline(mask: Mask) -> Mask:
    padded = np.pad(mask.astype(np.uint8), 1, mode="edge")
    eroded = cv2.erode(padded, np.ones((3, 3), np.uint8))[1:-1, 1:-1]
    return np.asarray(mask & (eroded == 0))


@dataclass(frozen=True)
class Measure:
    """The measures of one photo."""

    fgiou: float
    boundary_f: float
    mad: float
    mse: float
    counts: tuple[int, int, int, int]  # pixels: both person, only found, only true, both background


def measure(alpha: NDArray[np.float32], true: NDArray[np.uint8], boundary: bool = True) -> Measure:
    """Compare alpha (float32, 0 to 1) with a mask (uint8, 0 to 255) of the same size; threshold one half.

    mad, mse: mean absolute and mean squared difference of the alphas, 0 to 1. Without `boundary` boundary_f
    is nan.
    """
    if alpha.shape != true.shape:
        raise ValueError(f"alpha {alpha.shape} and mask {true.shape} differ in size")
    found_mask, true_mask = alpha > 0.5, true > 127
    both = int((found_mask & true_mask).sum())
    only_found, only_true = int(found_mask.sum()) - both, int(true_mask.sum()) - both
    counts = (both, only_found, only_true, alpha.size - both - only_found - only_true)
    off = alpha - true.astype(np.float32) / 255
    mad, mse = float(np.abs(off).mean()), float(np.square(off).mean())
    outline = boundary_f(found_mask, true_mask) if boundary else float("nan")
    return Measure(iou(found_mask, true_mask), outline, mad, mse, counts)


@dataclass(frozen=True)
class Summary:
    """Means over photos; miou: mean of person's and background's IoU over the pixels of all photos."""

    photos: int
    fgiou: float
    miou: float
    boundary_f: float
    mad: float
    mse: float


def summarise(measures: Sequence[Measure]) -> Summary:
    """Raises ValueError for no photos."""
    if not measures:
        raise ValueError("there are no photos to measure")
    both, only_found, only_true, neither = np.array([m.counts for m in measures], np.int64).sum(0)
    wrong = only_found + only_true
    ious = [float(same / (same + wrong)) if same + wrong else 1.0 for same in (both, neither)]
    means = np.array([(m.fgiou, m.boundary_f, m.mad, m.mse) for m in measures]).mean(0)
    fgiou, outline, mad, mse = (float(mean) for mean in means)
    return Summary(len(measures), fgiou, sum(ious) / 2, outline, mad, mse)
