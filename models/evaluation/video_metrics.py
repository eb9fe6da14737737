"""Metrics of a video's alphas: errors against true alphas, and stability where there are none."""

from __future__ import annotations

from dataclasses import dataclass, fields
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from models.evaluation.predict import Alpha

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Grey = NDArray[np.uint8]
Flow = NDArray[np.float32]  # [H, W, 2]: x and y, in pixels
Values = TypeVar("Values", Grey, Alpha)

_GRADIENT_SIGMA_PX = 1.4
# Connectivity error: step between the thresholds, and least distance that counts; of alpha, 0 to 1.
_STEP, _MIN_DISTANCE = 0.1, 0.15
_FLOW_SIDE_PX = 640  # longer side of the images that the optical flow is computed on
_MAX_DIFFERENCE = 20  # grey levels, 0 to 255; pixels that differ more along the flow are not the same object


@dataclass(frozen=True)
class FrameMeasure:
    """The errors of one frame; 0 is best.

    mad, mse: mean absolute and mean squared difference of alpha, 0 to 1. gradient, connectivity: sums over
    the pixels. dtssd: root mean square of the difference between the change of alpha since the last frame and
    the true change; None for the first frame.
    """

    mad: float
    mse: float
    gradient: float
    connectivity: float
    dtssd: float | None


def measure_video(predicted: Iterable[Alpha], true: Iterable[Alpha]) -> list[FrameMeasure]:
    """Measure each frame. Alphas are float32 [H, W], 0 to 1. Raises ValueError if sizes or numbers differ.

    Sources: gradient and connectivity Rhemann et al., "A Perceptually Motivated Online Benchmark for Image
    Matting", CVPR 2009, section 4; dtSSD Erofeev et al., "Perceptually Motivated Benchmark for Video
    Matting", BMVC 2015, section 3.
    """
    measures: list[FrameMeasure] = []
    last: Alpha | None = None
    for alpha, truth in zip(predicted, true, strict=True):
        if alpha.shape != truth.shape:
            raise ValueError(f"alpha {alpha.shape} and truth {truth.shape} differ in size")
        error = alpha - truth
        # The difference of the changes equals the change of the differences.
        change = None if last is None else float(np.sqrt(np.square(error - last, dtype=np.float64).mean()))
        measures.append(
            FrameMeasure(
                float(np.abs(error).mean()),
                float(np.square(error).mean()),
                gradient_error(alpha, truth),
                connectivity_error(alpha, truth),
                change,
            )
        )
        last = error
    return measures


def means(measures: Sequence[FrameMeasure]) -> dict[str, float]:
    """Mean of each metric over the frames that have it; nan if none has."""
    averages = {}
    for field in fields(FrameMeasure):
        values = [value for one in measures if (value := getattr(one, field.name)) is not None]
        averages[field.name] = float(np.mean(values)) if values else float("nan")
    return averages


def gradient_error(alpha: Alpha, true: Alpha) -> float:
    """Sum over the pixels of the squared difference of gradient magnitudes (sigma 1.4 pixels)."""
    return float(np.square(_gradient_magnitude(alpha) - _gradient_magnitude(true)).sum())


def _gradient_magnitude(alpha: Alpha) -> Alpha:
    reach = np.arange(-5, 6, dtype=np.float64)
    gaussian = np.exp(-np.square(reach) / (2 * _GRADIENT_SIGMA_PX**2))
    derivative = reach * gaussian
    # Each two-dimensional kernel has norm 1, as in the benchmark's code.
    gaussian /= np.linalg.norm(gaussian)
    derivative /= np.linalg.norm(derivative)
    across = cv2.sepFilter2D(alpha, cv2.CV_32F, derivative, gaussian, borderType=cv2.BORDER_REPLICATE)
    down = cv2.sepFilter2D(alpha, cv2.CV_32F, gaussian, derivative, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.magnitude(across, down), np.float32)


def connectivity_error(alpha: Alpha, true: Alpha) -> float:
    """Sum over the pixels of the difference in the degree of connectivity to the person.

    The level of a pixel is the highest threshold at which it belongs to the largest connected component of
    both alphas. Alpha minus that level counts if it is 0.15 or more.
    """
    inside = np.ones(alpha.shape, np.bool_)
    steps = np.zeros(alpha.shape, np.uint8)
    lower = np.minimum(alpha, true)
    for threshold in np.arange(1, round(1 / _STEP) + 1) * _STEP:
        inside &= _largest_component(lower >= np.float32(threshold))
        steps += inside
    level = steps * np.float32(_STEP)
    distances = [np.where(values - level >= _MIN_DISTANCE, values - level, 0) for values in (alpha, true)]
    return float(np.abs(distances[0] - distances[1]).sum())


def _largest_component(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    count, labels = cv2.connectedComponents(mask.view(np.uint8), connectivity=4)
    if count <= 2:
        return mask
    return np.asarray(labels == 1 + np.argmax(np.bincount(labels[mask])[1:]))


def warped_changes(frames: Sequence[Grey], videos: Sequence[Sequence[Alpha]]) -> list[list[float]]:
    """Change of alpha along the optical flow, 0 to 1, for each frame but the first.

    frames: of one clip, uint8 [H, W, 3]. videos: several videos of alphas of these frames; the result has one
    list for each. The last alpha is warped by the optical flow; the change is the mean absolute difference to
    the new alpha where the flow is reliable. Constant alphas have 0, right or wrong. Computed at 640 pixels
    at most.
    """
    grey = [_small(np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), np.uint8)) for frame in frames]
    small = [[_small(alpha) for alpha in alphas] for alphas in videos]
    changes: list[list[float]] = [[] for _ in videos]
    for index, (came_from, reliable) in enumerate(_tracks(grey)):
        for alphas, values in zip(small, changes, strict=True):
            change = np.abs(alphas[index + 1] - _warp(alphas[index], came_from))[reliable]
            values.append(float(change.mean()) if change.size else 0.0)
    return changes


def _tracks(grey: Sequence[Grey]) -> Iterator[tuple[Flow, NDArray[np.bool_]]]:
    """For each frame but the first: positions of its pixels in the last frame, and a mask of reliable pixels.

    The forward-backward check is that of Sundaram et al., "Dense Point Trajectories", ECCV 2010, section 4.
    """
    method = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    height, width = grey[0].shape
    position = np.dstack(np.meshgrid(np.arange(width), np.arange(height))).astype(np.float32)
    zero = np.zeros_like(position)
    for last, new in pairwise(grey):
        backward = np.asarray(method.calc(new, last, zero.copy()), np.float32)
        forward = np.asarray(method.calc(last, new, zero.copy()), np.float32)
        came_from = position + backward
        returned = np.dstack([_warp(forward[..., axis], came_from) for axis in (0, 1)])
        length = np.square(backward).sum(2) + np.square(returned).sum(2)
        consistent = np.square(backward + returned).sum(2) < 0.01 * length + 0.5
        same = cv2.absdiff(new, _warp(last, came_from)) < _MAX_DIFFERENCE
        within = ((came_from >= 0) & (came_from <= (width - 1, height - 1))).all(2)
        yield came_from, np.asarray(consistent & same & within)


def _warp(values: Values, came_from: Flow) -> Values:
    x, y = came_from[..., 0], came_from[..., 1]
    return cast("Values", cv2.remap(values, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


def _small(values: Values) -> Values:
    height, width = values.shape
    scale = _FLOW_SIDE_PX / max(height, width)
    if scale >= 1:
        return values
    size = round(width * scale), round(height * scale)
    return cast("Values", cv2.resize(values, size, interpolation=cv2.INTER_AREA))
