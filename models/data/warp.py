"""Warp images of a pyramid, and random matrices that place photos in a frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from models.data.dataset import Box, Photo, Pixels

Matrix = NDArray[np.float64]
Point = tuple[float, float]  # x, y


def warp(levels: tuple[Pixels, ...], matrix: Matrix, size: tuple[int, int], border: int) -> Pixels:
    """Warp an image by `matrix` [2, 3], which maps full-size positions to positions in the frame.

    levels: the image's pyramid; the level nearest the matrix's scale is used. Positions are relative to the
    corner of the first pixel, so that one matrix suits every level. size: height, width of the frame. border:
    OpenCV's border type.
    """
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    level = 0
    while level + 1 < len(levels) and scale * 2**level < 0.6:
        level += 1
    linear = matrix[:, :2] * 2**level
    centred = np.column_stack([linear, matrix[:, 2] + linear @ (0.5, 0.5) - 0.5])
    target = (size[1], size[0])
    out = cv2.warpAffine(levels[level], centred, target, flags=cv2.INTER_LINEAR, borderMode=border)
    return np.asarray(out, np.uint8)


def random_matrix(source: Point, target: Point, scale: float, rng: np.random.Generator) -> Matrix:
    """Matrix that maps `source` to `target`, with random rotation, stretch and mirroring."""
    angle = rng.normal(0, 0.07)
    stretch = np.exp(rng.normal(0, 0.06))
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    mirror = -1.0 if rng.random() < 0.5 else 1.0
    linear = rotation @ np.diag([scale * stretch * mirror, scale / stretch])
    return np.column_stack([linear, np.array(target) - linear @ np.array(source)])


def window_matrix(
    shape: tuple[int, ...], size: tuple[int, int], rng: np.random.Generator, box: Box | None
) -> Matrix:
    """Matrix of a window of the frame's shape inside an image, mostly inside `box` if given."""
    (down, across), (height, width) = shape[:2], size
    fit = min(across, down * width / height)
    reach = fit * float(rng.uniform(0.55, 1.0) if rng.random() < 0.5 else rng.uniform(0.85, 1.0))
    half_w, half_h = reach / 2, reach * height / width / 2
    x, y = float(rng.uniform(0, across)), float(rng.uniform(0, down))
    if box is not None and rng.random() < 0.8:
        x = float(rng.uniform(box[0], box[2]))
        y = box[1] + float(rng.uniform(0, 0.7)) * (box[3] - box[1])
    x = min(max(x, half_w), across - half_w)
    y = min(max(y, half_h), down - half_h)
    return random_matrix((x, y), (width / 2, height / 2), width / reach, rng)


def person_matrix(
    photo: Photo, size: tuple[int, int], tall: float, several: bool, rng: np.random.Generator
) -> Matrix:
    """Matrix that places a person of `tall` times the frame's height, mostly with cut sides outside."""
    height, width = size
    left, top, right, bottom = photo.box
    scale = tall * height / (bottom - top)
    # Otherwise a tight portrait of a wide person would fill the frame with one shoulder.
    scale = min(scale, 1.3 * width / (right - left))
    foot = float(rng.uniform(0.7, 1.08))
    if photo.cut[2] and not (several and rng.random() < 0.25):
        foot = float(rng.uniform(1.0, 1.3))
    middle = float(rng.uniform(0.05, 0.95) if several else rng.normal(0.5, 0.22)) * width
    matrix = random_matrix(((left + right) / 2, float(bottom)), (middle, foot * height), scale, rng)
    half = (right - left) / 2 * scale
    mirrored = matrix[0, 0] < 0
    leaves_left, leaves_right = (photo.cut[1], photo.cut[0]) if mirrored else photo.cut[:2]
    if leaves_left != leaves_right and rng.random() < 0.7:
        edge = rng.uniform(-0.1, 0.0) * width
        matrix[0, 2] += (edge - (middle - half)) if leaves_left else (width - edge - (middle + half))
    return matrix
