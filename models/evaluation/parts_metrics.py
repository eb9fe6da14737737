"""Measures of parts: F1 per class over all pixels of all faces."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from models.networks.face_parts import PARTS

if TYPE_CHECKING:
    from collections.abc import Iterable

Pixels = NDArray[np.uint8]
PartsPredictor = Callable[[Pixels], NDArray[np.float32]]
"""From a frame, uint8 [H, W, 3] BGR, to the parts' probabilities, float32 [15, h, w]."""


def predict_parts(predictor: PartsPredictor, face: Pixels, input_px: int) -> Pixels:
    """Parts of a square photo, uint8 [P, P]; the network sees it with a side of `input_px`."""
    small = cv2.resize(face, (input_px, input_px), interpolation=cv2.INTER_AREA)
    probabilities = predictor(np.asarray(small, np.uint8)).transpose(1, 2, 0)
    side = face.shape[0]
    return np.asarray(cv2.resize(probabilities, (side, side)).argmax(2), np.uint8)


def confusion(pairs: Iterable[tuple[Pixels, Pixels]]) -> NDArray[np.int64]:
    """Numbers of pixels, [true class, found class], of pairs of true and found parts."""
    count = len(PARTS)
    total = np.zeros(count * count, np.int64)
    for true, found in pairs:
        total += np.bincount(true.astype(np.int64).ravel() * count + found.ravel(), minlength=count * count)
    return total.reshape(count, count)


def f1(matrix: NDArray[np.int64]) -> dict[str, float]:
    """F1 of each class, 0 to 1; nan for a class that no face has."""
    hits = np.diag(matrix).astype(float)
    labelled = matrix.sum(1)
    both = (matrix.sum(0) + labelled).astype(float)
    values = np.where(labelled > 0, 2 * hits / np.maximum(both, 1), np.nan)
    return dict(zip(PARTS, values.tolist(), strict=True))


def mean_f1(scores: dict[str, float]) -> float:
    """Mean over the classes without background; a class that no face has is left out."""
    return float(np.nanmean([value for name, value in scores.items() if name != "background"]))
