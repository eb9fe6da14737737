"""Measure the alphas of a video against true ones, and their steadiness without them."""

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
_STEP, _FAR = 0.1, 0.15
_FLOW_SIDE_PX = 640
_SAME_COLOUR = 20  # Grey levels. A larger difference means that the flow is wrong.


@dataclass(frozen=True)
class FrameMeasure:
    """The errors of one frame; 0 is perfect.

    mad, mse: mean absolute and mean squared difference of alpha, 0 to 1. gradient, connectivity: sums over
    the frame's pixels. dtssd: root mean square of how alpha's change since the last frame differs from the
    true one; None for the first.
    """

    mad: float
    mse: float
    gradient: float
    connectivity: float
    dtssd: float | None


def measure_video(found: Iterable[Alpha], true: Iterable[Alpha]) -> list[FrameMeasure]:
    """One measure per frame. Alphas are float32 [H, W], 0 to 1. Raises ValueError where sizes differ.

    Sources: gradient and connectivity Rhemann et al., "A Perceptually Motivated Online Benchmark for Image
    Matting", CVPR 2009, section 4; dtSSD Erofeev et al., "Perceptually Motivated Benchmark for Video
    Matting", BMVC 2015, section 3.
    """
    measures: list[FrameMeasure] = []
    last: Alpha | None = None
    for alpha, truth in zip(found, true, strict=True):
        if alpha.shape != truth.shape:
            raise ValueError(f"alpha {alpha.shape} and truth {truth.shape} differ in size")
        wrong = alpha - truth
        # The difference of changes is the change of differences.
        change = None if last is None else float(np.sqrt(np.square(wrong - last, dtype=np.float64).mean()))
        measures.append(
            FrameMeasure(
                float(np.abs(wrong).mean()),
                float(np.square(wrong).mean()),
                gradient_error(alpha, truth),
                connectivity_error(alpha, truth),
                change,
            )
        )
        last = wrong
    return measures


def means(measures: Sequence[FrameMeasure]) -> dict[str, float]:
    """Each measure's mean over the frames that have it; nan for none."""
    found = {}
    for field in fields(FrameMeasure):
        values = [value for one in measures if (value := getattr(one, field.name)) is not None]
        found[field.name] = float(np.mean(values)) if values else float("nan")
    return found


def gradient_error(alpha: Alpha, true: Alpha) -> float:
    """Sum over the pixels of the squared difference of gradient magnitudes, sigma 1.4 pixels."""
    return float(np.square(_steepness(alpha) - _steepness(true)).sum())


def _steepness(alpha: Alpha) -> Alpha:
    reach = np.arange(-5, 6, dtype=np.float64)
    bell = np.exp(-np.square(reach) / (2 * _GRADIENT_SIGMA_PX**2))
    slope = reach * bell
    # Each two-dimensional kernel has length 1, as in the benchmark's own code.
    bell /= np.linalg.norm(bell)
    slope /= np.linalg.norm(slope)
    across = cv2.sepFilter2D(alpha, cv2.CV_32F, slope, bell, borderType=cv2.BORDER_REPLICATE)
    down = cv2.sepFilter2D(alpha, cv2.CV_32F, bell, slope, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.magnitude(across, down), np.float32)


def connectivity_error(alpha: Alpha, true: Alpha) -> float:
    """Sum over the pixels of the difference in connectivity to the person.

    A pixel is connected up to the level at which it leaves the largest component that both alphas share;
    alpha more than 0.15 above that level counts as disconnected.
    """
    inside = np.ones(alpha.shape, np.bool_)
    steps = np.zeros(alpha.shape, np.uint8)
    lower = np.minimum(alpha, true)
    for threshold in np.arange(1, round(1 / _STEP) + 1) * _STEP:
        inside &= _largest_part(lower >= np.float32(threshold))
        steps += inside
    level = steps * np.float32(_STEP)
    loose = [np.where(values - level >= _FAR, values - level, 0) for values in (alpha, true)]
    return float(np.abs(loose[0] - loose[1]).sum())


def _largest_part(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    count, labels = cv2.connectedComponents(mask.view(np.uint8), connectivity=4)
    if count <= 2:
        return mask
    return np.asarray(labels == 1 + np.argmax(np.bincount(labels[mask])[1:]))


def warped_changes(frames: Sequence[Grey], videos: Sequence[Sequence[Alpha]]) -> list[list[float]]:
    """The change from frame to frame along the motion, for each of several alphas of one clip.

    The last alpha is moved by the optical flow of the frames; the mean absolute difference to the new one
    counts where that flow is reliable, 0 to 1. An alpha that is always the same has 0, right or wrong.
    frames: uint8 [H, W, 3]. Everything is measured at 640 pixels at most.
    """
    grey = [_small(np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), np.uint8)) for frame in frames]
    small = [[_small(alpha) for alpha in alphas] for alphas in videos]
    changes: list[list[float]] = [[] for _ in videos]
    for index, (came_from, reliable) in enumerate(_tracks(grey)):
        for alphas, own in zip(small, changes, strict=True):
            change = np.abs(alphas[index + 1] - _moved(alphas[index], came_from))[reliable]
            own.append(float(change.mean()) if change.size else 0.0)
    return changes


def _tracks(grey: Sequence[Grey]) -> Iterator[tuple[Flow, NDArray[np.bool_]]]:
    """For each frame but the first: the positions of its pixels in the previous frame, and their reliability.

    Source of the check there and back: Sundaram et al., "Dense Point Trajectories", ECCV 2010, section 4.
    """
    method = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    height, width = grey[0].shape
    place = np.dstack(np.meshgrid(np.arange(width), np.arange(height))).astype(np.float32)
    still = np.zeros_like(place)
    for last, new in pairwise(grey):
        back = np.asarray(method.calc(new, last, still.copy()), np.float32)
        forth = np.asarray(method.calc(last, new, still.copy()), np.float32)
        came_from = place + back
        again = np.dstack([_moved(forth[..., axis], came_from) for axis in (0, 1)])
        length = np.square(back).sum(2) + np.square(again).sum(2)
        returns = np.square(back + again).sum(2) < 0.01 * length + 0.5
        same = cv2.absdiff(new, _moved(last, came_from)) < _SAME_COLOUR
        within = ((came_from >= 0) & (came_from <= (width - 1, height - 1))).all(2)
        yield came_from, np.asarray(returns & same & within)


def _moved(values: Values, came_from: Flow) -> Values:
    x, y = came_from[..., 0], came_from[..., 1]
    return cast("Values", cv2.remap(values, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


def _small(values: Values) -> Values:
    height, width = values.shape
    scale = _FLOW_SIDE_PX / max(height, width)
    if scale >= 1:
        return values
    size = round(width * scale), round(height * scale)
    return cast("Values", cv2.resize(values, size, interpolation=cv2.INTER_AREA))
