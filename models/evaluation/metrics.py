"""Metrics of alpha against a true mask, both at the photo's size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

Mask = NDArray[np.bool_]


def iou(predicted: Mask, true: Mask) -> float:
    """Intersection over union of two masks, 0 to 1; 1 for two empty masks."""
    union = int((predicted | true).sum())
    return 1.0 if union == 0 else int((predicted & true).sum()) / union


def boundary_f(predicted: Mask, true: Mask, tolerance: float = 0.0075) -> float:
    """F-measure of the outlines, 0 to 1.

    A pixel of one outline matches if the other outline is within `tolerance` times the diagonal. The border
    of the image is not an outline. 1 if neither mask has an outline, 0 if only one has.
    """
    lines = [_outline(mask) for mask in (predicted, true)]
    if not lines[0].any() or not lines[1].any():
        return float(lines[0].any() == lines[1].any())
    reach = max(1, round(tolerance * float(np.hypot(*predicted.shape))))
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
    """The metrics of one photo; see `measure`."""

    fgiou: float
    boundary_f: float
    mad: float
    mse: float
    counts: tuple[int, int, int, int]  # pixels: person in both, only predicted, only true, in neither


def measure(alpha: NDArray[np.float32], true: NDArray[np.uint8], boundary: bool = True) -> Measure:
    """Compare alpha (float32, 0 to 1) with a mask (uint8, 0 to 255) of the same size.

    fgiou, boundary_f: of the masks at the threshold one half; boundary_f is nan without `boundary`. mad, mse:
    mean absolute and mean squared difference, 0 to 1. Raises ValueError if sizes differ.
    """
    if alpha.shape != true.shape:
        raise ValueError(f"alpha {alpha.shape} and mask {true.shape} differ in size")
    predicted_mask, true_mask = alpha > 0.5, true > 127
    both = int((predicted_mask & true_mask).sum())
    only_predicted, only_true = int(predicted_mask.sum()) - both, int(true_mask.sum()) - both
    counts = (both, only_predicted, only_true, alpha.size - both - only_predicted - only_true)
    error = alpha - true.astype(np.float32) / 255
    mad, mse = float(np.abs(error).mean()), float(np.square(error).mean())
    outline = boundary_f(predicted_mask, true_mask) if boundary else float("nan")
    return Measure(iou(predicted_mask, true_mask), outline, mad, mse, counts)


@dataclass(frozen=True)
class Summary:
    """Means over photos. miou: mean IoU of person and background over the pixels of all photos."""

    photos: int
    fgiou: float
    miou: float
    boundary_f: float
    mad: float
    mse: float


def summarise(measures: Sequence[Measure]) -> Summary:
    """Summarise the metrics of several photos. Raises ValueError for no photos."""
    if not measures:
        raise ValueError("there are no photos to measure")
    both, only_predicted, only_true, neither = np.array([m.counts for m in measures], np.int64).sum(0)
    wrong = only_predicted + only_true
    ious = [float(same / (same + wrong)) if same + wrong else 1.0 for same in (both, neither)]
    means = np.array([(m.fgiou, m.boundary_f, m.mad, m.mse) for m in measures]).mean(0)
    fgiou, outline, mad, mse = (float(mean) for mean in means)
    return Summary(len(measures), fgiou, sum(ious) / 2, outline, mad, mse)
