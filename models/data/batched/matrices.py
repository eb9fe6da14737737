"""Random matrices that place photos in the frames of a batch: `models.data.warp`, for many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from models.data.batched.textures import Matrices

Floats = NDArray[np.float64]
Size = tuple[int, int]  # height, width of the frames


def random_matrices(source: Floats, target: Floats, scale: Floats, rng: np.random.Generator) -> Matrices:
    """Matrices that map `source` to `target`, both [N, 2] as x, y, at random angles."""
    count = len(scale)
    angle = rng.normal(0, 0.07, count)
    stretch = np.exp(rng.normal(0, 0.06, count))
    mirror = np.where(rng.random(count) < 0.5, -1.0, 1.0)
    cosine, sine = np.cos(angle), np.sin(angle)
    across, down = scale * stretch * mirror, scale / stretch
    linear = np.stack([cosine * across, -sine * down, sine * across, cosine * down], 1).reshape(count, 2, 2)
    shift = target - (linear @ source[:, :, None])[:, :, 0]
    return np.concatenate([linear, shift[:, :, None]], 2)


def window_matrices(
    sizes: Floats, height: int, width: Floats, rng: np.random.Generator, boxes: Floats | None = None
) -> Matrices:
    """Matrices of windows of a frame's shape inside images, mostly inside `boxes` if given.

    sizes: height, width of the images, [N, 2]. height, width [N]: of the frames. boxes: left, top, right,
    bottom, [N, 4].
    """
    count = len(sizes)
    down, across = sizes.T
    fit = np.minimum(across, down * width / height)
    closer = rng.random(count) < 0.5
    reach = fit * np.where(closer, rng.uniform(0.55, 1.0, count), rng.uniform(0.85, 1.0, count))
    half_w, half_h = reach / 2, reach * height / width / 2
    x, y = rng.uniform(0, across), rng.uniform(0, down)
    if boxes is not None:
        inside = rng.random(count) < 0.8
        x = np.where(inside, rng.uniform(boxes[:, 0], boxes[:, 2]), x)
        lower = boxes[:, 1] + rng.uniform(0, 0.7, count) * (boxes[:, 3] - boxes[:, 1])
        y = np.where(inside, lower, y)
    x = np.clip(x, half_w, across - half_w)
    y = np.clip(y, half_h, down - half_h)
    middle = np.column_stack([width / 2, np.full(count, height / 2)])
    return random_matrices(np.column_stack([x, y]), middle, width / reach, rng)


def person_matrices(
    boxes: Floats,
    cut: NDArray[np.bool_],
    frame: Size,
    tall: Floats,
    several: NDArray[np.bool_],
    rng: np.random.Generator,
) -> Matrices:
    """Matrices that place people of `tall` times the frame's height, mostly with cut sides outside.

    boxes: [N, 4]. cut: left, right, bottom, [N, 3]. several: whether the frame has several people, [N].
    """
    count = len(tall)
    height, width = frame
    left, top, right, bottom = boxes.T
    scale = tall * height / (bottom - top)
    # Otherwise a tight portrait of a wide person would fill the frame with one shoulder.
    scale = np.minimum(scale, 1.3 * width / (right - left))
    standing = several & (rng.random(count) < 0.25)
    below = cut[:, 2] & ~standing
    foot = np.where(below, rng.uniform(1.0, 1.3, count), rng.uniform(0.7, 1.08, count))
    middle = np.where(several, rng.uniform(0.05, 0.95, count), rng.normal(0.5, 0.22, count)) * width
    source = np.column_stack([(left + right) / 2, bottom])
    matrices = random_matrices(source, np.column_stack([middle, foot * height]), scale, rng)
    half = (right - left) / 2 * scale
    mirrored = matrices[:, 0, 0] < 0
    leaves_left = np.where(mirrored, cut[:, 1], cut[:, 0])
    leaves_right = np.where(mirrored, cut[:, 0], cut[:, 1])
    moves = (leaves_left != leaves_right) & (rng.random(count) < 0.7)
    edge = rng.uniform(-0.1, 0.0, count) * width
    shift = np.where(leaves_left, edge - (middle - half), width - edge - (middle + half))
    matrices[:, 0, 2] += np.where(moves, shift, 0)
    return matrices
